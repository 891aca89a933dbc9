import { createHash } from 'node:crypto'
import { z } from 'zod'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'

export const editRejectInput = z.object({
  id: z.number().int().positive(),
  /** What to read instead of the record; null goes back to what was sent. */
  text: z.string().max(LIMITS.rejectBytes, `At most ${LIMITS.rejectBytes.toLocaleString('en')} characters.`).nullable(),
})
export type EditRejectInput = z.input<typeof editRejectInput>

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * Writes down what is to be read instead of a rejected record. What was sent stays as it is; the audit log has the digests of
 * both. Throws `invalid`, `not_found`, or `conflict` for a record that was stored meanwhile or of which only a part was kept.
 */
export async function editReject(context: Context, input: EditRejectInput): Promise<{ readonly changed: boolean }> {
  const parsed = editRejectInput.safeParse(input)
  if (!parsed.success) throw new AppError('invalid', parsed.error.issues[0]?.message ?? 'Give the text of the record.', { field: 'text' })
  const { id, text } = parsed.data
  if (text?.trim() === '') throw new AppError('invalid', 'The record is empty. Write what should be read instead of it.', { field: 'text' })
  const edited = text === null ? null : new Uint8Array(Buffer.from(text, 'utf8'))
  if (edited !== null && edited.length > LIMITS.rejectBytes) {
    throw new AppError('invalid', `The record has ${edited.length.toLocaleString('en')} bytes; at most ${LIMITS.rejectBytes.toLocaleString('en')} can be edited here. Download it and send it as a file.`, { field: 'text' })
  }
  const at = context.clock()
  return writeTransaction(context.db, async (tx) => {
    const row = await tx.rejectedRecord.findUnique({ where: { id }, select: { importId: true, record: true, size: true, bytes: true, edited: true, resolvedAt: true } })
    if (!row) throw new AppError('not_found', 'The rejected record is gone.')
    if (row.resolvedAt !== null) throw new AppError('conflict', 'The record has been stored meanwhile. Reload the page.')
    if (BigInt(row.bytes.length) < row.size) {
      throw new AppError('conflict', `Only the first ${LIMITS.rejectBytes.toLocaleString('en')} bytes of the record were kept: what is edited here would leave out the rest. Correct it in the file and send that again.`)
    }
    const before = row.edited ?? row.bytes
    if (edited === null ? row.edited === null : Buffer.compare(before, edited) === 0) return { changed: false }
    // What equals the original is no edit.
    const kept = edited === null || Buffer.compare(row.bytes, edited) === 0 ? null : edited
    await tx.rejectedRecord.update({
      where: { id },
      data: { edited: kept, editedBy: kept === null ? null : context.actor.name, editedAt: kept === null ? null : at },
    })
    await writeAudit(tx, context.actor.name, at, {
      action: 'reject.edit',
      entityType: 'import',
      entityId: String(row.importId),
      detail: { reject: id, record: row.record, before: digest(before), after: digest(kept ?? row.bytes), sent: digest(row.bytes) },
    })
    return { changed: true }
  })
}
