/** lib/audit: one row for every change a person makes, written in the transaction that makes it. */
import type { Transaction } from '@/lib/db/client'

export interface AuditEntry {
  /** What was done: `alert.close`, `exception.create`, … */
  readonly action: string
  readonly entityType: 'alert' | 'case' | 'exception' | 'rule' | 'import' | 'source' | 'push_token' | 'retention'
  readonly entityId: string
  /** Facts as JSON: values before and after. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Writes the row; call it inside the verb's transaction so that neither exists without the other. */
export async function writeAudit(tx: Transaction, actor: string, at: Date, entry: AuditEntry): Promise<void> {
  await tx.audit.create({
    data: {
      at,
      actor,
      action: entry.action,
      entityType: entry.entityType,
      entityId: entry.entityId,
      detail: JSON.stringify(entry.detail ?? {}),
    },
  })
}
