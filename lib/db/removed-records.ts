import type { Database } from './open'
import { prepared } from './prepared'

interface Returned {
  readonly alert_id: number
  readonly before: number
  readonly now: number
  readonly identity: Buffer
}

/** Among this many deleted records of a time, it is quicker to look up each of them; beyond, each that was stored. */
const FEW = 5_000

/**
 * Links alerts to their records again that retention had deleted and that were sent again: `firstEvent` is the first of those
 * just stored. Runs in the transaction that stores them, so that the join finds the alert by its event as if it had never
 * been gone. New events are of other times than deleted ones, so this mostly costs one look into an index.
 */
export function relinkReturned(db: Database, firstEvent: number): void {
  if (prepared<[], number>(db, 'SELECT 1 FROM removed_record LIMIT 1', 'values').get() === undefined) return
  const span = prepared<[number], { low: Buffer | null; high: Buffer | null }>(db, 'SELECT min(identity) AS low, max(identity) AS high FROM event WHERE id >= ?').get(firstEvent)
  if (!span?.low || !span.high) return
  const near =
    prepared<[Buffer, Buffer, number], number>(db, 'SELECT count(*) FROM (SELECT 1 FROM removed_record WHERE identity BETWEEN ? AND ? LIMIT ?)', 'values').get(
      span.low,
      span.high,
      FEW + 1,
    ) ?? 0
  if (near === 0) return
  const columns = 'r.alert_id, r.event_id AS before, e.id AS now, r.identity'
  const returned =
    near <= FEW
      ? prepared<[Buffer, Buffer, number], Returned>(
          db,
          `SELECT ${columns} FROM removed_record r CROSS JOIN event e ON e.identity = r.identity WHERE r.identity BETWEEN ? AND ? AND e.id >= ?`,
        ).all(span.low, span.high, firstEvent)
      : prepared<[number], Returned>(db, `SELECT ${columns} FROM event e CROSS JOIN removed_record r ON r.identity = e.identity WHERE e.id >= ?`).all(firstEvent)
  for (const link of returned) {
    prepared(db, 'UPDATE alert_event SET event_id = ? WHERE alert_id = ? AND event_id = ?').run(link.now, link.alert_id, link.before)
    prepared(db, 'UPDATE alert SET event_id = ? WHERE id = ? AND event_id = ?').run(link.now, link.alert_id, link.before)
    prepared(db, 'DELETE FROM removed_record WHERE identity = ? AND alert_id = ?').run(link.identity, link.alert_id)
  }
}
