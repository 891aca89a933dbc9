import { parseInput } from '@/lib/alerts/parse-input'
import { alertRef, describeAlerts } from '@/lib/alerts/schema'
import { newestEntry, recordAct } from '@/lib/audit/record-act'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { linkAlerts, requireAlerts } from './link-alerts'
import { requireCase } from './require-case'
import { addAlertsInput, caseRef } from './schema'
import type { AddAlertsInput } from './schema'

/**
 * Adds alerts to a case; those it already has are left alone and counted. Throws AppError `not_found` (the case or an
 * alert) or `too_large`.
 */
export async function addAlerts(context: Context, input: AddAlertsInput): Promise<{ readonly added: number; readonly already: number; readonly act: number | null }> {
  const { caseId, alertIds } = parseInput(addAlertsInput, input)
  const at = context.clock()
  const actor = context.actor.name
  return writeTransaction(context.db, async (tx) => {
    const target = await requireCase(tx, caseId)
    const alerts = await requireAlerts(tx, alertIds)
    const before = await newestEntry(tx)
    const added = await linkAlerts(tx, { caseId, caseTitle: target.title, alertIds, actor, at })
    const counts = { added: added.length, already: alerts.size - added.length }
    if (added.length === 0) return { ...counts, act: null }
    const entry = { action: 'case.add_alerts', entityType: 'case', entityId: caseRef(caseId) } as const
    await tx.case.update({ where: { id: caseId }, data: { updatedAt: at } })
    await writeAudit(tx, actor, at, { ...entry, detail: { alerts: added.map(alertRef) } })
    const act = await recordAct(tx, actor, at, before, { ...entry, text: `${describeAlerts(added)} added to ${caseRef(caseId)}` })
    return { ...counts, act: act.id }
  })
}
