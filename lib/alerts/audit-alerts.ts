import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import type { Transaction } from '@/lib/db/client'
import { alertRef } from './schema'

/** One audit row for a change of one or many alerts: a single one is the entity itself, many are named in the detail. */
export async function auditAlerts(
  tx: Transaction,
  ctx: Pick<Context, 'actor'>,
  at: Date,
  entry: { readonly action: string; readonly alertIds: readonly number[]; readonly detail: Readonly<Record<string, unknown>> },
): Promise<void> {
  const [first, ...others] = entry.alertIds
  if (first === undefined) return
  await writeAudit(tx, ctx.actor.name, at, {
    action: entry.action,
    entityType: 'alert',
    entityId: others.length === 0 ? alertRef(first) : `${entry.alertIds.length} alerts`,
    detail: others.length === 0 ? entry.detail : { ...entry.detail, alerts: entry.alertIds.map(alertRef) },
  })
}
