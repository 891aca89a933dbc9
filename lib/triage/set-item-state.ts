import { requireSeen } from '@/lib/alerts/require-seen'
import { alertRef } from '@/lib/alerts/schema'
import { newestEntry, recordAct } from '@/lib/audit/record-act'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'
import { readGuide, recountChecklists } from './recount-checklists'
import { ITEM_STATE_LABELS, setItemStateInput } from './schema'
import type { SetItemStateInput } from './schema'

/** The step's beginning, without the marks around field names. */
function short(text: string): string {
  const plain = text.replaceAll('`', '')
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain
}

/**
 * Says how far a step of an alert's checklist is, with a note; a null state takes both away. The alert's progress follows
 * in the same transaction. Throws AppError `invalid`, `not_found` for an alert or step that does not exist, or `conflict` when the
 * step changed since the page that `seen` tells of.
 */
export async function setItemState(ctx: Context, input: SetItemStateInput): Promise<{ readonly done: number; readonly total: number }> {
  const parsed = setItemStateInput.safeParse(input)
  if (!parsed.success) throw new AppError('invalid', parsed.error.issues[0]?.message ?? 'The input is not valid.')
  const { alertId, itemKey, state, note, seen } = parsed.data
  const at = ctx.clock()
  const actor = ctx.actor.name
  return writeTransaction(ctx.db, async (tx) => {
    const alert = await tx.alert.findUnique({ where: { id: alertId }, select: { ruleVersionId: true } })
    if (!alert) throw new AppError('not_found', `There is no alert ${alertRef(alertId)}.`)
    const item = (await readGuide(tx, alert.ruleVersionId)).find((step) => step.key === itemKey)
    if (!item) throw new AppError('not_found', `The checklist of ${alertRef(alertId)} has no such step.`)
    await requireSeen(tx, seen, [alertId], 'checklist', itemKey)
    const newest = await newestEntry(tx)
    const where = { alertId_itemKey: { alertId, itemKey } }
    const before = await tx.checklistItem.findUnique({ where })
    const kept = note ?? before?.note ?? ''
    const same = state === null ? before === null : before?.state === state && before.note === kept
    if (!same) {
      if (state === null) await tx.checklistItem.delete({ where })
      else await tx.checklistItem.upsert({ where, create: { alertId, itemKey, state, note: kept, actor, at }, update: { state, note: kept, actor, at } })
      await recountChecklists(tx, [alertId])
      await tx.alert.update({ where: { id: alertId }, data: { updatedAt: at } })
      const was = before && { state: before.state, note: before.note, actor: before.actor, at: before.at.getTime() }
      const detail = { item: itemKey, from: before?.state ?? null, to: state, note: state === null ? '' : kept, before: was }
      const text = `${state === null ? 'Not done any more' : ITEM_STATE_LABELS[state]}: “${short(item.text)}”${state !== null && kept !== '' ? ` ${kept}` : ''}`
      await tx.alertHistory.create({ data: { alertId, at, actor, kind: 'checklist', text, detail: JSON.stringify(detail) } })
      await writeAudit(tx, actor, at, { action: 'alert.checklist', entityType: 'alert', entityId: alertRef(alertId), detail })
      const done = `“${short(item.text)}” of ${alertRef(alertId)} ${state === null ? 'cleared' : `marked ${ITEM_STATE_LABELS[state].toLowerCase()}`}`
      await recordAct(tx, actor, at, newest, { action: 'alert.checklist', entityType: 'alert', entityId: alertRef(alertId), text: done, tab: seen?.tab })
    }
    const counts = await tx.alert.findUniqueOrThrow({ where: { id: alertId }, select: { checklistDone: true, checklistTotal: true } })
    return { done: counts.checklistDone, total: counts.checklistTotal }
  })
}
