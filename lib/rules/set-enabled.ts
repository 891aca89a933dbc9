import { z } from 'zod'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'

export const setRuleEnabledInput = z.object({
  /** The rule's own id (`rule_id` of the Elastic format). */
  ruleId: z.string().min(1).max(200),
  enabled: z.boolean(),
})
export type SetRuleEnabledInput = z.input<typeof setRuleEnabledInput>

/**
 * Switches a rule on or off for events that arrive from now on; what it has raised stays. Switching to the state it already
 * has changes nothing and is not audited. Answers whether it changed. Throws `invalid` or `not_found`.
 */
export async function setRuleEnabled(context: Context, input: SetRuleEnabledInput): Promise<{ readonly changed: boolean }> {
  const parsed = setRuleEnabledInput.safeParse(input)
  if (!parsed.success) throw new AppError('invalid', 'Switching a rule takes its id and the new state.')
  const { ruleId, enabled } = parsed.data
  const at = context.clock()
  return writeTransaction(context.db, async (tx) => {
    const rule = await tx.rule.findUnique({ where: { ruleId }, select: { id: true, enabled: true } })
    if (!rule) throw new AppError('not_found', `There is no rule with the id ${ruleId}.`)
    if (rule.enabled === enabled) return { changed: false }
    await tx.rule.update({ where: { id: rule.id }, data: { enabled, updatedAt: at } })
    await writeAudit(tx, context.actor.name, at, {
      action: enabled ? 'rule.enable' : 'rule.disable',
      entityType: 'rule',
      entityId: ruleId,
      detail: { before: { enabled: rule.enabled }, after: { enabled } },
    })
    // The detector compares this counter before each batch and loads its rules again when it has moved.
    await tx.revision.upsert({ where: { name: 'rules' }, create: { name: 'rules', value: 1 }, update: { value: { increment: 1 } } })
    return { changed: true }
  })
}
