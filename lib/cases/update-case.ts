import { parseInput } from '@/lib/alerts/parse-input'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'
import { requireCase } from './require-case'
import { caseRef, updateCaseInput } from './schema'
import type { UpdateCaseInput } from './schema'

const FIELDS = ['title', 'description', 'status', 'severity', 'tlp'] as const

/**
 * Changes what a case says of itself, on the version the change was made on; answers the version it has now. Throws
 * AppError `conflict` when somebody else changed it since. A change to what already stands writes nothing.
 */
export async function updateCase(context: Context, input: UpdateCaseInput): Promise<{ readonly version: number }> {
  const { caseId, version, ...wanted } = parseInput(updateCaseInput, input)
  const at = context.clock()
  return writeTransaction(context.db, async (tx) => {
    const before = await requireCase(tx, caseId)
    const changed = FIELDS.filter((field) => wanted[field] !== undefined && wanted[field] !== before[field])
    if (changed.length === 0) return { version: before.version }
    const statusChanged = changed.includes('status')
    const { count } = await tx.case.updateMany({
      where: { id: caseId, version },
      data: {
        ...Object.fromEntries(changed.map((field) => [field, wanted[field]])),
        ...(statusChanged ? { closedAt: wanted.status === 'closed' ? at : null } : {}),
        updatedAt: at,
        version: { increment: 1 },
      },
    })
    if (count === 0) throw new AppError('conflict', `${caseRef(caseId)} was changed by somebody else meanwhile. Reload it and make the change again.`)
    await writeAudit(tx, context.actor.name, at, {
      action: wanted.status === 'closed' && statusChanged ? 'case.close' : 'case.update',
      entityType: 'case',
      entityId: caseRef(caseId),
      detail: Object.fromEntries(changed.map((field) => [field, { before: before[field], after: wanted[field] }])),
    })
    return { version: version + 1 }
  })
}
