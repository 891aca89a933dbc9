import type { Database } from '@/lib/db/open'
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
  const rows = db
    .prepare<[number, string, number], number>(
      backwards
        ? 'SELECT ts FROM rule_hit WHERE rule_id = ? AND "key" = ? AND ts < ? ORDER BY ts DESC'
        : 'SELECT ts FROM rule_hit WHERE rule_id = ? AND "key" = ? AND ts > ? ORDER BY ts',
    )
    .pluck()
    .iterate(rule, key, start)
  let last = start
  let seen = 0
  for (const ts of rows) {
    if (Math.abs(ts - last) > reach || ++seen > LIMITS.joinHits) break
    last = ts
  }
  return last
}

/**
 * The hits of a rule and key that can matter to what changed between two times, oldest first. `truncated` tells that there
 * were more than `LIMITS.joinHits`.
 */
export function loadHits(db: Database, rule: DetectorRule, key: string, fromTs: number, toTs: number): { hits: readonly Hit[]; truncated: boolean } {
  let from = fromTs
  let to = toTs
  if (rule.query.kind !== 'event') {
    // Times are compared to the nanosecond in the join; here to the millisecond, so one more is within reach.
    const reach = rule.query.maxspanMs === null ? Number.MAX_SAFE_INTEGER : rule.query.maxspanMs + 1
    from = edge(db, rule.id, key, fromTs, reach, true)
    to = edge(db, rule.id, key, toTs, reach, false)
  }
  const rows = db
    .prepare<[number, string, number, number, number], Row>(
      `SELECT h.event_id, hex(e.identity) AS identity, h.stage, h.ts, h.ts_ns, h.sequence FROM rule_hit h JOIN event e ON e.id = h.event_id
       WHERE h.rule_id = ? AND h."key" = ? AND h.ts BETWEEN ? AND ? ORDER BY h.ts, h.ts_ns LIMIT ?`,
    )
    .all(rule.id, key, from, to, LIMITS.joinHits + 1)
  const truncated = rows.length > LIMITS.joinHits
  return {
    hits: rows.slice(0, LIMITS.joinHits).map((row) => ({
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
