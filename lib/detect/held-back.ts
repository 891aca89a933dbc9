/**
 * What exceptions held back, as rows that say at rest which matches would be alerts: each join brings those of the events it
 * decides about up to date, so that they are, like alerts, a function of events, rules and exceptions.
 */
import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { LIMITS } from '@/lib/limits'

/** A match that would be an alert, in the words the alert would have. */
export interface HeldBackRow {
  readonly eventId: number
  readonly exceptionId: number
  readonly record: { readonly eventId: number; readonly stage: number }
  readonly links: string
  readonly ts: number
  readonly facts: { readonly reason: string; readonly hostName: string; readonly userName: string | null }
}

export interface HeldBackOutcome {
  readonly ruleId: number
  /** The key that was joined: as of alerts, an event's matches under other keys are others. */
  readonly key: string
  /** Events that the join decides about. */
  readonly finalIds: readonly number[]
  /** Those whose match is an alert. */
  readonly matched: ReadonlySet<number>
  readonly inForce: ReadonlySet<number>
  readonly heldBack: readonly HeldBackRow[]
}

const IDS_PER_QUERY = 500
/** Rows beyond the cap are deleted now and then, not one by one. */
const TRIM_EVERY = 128

/** Runs in the transaction of the join and answers how many matches are held back that were not before. */
export function writeHeldBack(db: Database, outcome: HeldBackOutcome, now: number): number {
  const before = rowsOf(db, outcome)
  const held = new Map(outcome.heldBack.map((row) => [row.eventId, row]))
  for (const { exception_id: exceptionId, event_id: eventId, join_key: key } of before) {
    if (held.get(eventId)?.exceptionId === exceptionId && key === outcome.key) continue
    // What an exception that is no longer in force held back, it did hold back, as long as there is a match at all.
    const hasMatch = held.has(eventId) || outcome.matched.has(eventId)
    if (hasMatch && key === outcome.key && !outcome.inForce.has(exceptionId)) continue
    drop(db, exceptionId, outcome.ruleId, eventId, key)
  }
  // What is written under its new key is not held back anew.
  const known = new Set(before.filter((row) => row.join_key === outcome.key).map((row) => `${row.exception_id} ${row.event_id}`))
  const fresh = new Map<number, number>()
  for (const row of outcome.heldBack) {
    write(db, outcome, row, now)
    if (!known.has(`${row.exceptionId} ${row.eventId}`)) fresh.set(row.exceptionId, (fresh.get(row.exceptionId) ?? 0) + 1)
  }
  let count = 0
  for (const [exceptionId, matches] of fresh) {
    const hits = prepared<[number, number, number], number>(db, 'UPDATE exception SET hits = hits + ?, last_hit_at = ? WHERE id = ? RETURNING hits', 'values').get(matches, now, exceptionId) ?? 0
    if (hits > LIMITS.heldBackKept && Math.floor(hits / TRIM_EVERY) !== Math.floor((hits - matches) / TRIM_EVERY)) trim(db, exceptionId)
    count += matches
  }
  return count
}

/** An event that could complete a match no longer can: no exception holds anything back with it. */
export function dropHeldBack(db: Database, ruleId: number, eventId: number): void {
  const rows = prepared<[number, number], Row>(db, 'SELECT exception_id, event_id, join_key FROM excluded_match WHERE event_id = ? AND rule_id = ?').all(eventId, ruleId)
  for (const { exception_id: exceptionId, join_key: key } of rows) drop(db, exceptionId, ruleId, eventId, key)
}

interface Row {
  readonly exception_id: number
  readonly event_id: number
  readonly join_key: string
}

function drop(db: Database, exceptionId: number, ruleId: number, eventId: number, key: string): void {
  prepared(db, 'DELETE FROM excluded_match WHERE exception_id = ? AND rule_id = ? AND event_id = ? AND join_key = ?').run(exceptionId, ruleId, eventId, key)
  prepared(db, 'UPDATE exception SET hits = max(0, hits - 1) WHERE id = ?').run(exceptionId)
}

/** Those of the key, and those whose own key their event no longer has. */
function rowsOf(db: Database, { ruleId, key, finalIds }: HeldBackOutcome): readonly Row[] {
  const rows: Row[] = []
  for (let at = 0; at < finalIds.length; at += IDS_PER_QUERY) {
    const part = finalIds.slice(at, at + IDS_PER_QUERY)
    rows.push(
      ...db
        .prepare<(number | string)[], Row>(
          `SELECT exception_id, event_id, join_key FROM excluded_match m WHERE rule_id = ? AND (join_key = ? OR NOT EXISTS (
             SELECT 1 FROM rule_hit h WHERE h.event_id = m.event_id AND h.rule_id = m.rule_id AND h."key" = m.join_key)) AND event_id IN (${part.map(() => '?').join(',')})`,
        )
        .all(ruleId, key, ...part),
    )
  }
  return rows
}

function write(db: Database, { ruleId, key }: HeldBackOutcome, { exceptionId, eventId, ts, record, links, facts }: HeldBackRow, now: number): void {
  prepared(
    db,
    `INSERT INTO excluded_match (exception_id, rule_id, event_id, join_key, at, ts, record_id, record_stage, links, reason, host_name, user_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET ts = excluded.ts, record_id = excluded.record_id, record_stage = excluded.record_stage, links = excluded.links, reason = excluded.reason,
       host_name = excluded.host_name, user_name = excluded.user_name`,
  ).run(exceptionId, ruleId, eventId, key, now, ts, record.eventId, record.stage, links, facts.reason, facts.hostName, facts.userName)
}

/** Which rows stay depends on when their events happened, not on when they came. */
function trim(db: Database, exceptionId: number): void {
  prepared(
    db,
    `DELETE FROM excluded_match WHERE exception_id = ? AND (ts, event_id) < (
       SELECT ts, event_id FROM excluded_match WHERE exception_id = ? ORDER BY ts DESC, event_id DESC LIMIT 1 OFFSET ?)`,
  ).run(exceptionId, exceptionId, LIMITS.heldBackKept - 1)
}
