import { parseInput } from '@/lib/alerts/parse-input'
import { alertRef } from '@/lib/alerts/schema'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { SEVERITIES } from '@/lib/rules/schema'
import type { Severity } from '@/lib/rules/schema'
import { linkAlerts, requireAlerts } from './link-alerts'
import { caseRef, createCaseInput } from './schema'
import type { CreateCaseInput } from './schema'

function worst(severities: Iterable<string>): Severity | undefined {
  const present = new Set(severities)
  return [...SEVERITIES].reverse().find((severity) => present.has(severity))
}

/** Opens a case, with its first alerts. Throws AppError `invalid`, `not_found` (an alert) or `too_large`. */
export async function createCase(context: Context, input: CreateCaseInput): Promise<{ readonly id: number }> {
  const { title, description, severity, tlp, alertIds } = parseInput(createCaseInput, input)
  const at = context.clock()
  const actor = context.actor.name
  return writeTransaction(context.db, async (tx) => {
    const alerts = await requireAlerts(tx, alertIds)
    const created = await tx.case.create({
      data: { title, description, severity: severity ?? worst(alerts.values()) ?? 'medium', tlp, createdBy: actor, createdAt: at, updatedAt: at },
    })
    const added = await linkAlerts(tx, { caseId: created.id, caseTitle: title, alertIds, actor, at })
    await writeAudit(tx, actor, at, {
      action: 'case.create',
      entityType: 'case',
      entityId: caseRef(created.id),
      detail: { title, severity: created.severity, tlp, alerts: added.map(alertRef) },
    })
    return { id: created.id }
  })
}
