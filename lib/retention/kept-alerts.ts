import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'

/** SQL: whether the records of alert `a` are kept. The evidence of a case stays while the alert is in it, closed or not. */
export const IS_KEPT = "(a.status <> 'closed' OR EXISTS (SELECT 1 FROM case_alert c WHERE c.alert_id = a.id))"

/** The next alerts whose records are kept, by id. */
export function keptAlertsAfter(db: Database, afterId: number, limit: number): readonly number[] {
  return prepared<[number, number], number>(db, `SELECT a.id FROM alert a WHERE a.id > ? AND ${IS_KEPT} ORDER BY a.id LIMIT ?`, 'values').all(afterId, limit)
}

/** Where the histories of all alerts end: raising, relinking, a status and a case each write to them. */
export function historyEnd(db: Database): number {
  return prepared<[], number | null>(db, 'SELECT max(id) FROM alert_history', 'values').get() ?? 0
}

/** Alerts whose records are kept and to which something happened after a point of the histories; the last is the next such point. */
export function keptAlertsChanged(db: Database, after: number, limit: number): readonly { readonly alertId: number; readonly history: number }[] {
  return prepared<[number, number], { alertId: number; history: number }>(
    db,
    `SELECT h.alert_id AS alertId, h.id AS history FROM alert_history h JOIN alert a ON a.id = h.alert_id WHERE h.id > ? AND ${IS_KEPT} ORDER BY h.id LIMIT ?`,
  ).all(after, limit)
}

/** Of the events between two ids, those that alerts link whose records are kept. */
export function keptLinksBetween(db: Database, first: number, last: number): ReadonlySet<number> {
  return new Set(
    prepared<[number, number], number>(
      db,
      `SELECT l.event_id FROM alert_event l JOIN alert a ON a.id = l.alert_id WHERE l.event_id BETWEEN ? AND ? AND ${IS_KEPT}`,
      'values',
    ).all(first, last),
  )
}
