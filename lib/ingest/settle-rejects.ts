import { prepared } from '@/lib/db/prepared'
import type { Database } from '@/lib/db/open'

/** What became of rejected records that were tried again. */
export interface Retried {
  /** Rejects whose records are stored now, by this import or by one before. */
  readonly resolved: readonly number[]
  /** Those that were rejected once more, with the reason of this time. */
  readonly failed: readonly { readonly id: number; readonly code: string; readonly reason: string }[]
}

/**
 * Writes what became of rejects that an import tried again; runs in the transaction that stores their records. A resolved one
 * stays, with the import that stored it, and no longer counts as rejected at its source.
 */
export function settleRejects(db: Database, importId: number, { resolved, failed }: Retried, now: Date): void {
  const at = now.getTime()
  for (const id of resolved) {
    const settled = prepared(db, 'UPDATE rejected_record SET resolved_at = ?, resolved_import_id = ?, retried_at = ? WHERE id = ? AND resolved_at IS NULL').run(at, importId, at, id)
    // Somebody else's retry was faster.
    if (settled.changes === 0) continue
    prepared(db, 'UPDATE import SET resolved = resolved + 1 WHERE id = (SELECT import_id FROM rejected_record WHERE id = ?)').run(id)
    prepared(
      db,
      'UPDATE source SET rejected = max(0, rejected - 1) WHERE id = (SELECT i.source_id FROM import i JOIN rejected_record r ON r.import_id = i.id WHERE r.id = ?)',
    ).run(id)
  }
  for (const { id, code, reason } of failed) {
    prepared(db, 'UPDATE rejected_record SET code = ?, reason = ?, retried_at = ? WHERE id = ? AND resolved_at IS NULL').run(code, reason, at, id)
  }
}
