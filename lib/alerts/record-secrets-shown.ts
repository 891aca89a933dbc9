import { z } from 'zod'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'
import { alertRef } from './schema'

const input = z.object({ alertId: z.number().int().positive(), reason: z.string().trim().min(1).max(500) })

/** Writes into the audit log who was shown an alert's secrets, and why: call it before they are shown. Throws AppError `invalid`. */
export async function recordSecretsShown(ctx: Context, asked: z.input<typeof input>): Promise<void> {
  const parsed = input.safeParse(asked)
  if (!parsed.success) throw new AppError('invalid', 'Say in up to 500 characters why secrets are to be shown: the audit log keeps it.')
  const { alertId, reason } = parsed.data
  await writeTransaction(ctx.db, (tx) => writeAudit(tx, ctx.actor.name, ctx.clock(), { action: 'alert.show_secrets', entityType: 'alert', entityId: alertRef(alertId), detail: { reason } }))
}
