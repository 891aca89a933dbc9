import type { z } from 'zod'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'
import { parseInput } from './parse-input'
import { queueHeldBack } from './raise-held-back'
import { exceptionRef, exceptionState, isInForce, raiseInput } from './schema'
import { requireException, toRecord } from './stored'

/**
 * Raises what an exception held back that is no longer in force: what was left when it was switched off, or when it expired.
 * Throws `invalid` for one that is in force, which would hold it back again; `not_found`.
 */
export async function raiseAgain(context: Context, input: z.input<typeof raiseInput>): Promise<{ readonly raised: number }> {
  const { id } = parseInput(raiseInput, input)
  const at = context.clock()
  return writeTransaction(context.db, async (tx) => {
    const row = await requireException(tx, id)
    if (isInForce(exceptionState(toRecord(row, null), at.getTime()))) {
      throw new AppError('invalid', `${exceptionRef(id)} is in force and would hold the same back again. Switch it off first.`)
    }
    const raised = await queueHeldBack(tx, id)
    if (raised > 0) await writeAudit(tx, context.actor.name, at, { action: 'exception.raise', entityType: 'exception', entityId: exceptionRef(id), detail: { name: row.name, raised } })
    return { raised }
  })
}
