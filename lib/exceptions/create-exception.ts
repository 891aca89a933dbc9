import { newestEntry, recordAct } from '@/lib/audit/record-act'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { AppError } from '@/lib/errors'
import { changeExceptions } from './change'
import { closeMatching, findClosingCandidates } from './close-matching'
import { requireNothingHidden } from './hidden-alerts'
import { requireKnownFields } from './look-for-fields'
import { parseInput } from './parse-input'
import { exceptionInput, exceptionRef } from './schema'
import type { ExceptionInput } from './schema'
import { requireFuture, requireRule, writtenColumns } from './stored'

export interface SavedException {
  readonly id: number
  readonly version: number
  /** The alerts that were closed because the exception matches them. */
  readonly closedAlertIds: readonly number[]
  /** What to undo. */
  readonly act: number
}

/**
 * Creates an exception and, when asked, closes the undecided alerts it matches: one transaction with the audit row and the
 * alerts' history. Throws `invalid` (with `details.fields`), `conflict` when it hides a true positive that was not
 * acknowledged, and `not_found` for an alert that is not there.
 */
export async function createException(context: Context, input: ExceptionInput): Promise<SavedException> {
  const wanted = parseInput(exceptionInput, input)
  const at = context.clock()
  requireFuture(wanted.expiresAt, at)
  await requireKnownFields(context, wanted.entries, wanted.acknowledgedFields)
  const hiddenSince = wanted.enabled ? await requireNothingHidden(context, wanted, wanted.acknowledgedAlertIds) : null
  const candidates = wanted.closeMatchingAs === null ? null : await findClosingCandidates(context, wanted)
  return changeExceptions(context.db, async (tx) => {
    await requireRule(tx, wanted.ruleId)
    await hiddenSince?.(tx)
    if (wanted.alertId !== null && (await tx.alert.count({ where: { id: wanted.alertId } })) === 0) {
      throw new AppError('not_found', `There is no alert A-${wanted.alertId}.`, { alertId: wanted.alertId })
    }
    const actor = context.actor.name
    const before = await newestEntry(tx)
    const { id, version } = await tx.exception.create({
      data: { ...writtenColumns(wanted), alertId: wanted.alertId, createdBy: actor, createdAt: at, updatedBy: actor, updatedAt: at },
      select: { id: true, version: true },
    })
    if (wanted.alertId !== null) {
      await tx.alertHistory.create({
        data: { alertId: wanted.alertId, at, actor, kind: 'exception', text: `Exception ${exceptionRef(id)} “${wanted.name}” was made from this alert.`, detail: JSON.stringify({ exceptionId: id }) },
      })
    }
    const closedAlertIds =
      candidates === null || wanted.closeMatchingAs === null
        ? []
        : await closeMatching(tx, context, candidates, { exception: { ...wanted, id }, verdict: wanted.closeMatchingAs, at })
    const entry = { action: 'exception.create', entityType: 'exception', entityId: exceptionRef(id) } as const
    await writeAudit(tx, actor, at, {
      ...entry,
      detail: { after: wanted, closedAlertIds },
    })
    const closings = closedAlertIds.length === 0 ? '' : `, with ${closedAlertIds.length.toLocaleString('en')} ${closedAlertIds.length === 1 ? 'alert' : 'alerts'} closed`
    const act = await recordAct(tx, actor, at, before, { ...entry, text: `exception ${exceptionRef(id)} “${wanted.name}” made${closings}`, detail: { exception: { id, version, before: null } } })
    return { id, version, closedAlertIds, act: act.id }
  })
}
