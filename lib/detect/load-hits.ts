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

/** Hits that are joined together, and the times between which they decide about alerts. */
export interface LoadedHits {
  readonly hits: readonly Hit[]
  readonly decideFrom: number
  readonly decideTo: number
}

const EVERYTHING = { decideFrom: Number.NEGATIVE_INFINITY, decideTo: Number.POSITIVE_INFINITY }

type Times = IterableIterator<{ readonly ts: number; readonly event_id: number }>

function timesFrom(db: Database, rule: number, key: string, start: number, backwards: boolean): Times {
  return prepared<[number, string, number], { ts: number; event_id: number }>(
    db,
    backwards
      ? 'SELECT ts, event_id FROM rule_hit WHERE rule_id = ? AND "key" = ? AND ts < ? ORDER BY ts DESC, ts_ns DESC, event_id DESC'
      : 'SELECT ts, event_id FROM rule_hit WHERE rule_id = ? AND "key" = ? AND ts > ? ORDER BY ts, ts_ns, event_id',
  ).iterate(rule, key, start)
}

/**
 * The last time beyond `start` that `goesOn` takes, no further than `events` events. Counts events, not hits: those of one
 * event stand together.
 */
function walk(times: Times, start: number, events: number, goesOn: (ts: number, last: number) => boolean): number {
  let last = start
  let seen = 0
  let event = -1
  for (const row of times) {
    if (row.event_id !== event) seen++
    event = row.event_id
    if (!goesOn(row.ts, last)) break
    last = row.ts
    if (seen >= events) break
  }
  return last
}

function select(db: Database, rule: number, key: string, from: number, to: number, limit: number): Hit[] {
  return prepared<[number, string, number, number, number], Row>(
    db,
    `SELECT h.event_id, hex(e.identity) AS identity, h.stage, h.ts, h.ts_ns, h.sequence FROM rule_hit h JOIN event e ON e.id = h.event_id
       WHERE h.rule_id = ? AND h."key" = ? AND h.ts BETWEEN ? AND ? ORDER BY h.ts, h.ts_ns LIMIT ?`,
  )
    .all(rule, key, from, to, limit)
    .map((row) => ({ eventId: row.event_id, identity: row.identity, stage: row.stage, ts: row.ts, tsNs: row.ts_ns, sequence: row.sequence }))
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
 * The hits of a rule and key that can matter to what changed between two times, oldest first: mostly the run of hits around
 * it in which no gap is longer than maxspan, all at once. Where that is more than `events`, in pieces: each with as many
 * events before and after it as a match can reach over, so that what is decided about an event is the same whichever piece
 * it is part of, and however its neighbours came.
 */
export function* loadHits(db: Database, rule: DetectorRule, key: string, fromTs: number, toTs: number, events: number = LIMITS.joinEvents): Generator<LoadedHits> {
  const { program } = rule
  const sequence = program.language === 'eql' && program.query.kind === 'sequence' ? program.query : null
  // Times are compared to the nanosecond in the join; here to the millisecond, so one more is within reach.
  const span = sequence === null ? 0 : sequence.maxspanMs === null ? Number.MAX_SAFE_INTEGER : sequence.maxspanMs + 1
  const back = (start: number, most: number, goesOn: (ts: number, last: number) => boolean): number => walk(timesFrom(db, rule.id, key, start, true), start, most, goesOn)
  const onward = (start: number, most: number, goesOn: (ts: number, last: number) => boolean): number => walk(timesFrom(db, rule.id, key, start, false), start, most, goesOn)
  const hangsTogether = (ts: number, last: number): boolean => span > 0 && Math.abs(ts - last) <= span
  // One more than fit, so that a run of hits that goes on is never taken for a whole one.
  const all = select(db, rule.id, key, back(fromTs, events + 1, hangsTogether), onward(toTs, events + 1, hangsTogether), events + 1)
  if (all.length <= events) {
    yield { hits: all, ...EVERYTHING }
    return
  }

  const reachesBack = (start: number): number => (span === 0 ? start : back(start, events, (ts) => start - ts <= span))
  const reachesOn = (start: number): number => (span === 0 ? start : onward(start, events, (ts) => ts - start <= span))
  // What must not happen after a match is looked for beyond it.
  const forward = sequence?.stages.at(-1)?.missing === true
  for (let from = fromTs; from <= toTs; ) {
    const to = Math.min(toTs, walk(timesFrom(db, rule.id, key, from, false), from, events, (ts) => ts <= toTs))
    const decideFrom = forward ? reachesBack(from) : from
    const decideTo = reachesOn(to)
    yield { hits: select(db, rule.id, key, reachesBack(decideFrom), forward ? reachesOn(decideTo) : decideTo, -1), decideFrom, decideTo }
    from =
      prepared<[number, string, number], number>(db, 'SELECT ts FROM rule_hit WHERE rule_id = ? AND "key" = ? AND ts > ? ORDER BY ts LIMIT 1', 'values').get(rule.id, key, to) ??
      Number.POSITIVE_INFINITY
  }
}
