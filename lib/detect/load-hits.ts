import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { LIMITS } from '@/lib/limits'
import type { DetectorRule } from './engine'
import type { Hit } from './schema'

interface Row {
  readonly event_id: number
  readonly identity: string
  readonly stage: number
  readonly ts: number
  readonly ts_ns: number
  readonly sequence: number | null
}

/**
 * How far from `start` the hits of a key hang together: the last time of the run of hits in which no gap is longer than
 * `reach`. Nothing beyond such a gap can take part in a match with what lies before it.
 */
function edge(db: Database, rule: number, key: string, start: number, reach: number, backwards: boolean): number {
  const rows = prepared<[number, string, number], number>(
    db,
    backwards
      ? 'SELECT ts FROM rule_hit WHERE rule_id = ? AND "key" = ? AND ts < ? ORDER BY ts DESC'
      : 'SELECT ts FROM rule_hit WHERE rule_id = ? AND "key" = ? AND ts > ? ORDER BY ts',
    'values',
  ).iterate(rule, key, start)
  let last = start
  let seen = 0
  for (const ts of rows) {
    if (Math.abs(ts - last) > reach || ++seen > LIMITS.joinEvents) break
    last = ts
  }
  return last
}

/**
 * Whether anything near the touched times could complete a match. Mostly nothing can (an exec that nobody followed), and
 * then the key needs no join: a match that the touched hits take part in has its last record within maxspan of them.
 */
export function canComplete(db: Database, rule: DetectorRule, key: string, fromTs: number, toTs: number): boolean {
  const { program } = rule
  if (program.language !== 'eql' || program.query.kind === 'event' || program.query.maxspanMs === null) return true
  const reach = program.query.maxspanMs + 1
  const found = prepared<[number, string, number, number, number], number>(
    db,
    'SELECT 1 FROM rule_hit WHERE rule_id = ? AND "key" = ? AND ts BETWEEN ? AND ? AND stage = ? LIMIT 1',
    'values',
  ).get(rule.id, key, fromTs - reach, toTs + reach, rule.lastStage)
  return found !== undefined
}

/**
 * The hits of a rule and key that can matter to what changed between two times, oldest first. `truncated` tells that there
 * were more than `LIMITS.joinEvents`.
 */
export function loadHits(db: Database, rule: DetectorRule, key: string, fromTs: number, toTs: number): { hits: readonly Hit[]; truncated: boolean } {
  let from = fromTs
  let to = toTs
  const { program } = rule
  if (program.language === 'eql' && program.query.kind !== 'event') {
    // Times are compared to the nanosecond in the join; here to the millisecond, so one more is within reach.
    const reach = program.query.maxspanMs === null ? Number.MAX_SAFE_INTEGER : program.query.maxspanMs + 1
    from = edge(db, rule.id, key, fromTs, reach, true)
    to = edge(db, rule.id, key, toTs, reach, false)
  }
  const rows = prepared<[number, string, number, number, number], Row>(
    db,
    `SELECT h.event_id, hex(e.identity) AS identity, h.stage, h.ts, h.ts_ns, h.sequence FROM rule_hit h JOIN event e ON e.id = h.event_id
       WHERE h.rule_id = ? AND h."key" = ? AND h.ts BETWEEN ? AND ? ORDER BY h.ts, h.ts_ns LIMIT ?`,
  ).all(rule.id, key, from, to, LIMITS.joinEvents + 1)
  const truncated = rows.length > LIMITS.joinEvents
  return {
    hits: rows.slice(0, LIMITS.joinEvents).map((row) => ({
      eventId: row.event_id,
      identity: row.identity,
      stage: row.stage,
      ts: row.ts,
      tsNs: row.ts_ns,
      sequence: row.sequence,
    })),
    truncated,
  }
}
