import type { z } from 'zod'
import { newestEntry, recordAct } from '@/lib/audit/record-act'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { changeExceptions } from './change'
import { requireNothingHidden } from './hidden-alerts'
import { parseInput } from './parse-input'
import { queueHeldBack } from './raise-held-back'
import { exceptionRef, setEnabledInput } from './schema'
import { readEntries, requireException } from './stored'

/**
 * Switches an exception on or off; one that already is so stays as it is, without an audit row. With `raise` what one that is switched off held back becomes alerts. Throws `not_found`, and
 * `conflict` when one that is switched on hides a true positive that was not acknowledged.
 */
export async function setExceptionEnabled(context: Context, input: z.input<typeof setEnabledInput>): Promise<{ readonly act: number | null; readonly raised: number }> {
  const { id, enabled, acknowledgedAlertIds, raise } = parseInput(setEnabledInput, input)
  const at = context.clock()
  const hiddenSince = enabled ? await nothingHidden(context, id, acknowledgedAlertIds) : null
  return changeExceptions(context.db, async (tx) => {
    const before = await requireException(tx, id)
    if (before.enabled === enabled) return { act: null, raised: 0 }
    await hiddenSince?.(tx)
    const { version } = await tx.exception.update({ where: { id }, data: { enabled, updatedBy: context.actor.name, updatedAt: at, version: { increment: 1 } }, select: { version: true } })
    const raised = !enabled && raise ? await queueHeldBack(tx, id) : 0
    const entry = { action: enabled ? 'exception.enable' : 'exception.disable', entityType: 'exception', entityId: exceptionRef(id) } as const
    await writeAudit(tx, context.actor.name, at, { ...entry, detail: { name: before.name, raised } })
    const text = `exception ${exceptionRef(id)} “${before.name}” switched ${enabled ? 'on' : 'off'}`
    const act = await recordAct(tx, context.actor.name, at, await newestEntry(tx), { ...entry, text, detail: { exception: { id, version, before } } })
    return { act: act.id, raised }
  })
}

async function nothingHidden(context: Context, id: number, acknowledged: readonly number[]) {
  const row = await requireException(context.db, id)
  if (row.enabled) return null
  return requireNothingHidden(context, { ruleId: row.ruleId, stage: row.stage, entries: readEntries(row.entries) }, acknowledged)
}
