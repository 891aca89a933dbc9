import { newestEntry, recordAct } from '@/lib/audit/record-act'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { AppError } from '@/lib/errors'
import { changeExceptions } from './change'
import { closeMatching, findClosingCandidates } from './close-matching'
import type { SavedException } from './create-exception'
import { requireNothingHidden } from './hidden-alerts'
import { requireKnownFields } from './look-for-fields'
import { parseInput } from './parse-input'
import { exceptionRef, exceptionUpdateInput } from './schema'
import type { ExceptionUpdateInput } from './schema'
import { requireException, requireFuture, requireRule, toRecord, writtenColumns } from './stored'

/**
 * Changes an exception that was edited at `version`. Throws `conflict`, naming who changed it and when, if it is another
 * version by now, and when it hides a true positive that was not acknowledged; `not_found`; `invalid` with `details.fields`.
 */
export async function updateException(context: Context, input: ExceptionUpdateInput): Promise<SavedException> {
  const wanted = parseInput(exceptionUpdateInput, input)
  const at = context.clock()
  await requireKnownFields(context, wanted.entries, wanted.acknowledgedFields)
  const hiddenSince = wanted.enabled ? await requireNothingHidden(context, wanted, wanted.acknowledgedAlertIds) : null
  const candidates = wanted.closeMatchingAs === null ? null : await findClosingCandidates(context, wanted)
  return changeExceptions(context.db, async (tx) => {
    const before = await requireException(tx, wanted.id)
    if (before.version !== wanted.version) {
      const { updatedBy, updatedAt } = before
      throw new AppError(
        'conflict',
        `${updatedBy} changed ${exceptionRef(wanted.id)} at ${updatedAt.toISOString()}, after you opened it. Open it again to see the change; yours was not saved.`,
        { version: before.version, updatedBy, updatedAt: updatedAt.toISOString() },
      )
    }
    const newest = await newestEntry(tx)
    // An exception that has expired may be renamed; a new end must lie ahead.
    if (wanted.expiresAt !== null && Date.parse(wanted.expiresAt) !== before.expiresAt?.getTime()) requireFuture(wanted.expiresAt, at)
    if (wanted.ruleId !== before.ruleId) await requireRule(tx, wanted.ruleId)
    await hiddenSince?.(tx)
    const { version } = await tx.exception.update({
      where: { id: wanted.id },
      data: { ...writtenColumns(wanted), updatedBy: context.actor.name, updatedAt: at, version: { increment: 1 } },
      select: { version: true },
    })
    const closedAlertIds =
      candidates === null || wanted.closeMatchingAs === null
        ? []
        : await closeMatching(tx, context, candidates, { exception: wanted, verdict: wanted.closeMatchingAs, at })
    const entry = { action: 'exception.update', entityType: 'exception', entityId: exceptionRef(wanted.id) } as const
    await writeAudit(tx, context.actor.name, at, {
      ...entry,
      detail: { before: toRecord(before, null), after: wanted, closedAlertIds },
    })
    const text = `exception ${exceptionRef(wanted.id)} “${wanted.name}” changed`
    const act = await recordAct(tx, context.actor.name, at, newest, { ...entry, text, detail: { exception: { id: wanted.id, version, before } } })
    return { id: wanted.id, version, closedAlertIds, act: act.id }
  })
}
