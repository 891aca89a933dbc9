import { parseInput } from '@/lib/alerts/parse-input'
import { alertRef } from '@/lib/alerts/schema'
import { newestEntry, recordAct } from '@/lib/audit/record-act'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'
import { requireCase } from './require-case'
import { caseRef, removeAlertInput } from './schema'
import type { RemoveAlertInput } from './schema'

/** Takes an alert out of a case; the alert itself stays, with a line in its history. Throws AppError `not_found`. */
export async function removeAlert(context: Context, input: RemoveAlertInput): Promise<{ readonly act: number }> {
  const { caseId, alertId } = parseInput(removeAlertInput, input)
  const at = context.clock()
  const actor = context.actor.name
  return writeTransaction(context.db, async (tx) => {
    const target = await requireCase(tx, caseId)
    const before = await newestEntry(tx)
    const where = { caseId_alertId: { caseId, alertId } }
    const link = await tx.caseAlert.findUnique({ where })
    if (!link) throw new AppError('not_found', `${caseRef(caseId)} does not hold ${alertRef(alertId)}.`)
    await tx.caseAlert.delete({ where })
    await tx.case.update({ where: { id: caseId }, data: { updatedAt: at } })
    await tx.alertHistory.create({
      data: {
        alertId,
        at,
        actor,
        kind: 'case',
        text: `Removed from ${caseRef(caseId)}: ${target.title}`,
        detail: JSON.stringify({ case: caseRef(caseId), added: false, before: { added_by: link.addedBy, added_at: link.addedAt.getTime() } }),
      },
    })
    const entry = { action: 'case.remove_alert', entityType: 'case', entityId: caseRef(caseId) } as const
    await writeAudit(tx, actor, at, { ...entry, detail: { alerts: [alertRef(alertId)] } })
    const act = await recordAct(tx, actor, at, before, { ...entry, text: `${alertRef(alertId)} taken out of ${caseRef(caseId)}` })
    return { act: act.id }
  })
}
