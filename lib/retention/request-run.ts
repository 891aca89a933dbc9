import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'
import { PAGES_SQL, bytesInUse } from './policy'

/**
 * Asks for the policy to be followed now. The storing thread works it off between batches; the run's row tells how far it is.
 * Throws `invalid` without a policy, `conflict` while it is paused or another run is under way.
 */
export async function requestRetention(context: Context): Promise<{ readonly runId: number }> {
  const at = context.clock()
  const actor = context.actor.name
  return writeTransaction(context.db, async (tx) => {
    const policy = await tx.retentionPolicy.findUnique({ where: { id: 1 } })
    if (!policy || (policy.maxAgeDays === null && policy.maxBytes === null)) throw new AppError('invalid', 'Everything is kept: set an age or a size first.')
    if (policy.paused !== null) throw new AppError('conflict', `Retention is paused: ${policy.paused} Save the policy to go on.`)
    const open = await tx.retentionRun.findFirst({ where: { status: { in: ['queued', 'running'] } }, select: { id: true } })
    if (open) throw new AppError('conflict', 'Retention is under way. Wait for it, or cancel it.', { runId: open.id })
    const [row] = await tx.$queryRawUnsafe<{ pages: bigint | number; free: bigint | number; size: bigint | number }[]>(PAGES_SQL)
    const inUse = bytesInUse({ pages: Number(row?.pages ?? 0), free: Number(row?.free ?? 0), size: Number(row?.size ?? 0) })
    const { maxAgeDays, maxBytes } = policy
    const run = await tx.retentionRun.create({ data: { status: 'queued', actor, maxAgeDays, maxBytes, startedAt: at, bytesBefore: BigInt(inUse) }, select: { id: true } })
    await writeAudit(tx, actor, at, {
      action: 'retention.run',
      entityType: 'retention',
      entityId: String(run.id),
      detail: { max_age_days: maxAgeDays, max_bytes: maxBytes === null ? null : Number(maxBytes) },
    })
    return { runId: run.id }
  })
}

/** Ends a run that waits or is under way; what it deleted until then is gone. Throws `not_found` or `conflict` when it is over. */
export async function cancelRetention(context: Context, runId: number): Promise<void> {
  const at = context.clock()
  await writeTransaction(context.db, async (tx) => {
    const run = await tx.retentionRun.findUnique({ where: { id: runId }, select: { status: true, events: true } })
    if (!run) throw new AppError('not_found', `There is no run ${runId}.`)
    if (run.status !== 'queued' && run.status !== 'running') throw new AppError('conflict', 'The run is over already.')
    await tx.retentionRun.update({ where: { id: runId }, data: { status: 'cancelled', finishedAt: at } })
    await writeAudit(tx, context.actor.name, at, { action: 'retention.cancel', entityType: 'retention', entityId: String(runId), detail: { events: run.events } })
  })
}
