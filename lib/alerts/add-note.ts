import { newestEntry, recordAct } from '@/lib/audit/record-act'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'
import { parseInput } from './parse-input'
import { addAlertNoteInput, alertRef } from './schema'
import type { AddAlertNoteInput } from './schema'

/** Writes a note into an alert's history. Notes are only ever added; one that is undone stays, marked as withdrawn. Throws AppError `invalid` or `not_found`. */
export async function addAlertNote(ctx: Context, input: AddAlertNoteInput): Promise<{ readonly id: number }> {
  const { alertId, note, tab } = parseInput(addAlertNoteInput, input)
  const at = ctx.clock()
  const actor = ctx.actor.name
  return writeTransaction(ctx.db, async (tx) => {
    const before = await newestEntry(tx)
    const { count } = await tx.alert.updateMany({ where: { id: alertId }, data: { updatedAt: at } })
    if (count === 0) throw new AppError('not_found', `There is no alert ${alertRef(alertId)}.`)
    const entry = await tx.alertHistory.create({ data: { alertId, at, actor, kind: 'note', text: note } })
    await writeAudit(tx, actor, at, { action: 'alert.add_note', entityType: 'alert', entityId: alertRef(alertId), detail: { note: entry.id, characters: note.length } })
    await recordAct(tx, actor, at, before, { action: 'alert.add_note', entityType: 'alert', entityId: alertRef(alertId), text: `a note on ${alertRef(alertId)}`, tab })
    return { id: entry.id }
  })
}
