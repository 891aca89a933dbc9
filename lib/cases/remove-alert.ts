import { parseInput } from '@/lib/alerts/parse-input'
import { alertRef } from '@/lib/alerts/schema'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'
import { requireCase } from './require-case'
import { caseRef, removeAlertInput } from './schema'
import type { RemoveAlertInput } from './schema'

/** Takes an alert out of a case; the alert itself stays, with a line in its history. Throws AppError `not_found`. */
export async function removeAlert(context: Context, input: RemoveAlertInput): Promise<void> {
  const { caseId, alertId } = parseInput(removeAlertInput, input)
  const at = context.clock()
  const actor = context.actor.name
  await writeTransaction(context.db, async (tx) => {
    const target = await requireCase(tx, caseId)
    const { count } = await tx.caseAlert.deleteMany({ where: { caseId, alertId } })
    if (count === 0) throw new AppError('not_found', `${caseRef(caseId)} does not hold ${alertRef(alertId)}.`)
    await tx.case.update({ where: { id: caseId }, data: { updatedAt: at } })
    await tx.alertHistory.create({
      data: {
        alertId,
        at,
        actor,
        kind: 'case',
        text: `Removed from ${caseRef(caseId)}: ${target.title}`,
        detail: JSON.stringify({ case: caseRef(caseId), added: false }),
      },
    })
    await writeAudit(tx, actor, at, { action: 'case.remove_alert', entityType: 'case', entityId: caseRef(caseId), detail: { alerts: [alertRef(alertId)] } })
  })
}
