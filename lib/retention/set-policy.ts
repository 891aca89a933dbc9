import { parseInput } from '@/lib/alerts/parse-input'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { retentionPolicyInput } from './schema'
import type { RetentionPolicyInput } from './schema'

/**
 * Sets how long events are kept. Nothing is deleted at once: the job looks an hour later, so that a slip can be put right, and
 * sooner when it is asked to. Saving also ends a pause. Throws AppError `invalid`.
 */
export async function setRetentionPolicy(context: Context, input: RetentionPolicyInput): Promise<{ readonly changed: boolean }> {
  const { maxAgeDays, maxBytes } = parseInput(retentionPolicyInput, input)
  const at = context.clock()
  const actor = context.actor.name
  return writeTransaction(context.db, async (tx) => {
    const before = await tx.retentionPolicy.findUnique({ where: { id: 1 } })
    const wanted = { maxAgeDays, maxBytes: maxBytes === null ? null : BigInt(maxBytes) }
    const was = { maxAgeDays: before?.maxAgeDays ?? null, maxBytes: before?.maxBytes ?? null }
    if (was.maxAgeDays === wanted.maxAgeDays && was.maxBytes === wanted.maxBytes && (before?.paused ?? null) === null) return { changed: false }
    const data = { ...wanted, paused: null, updatedBy: actor, updatedAt: at, checkedAt: at }
    await tx.retentionPolicy.upsert({ where: { id: 1 }, create: { id: 1, ...data }, update: data })
    await writeAudit(tx, actor, at, {
      action: 'retention.set',
      entityType: 'retention',
      entityId: 'policy',
      detail: {
        before: { max_age_days: was.maxAgeDays, max_bytes: was.maxBytes === null ? null : Number(was.maxBytes), paused: before?.paused ?? null },
        after: { max_age_days: maxAgeDays, max_bytes: maxBytes },
      },
    })
    return { changed: true }
  })
}
