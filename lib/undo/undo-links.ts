import { z } from 'zod'
import { parseCaseRef } from '@/lib/cases/schema'
import type { Transaction } from '@/lib/db/client'
import { ITEM_STATE_LABELS, ITEM_STATES } from '@/lib/triage/schema'
import { recountChecklists } from '@/lib/triage/recount-checklists'
import type { EntryRange, UndoStamp } from './undo-alerts'

const stepDetail = z.object({
  item: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  before: z.object({ state: z.string(), note: z.string(), actor: z.string(), at: z.number() }).nullable(),
})

const caseDetail = z.object({ case: z.string(), added: z.boolean(), before: z.object({ added_by: z.string(), added_at: z.number() }).optional() })

async function entriesOf(tx: Transaction, { entryFrom, entryTo }: EntryRange, kind: string, left: readonly number[]) {
  const rows = await tx.alertHistory.findMany({ where: { id: { gte: entryFrom, lte: entryTo }, kind }, orderBy: { id: 'asc' } })
  return rows.filter(({ alertId }) => !left.includes(alertId))
}

/** Gives steps of checklists the state, note, name and time they had. */
export async function undoSteps(tx: Transaction, range: EntryRange, { actor, at, act, left }: UndoStamp): Promise<void> {
  for (const entry of await entriesOf(tx, range, 'checklist', left)) {
    const { item: itemKey, from, to, before } = stepDetail.parse(JSON.parse(entry.detail))
    const { alertId } = entry
    if (before === null) await tx.checklistItem.deleteMany({ where: { alertId, itemKey } })
    else {
      const was = { state: before.state, note: before.note, actor: before.actor, at: new Date(before.at) }
      await tx.checklistItem.upsert({ where: { alertId_itemKey: { alertId, itemKey } }, create: { alertId, itemKey, ...was }, update: was })
    }
    await recountChecklists(tx, [alertId])
    await tx.alert.update({ where: { id: alertId }, data: { updatedAt: at } })
    const state = ITEM_STATES.find((known) => known === before?.state)
    const step = /“.*?”/s.exec(entry.text)?.[0] ?? 'a step'
    await tx.alertHistory.create({
      data: {
        alertId,
        at,
        actor,
        kind: 'checklist',
        text: `Undone: ${step} ${state === undefined ? 'not done' : ITEM_STATE_LABELS[state].toLowerCase()} again.`,
        detail: JSON.stringify({ item: itemKey, from: to, to: from, note: before?.note ?? '', before: null, undoes: act }),
      },
    })
  }
}

/** Takes alerts out of the case they were put into, or puts them back as they were. */
export async function undoCaseLinks(tx: Transaction, range: EntryRange, { actor, at, act, left }: UndoStamp): Promise<void> {
  const cases = new Set<number>()
  for (const entry of await entriesOf(tx, range, 'case', left)) {
    const { case: ref, added, before } = caseDetail.parse(JSON.parse(entry.detail))
    const caseId = parseCaseRef(ref) ?? 0
    const { alertId } = entry
    // Either may be so already: the case was deleted, or the link was made again and undone.
    if (added) await tx.caseAlert.deleteMany({ where: { caseId, alertId } })
    else if ((await tx.case.count({ where: { id: caseId } })) > 0) {
      const link = { addedBy: before?.added_by ?? actor, addedAt: new Date(before?.added_at ?? at.getTime()) }
      await tx.caseAlert.upsert({ where: { caseId_alertId: { caseId, alertId } }, create: { caseId, alertId, ...link }, update: link })
    }
    const text = added ? `Undone: no longer in ${ref}.` : `Undone: in ${ref} again.`
    await tx.alertHistory.create({ data: { alertId, at, actor, kind: 'case', text, detail: JSON.stringify({ case: ref, added: !added, undoes: act }) } })
    cases.add(caseId)
  }
  await tx.case.updateMany({ where: { id: { in: [...cases] } }, data: { updatedAt: at } })
}
