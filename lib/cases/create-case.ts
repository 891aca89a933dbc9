import { parseInput } from '@/lib/alerts/parse-input'
import { alertRef } from '@/lib/alerts/schema'
import { newestEntry, recordAct } from '@/lib/audit/record-act'
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
export async function createCase(context: Context, input: CreateCaseInput): Promise<{ readonly id: number; readonly act: number }> {
  const { title, description, severity, tlp, alertIds } = parseInput(createCaseInput, input)
  const at = context.clock()
  const actor = context.actor.name
  return writeTransaction(context.db, async (tx) => {
    const alerts = await requireAlerts(tx, alertIds)
    const before = await newestEntry(tx)
    const created = await tx.case.create({
      data: { title, description, severity: severity ?? worst(alerts.values()) ?? 'medium', tlp, createdBy: actor, createdAt: at, updatedAt: at },
    })
    const added = await linkAlerts(tx, { caseId: created.id, caseTitle: title, alertIds, actor, at })
    const entry = { action: 'case.create', entityType: 'case', entityId: caseRef(created.id) } as const
    await writeAudit(tx, actor, at, {
      ...entry,
      detail: { title, severity: created.severity, tlp, alerts: added.map(alertRef) },
    })
    const act = await recordAct(tx, actor, at, before, { ...entry, text: `${caseRef(created.id)} opened`, detail: { case: { id: created.id } } })
    return { id: created.id, act: act.id }
  })
}
