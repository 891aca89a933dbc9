import { z } from 'zod'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'

const instant = z.iso.datetime({ offset: true }).nullable().default(null)

export const requestBackfillInput = z
  .object({
    /** The rule's own id (`rule_id` of the Elastic format). */
    ruleId: z.string().min(1).max(200),
    /** The window of event time, both ends included; null is open. */
    from: instant,
    to: instant,
  })
  .refine(({ from, to }) => from === null || to === null || Date.parse(from) <= Date.parse(to), { message: 'The window ends before it begins.', path: ['to'] })
export type RequestBackfillInput = z.input<typeof requestBackfillInput>

/**
 * Asks for a rule to be run over stored events. The storing thread works it off between batches; the run's row tells how
 * far it is. Throws `invalid`, `not_found`, or `conflict` when the rule is off or already under way.
 */
export async function requestBackfill(context: Context, input: RequestBackfillInput): Promise<{ readonly runId: number }> {
  const parsed = requestBackfillInput.safeParse(input)
  if (!parsed.success) throw new AppError('invalid', parsed.error.issues[0]?.message ?? 'A back-fill takes a rule and a window.')
  const { ruleId, from, to } = parsed.data
  const at = context.clock()
  const fromTs = from === null ? null : BigInt(Date.parse(from))
  const toTs = to === null ? null : BigInt(Date.parse(to))
  // For people, so not counted to the last: with the write lock held, whoever sends events would wait for it.
  const ts = { ...(fromTs === null ? {} : { gte: fromTs }), ...(toTs === null ? {} : { lte: toTs }) }
  const total = await context.db.event.count({ where: fromTs === null && toTs === null ? {} : { ts } })
  return writeTransaction(context.db, async (tx) => {
    const rule = await tx.rule.findUnique({ where: { ruleId }, select: { id: true, enabled: true } })
    if (!rule) throw new AppError('not_found', `There is no rule with the id ${ruleId}.`)
    if (!rule.enabled) throw new AppError('conflict', 'The rule is switched off. Switch it on, then run it over stored events.')
    const open = await tx.detectionRun.findFirst({ where: { kind: 'backfill', ruleId: rule.id, status: { in: ['queued', 'running'] } }, select: { id: true } })
    if (open) throw new AppError('conflict', 'A run of this rule over stored events is under way. Wait for it, or cancel it.', { runId: open.id })
    const run = await tx.detectionRun.create({
      data: { kind: 'backfill', status: 'queued', ruleId: rule.id, actor: context.actor.name, fromTs, toTs, startedAt: at, total, rules: { create: { ruleId: rule.id } } },
      select: { id: true },
    })
    await writeAudit(tx, context.actor.name, at, { action: 'rule.backfill', entityType: 'rule', entityId: ruleId, detail: { run: run.id, from, to, events: total } })
    return { runId: run.id }
  })
}

/** Cancels a run that waits or is under way; what it found until then stays. Throws `not_found` or `conflict` when it is over. */
export async function cancelBackfill(context: Context, runId: number): Promise<void> {
  const at = context.clock()
  await writeTransaction(context.db, async (tx) => {
    const run = await tx.detectionRun.findUnique({ where: { id: runId }, select: { status: true, ruleId: true } })
    if (!run) throw new AppError('not_found', `There is no run ${runId}.`)
    if (run.status !== 'queued' && run.status !== 'running') throw new AppError('conflict', 'The run is over already.')
    await tx.detectionRun.update({ where: { id: runId }, data: { status: 'cancelled', finishedAt: at } })
    const rule = run.ruleId === null ? null : await tx.rule.findUnique({ where: { id: run.ruleId }, select: { ruleId: true } })
    await writeAudit(tx, context.actor.name, at, { action: 'rule.backfill.cancel', entityType: 'rule', entityId: rule?.ruleId ?? '', detail: { run: runId } })
  })
}
