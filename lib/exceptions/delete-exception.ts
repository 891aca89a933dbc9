import type { z } from 'zod'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { changeExceptions } from './change'
import { parseInput } from './parse-input'
import { deleteExceptionInput, exceptionRef } from './schema'
import { requireException, toRecord } from './stored'

/**
 * Deletes an exception. All it was stays in the audit row; the record of what it held back stays as well, since that
 * happened. Throws `not_found`.
 */
export async function deleteException(context: Context, input: z.input<typeof deleteExceptionInput>): Promise<void> {
  const { id } = parseInput(deleteExceptionInput, input)
  await changeExceptions(context.db, async (tx) => {
    const before = await requireException(tx, id)
    await tx.exception.delete({ where: { id } })
    await writeAudit(tx, context.actor.name, context.clock(), {
      action: 'exception.delete',
      entityType: 'exception',
      entityId: exceptionRef(id),
      detail: { before: toRecord(before, null) },
    })
  })
}
