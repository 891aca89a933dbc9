import type { Transaction } from '@/lib/db/client'
import { AppError } from '@/lib/errors'
import { caseRef } from './schema'

/** The row of a case. Throws AppError `not_found` when there is none. */
export async function requireCase(tx: Pick<Transaction, 'case'>, id: number) {
  const row = await tx.case.findUnique({ where: { id } })
  if (!row) throw new AppError('not_found', `There is no case ${caseRef(id)}.`)
  return row
}
