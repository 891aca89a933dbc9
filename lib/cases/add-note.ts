import { parseInput } from '@/lib/alerts/parse-input'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { requireCase } from './require-case'
import { addNoteInput, caseRef } from './schema'
import type { AddNoteInput } from './schema'

/** Writes a note into a case. Notes are only ever added. Throws AppError `invalid`, `not_found` or `too_large`. */
export async function addNote(context: Context, input: AddNoteInput): Promise<{ readonly id: number }> {
  const { caseId, body } = parseInput(addNoteInput, input)
  const at = context.clock()
  const actor = context.actor.name
  return writeTransaction(context.db, async (tx) => {
    await requireCase(tx, caseId)
    if ((await tx.caseNote.count({ where: { caseId } })) >= LIMITS.caseNotes) {
      throw new AppError('too_large', `A case holds at most ${LIMITS.caseNotes} notes.`)
    }
    const note = await tx.caseNote.create({ data: { caseId, body, actor, at } })
    await tx.case.update({ where: { id: caseId }, data: { updatedAt: at } })
    await writeAudit(tx, actor, at, { action: 'case.add_note', entityType: 'case', entityId: caseRef(caseId), detail: { note: note.id, characters: body.length } })
    return { id: note.id }
  })
}
