import { writeAudit } from '@/lib/audit/write-audit'
import { alertRef } from '@/lib/alerts/schema'
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
 * in the same transaction. Throws AppError `invalid`, or `not_found` for an alert or step that does not exist.
 */
export async function setItemState(ctx: Context, input: SetItemStateInput): Promise<{ readonly done: number; readonly total: number }> {
  const parsed = setItemStateInput.safeParse(input)
  if (!parsed.success) throw new AppError('invalid', parsed.error.issues[0]?.message ?? 'The input is not valid.')
  const { alertId, itemKey, state, note } = parsed.data
  const at = ctx.clock()
  const actor = ctx.actor.name
  return writeTransaction(ctx.db, async (tx) => {
    const alert = await tx.alert.findUnique({ where: { id: alertId }, select: { ruleVersionId: true } })
    if (!alert) throw new AppError('not_found', `There is no alert ${alertRef(alertId)}.`)
    const item = (await readGuide(tx, alert.ruleVersionId)).find((step) => step.key === itemKey)
    if (!item) throw new AppError('not_found', `The checklist of ${alertRef(alertId)} has no such step.`)
    const where = { alertId_itemKey: { alertId, itemKey } }
    const before = await tx.checklistItem.findUnique({ where })
    const kept = note ?? before?.note ?? ''
    const same = state === null ? before === null : before?.state === state && before.note === kept
    if (!same) {
      if (state === null) await tx.checklistItem.delete({ where })
      else await tx.checklistItem.upsert({ where, create: { alertId, itemKey, state, note: kept, actor, at }, update: { state, note: kept, actor, at } })
      await recountChecklists(tx, [alertId])
      await tx.alert.update({ where: { id: alertId }, data: { updatedAt: at } })
      const detail = { item: itemKey, from: before?.state ?? null, to: state, note: state === null ? '' : kept }
      const text = `${state === null ? 'Not done any more' : ITEM_STATE_LABELS[state]}: “${short(item.text)}”${state !== null && kept !== '' ? ` ${kept}` : ''}`
      await tx.alertHistory.create({ data: { alertId, at, actor, kind: 'checklist', text, detail: JSON.stringify(detail) } })
      await writeAudit(tx, actor, at, { action: 'alert.checklist', entityType: 'alert', entityId: alertRef(alertId), detail })
    }
    const counts = await tx.alert.findUniqueOrThrow({ where: { id: alertId }, select: { checklistDone: true, checklistTotal: true } })
    return { done: counts.checklistDone, total: counts.checklistTotal }
  })
}
