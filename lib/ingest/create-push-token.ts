import { z } from 'zod'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { hashSecret, newCredentials, tokenText } from './push-token'
import type { CreatedPushToken } from './schema'

export const createPushTokenInput = z.object({
  name: z.string().trim().min(1, 'Give it a name: its events are listed under it.').max(100, 'At most 100 characters.'),
})
export type CreatePushTokenInput = z.input<typeof createPushTokenInput>

/**
 * Makes a push token. The secret is in the answer and nowhere else: what is stored is its digest. Throws `invalid`, or
 * `conflict` when a token of that name is in use, since the name is that of the source.
 */
export async function createPushToken(context: Context, input: CreatePushTokenInput): Promise<CreatedPushToken> {
  const parsed = createPushTokenInput.safeParse(input)
  if (!parsed.success) throw new AppError('invalid', parsed.error.issues[0]?.message ?? 'A push token takes a name.', { field: 'name' })
  const { name } = parsed.data
  const at = context.clock()
  const credentials = newCredentials()
  return writeTransaction(context.db, async (tx) => {
    const active = await tx.pushToken.findMany({ where: { revokedAt: null }, select: { name: true } })
    if (active.some((token) => token.name === name)) {
      throw new AppError('conflict', `There is a push token named ${name}. Choose another name, or revoke that one first.`, { field: 'name' })
    }
    if (active.length >= LIMITS.pushTokens) throw new AppError('too_large', `There are ${LIMITS.pushTokens} push tokens, which is the most. Revoke one that is no longer used.`)
    const row = await tx.pushToken.create({
      data: { name, prefix: credentials.prefix, tokenHash: hashSecret(credentials.secret), createdBy: context.actor.name, createdAt: at },
    })
    await writeAudit(tx, context.actor.name, at, {
      action: 'push_token.create',
      entityType: 'push_token',
      entityId: String(row.id),
      detail: { name, prefix: credentials.prefix },
    })
    return { id: row.id, name, prefix: credentials.prefix, secret: credentials.secret, token: tokenText(credentials) }
  })
}
