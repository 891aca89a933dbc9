import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import type { Observable } from '@/lib/ecs/observables'

/** Replaces what an alert is found by, in the transaction that writes its links. */
export function writeObservables(db: Database, alertId: number, observables: readonly Observable[]): void {
  prepared(db, 'DELETE FROM alert_observable WHERE alert_id = ?').run(alertId)
  for (const { kind, value } of observables) {
    prepared(db, 'INSERT INTO observable (kind, value) VALUES (?, ?) ON CONFLICT DO NOTHING').run(kind, value)
    prepared(db, 'INSERT INTO alert_observable (observable_id, alert_id) SELECT id, ? FROM observable WHERE kind = ? AND value = ? ON CONFLICT DO NOTHING').run(alertId, kind, value)
  }
}

/** What the row of an alert tells where its records are gone. */
export function observeRow(db: Database, alertId: number): void {
  const row = prepared<[number], Readonly<Record<'host_name' | 'host_id' | 'user_name' | 'process_name' | 'parent_executable' | 'imds_role', string | null>>>(
    db,
    'SELECT host_name, host_id, user_name, process_name, parent_executable, imds_role FROM alert WHERE id = ?',
  ).get(alertId)
  if (!row) return
  const told = [
    ['host', row.host_name],
    ['host', row.host_id],
    ['user', row.user_name],
    ['program', row.process_name],
    ['program', row.parent_executable],
    ['role', row.imds_role],
  ] as const
  writeObservables(
    db,
    alertId,
    told.flatMap(([kind, value]) => (value === null || value === '' ? [] : [{ kind, value }])),
  )
}
