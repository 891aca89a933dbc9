import type { z } from 'zod'
import { newestEntry, recordAct } from '@/lib/audit/record-act'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { changeExceptions } from './change'
import { parseInput } from './parse-input'
import { queueHeldBack } from './raise-held-back'
import { deleteExceptionInput, exceptionRef } from './schema'
import { requireException, toRecord } from './stored'

/**
 * Deletes an exception. All it was stays in the audit row; the record of what it held back stays as well, since that
 * happened, and with `raise` becomes alerts. Throws `not_found`.
 */
export async function deleteException(context: Context, input: z.input<typeof deleteExceptionInput>): Promise<{ readonly act: number; readonly raised: number }> {
  const { id, raise } = parseInput(deleteExceptionInput, input)
  const at = context.clock()
  return changeExceptions(context.db, async (tx) => {
    const before = await requireException(tx, id)
    await tx.exception.delete({ where: { id } })
    const raised = raise ? await queueHeldBack(tx, id) : 0
    const entry = { action: 'exception.delete', entityType: 'exception', entityId: exceptionRef(id) } as const
    await writeAudit(tx, context.actor.name, at, { ...entry, detail: { before: toRecord(before, null), raised } })
    const text = `exception ${exceptionRef(id)} “${before.name}” deleted`
    const act = await recordAct(tx, context.actor.name, at, await newestEntry(tx), { ...entry, text, detail: { exception: { id, version: null, before } } })
    return { act: act.id, raised }
  })
}
