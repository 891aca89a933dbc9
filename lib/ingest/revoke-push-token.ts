import { z } from 'zod'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'

export const revokePushTokenInput = z.object({ id: z.number().int().positive() })
export type RevokePushTokenInput = z.input<typeof revokePushTokenInput>

/**
 * Ends a push token: from the next request on it is refused. The row stays, so that its source can still say who sent.
 * Revoking it again changes nothing. Throws `invalid` or `not_found`.
 */
export async function revokePushToken(context: Context, input: RevokePushTokenInput): Promise<{ readonly changed: boolean }> {
  const parsed = revokePushTokenInput.safeParse(input)
  if (!parsed.success) throw new AppError('invalid', 'A push token is revoked by its number.')
  const { id } = parsed.data
  const at = context.clock()
  return writeTransaction(context.db, async (tx) => {
    const row = await tx.pushToken.findUnique({ where: { id } })
    if (!row) throw new AppError('not_found', `There is no push token ${id}.`)
    if (row.revokedAt !== null) return { changed: false }
    await tx.pushToken.update({ where: { id }, data: { revokedAt: at } })
    await writeAudit(tx, context.actor.name, at, {
      action: 'push_token.revoke',
      entityType: 'push_token',
      entityId: String(id),
      detail: { name: row.name, prefix: row.prefix, lastUsedAt: row.lastUsedAt?.toISOString() ?? null },
    })
    return { changed: true }
  })
}
