import type { Prisma } from '@/lib/db/client'
import type { Severity } from '@/lib/rules/schema'
import type { AlertStatus, AlertSummary, Verdict } from './schema'

/** What a summary needs beside the alert's own columns. */
export const SUMMARY_INCLUDE = {
  rule: { select: { ruleId: true, name: true } },
  cases: { select: { caseId: true }, orderBy: { caseId: 'asc' } },
} as const satisfies Prisma.AlertInclude

export type AlertRow = Prisma.AlertGetPayload<{ include: typeof SUMMARY_INCLUDE }>

// The words in the columns are written by our own verbs and by the detector, parsed on their way in.
export function toSummary(row: AlertRow): AlertSummary {
  return {
    id: row.id,
    ruleId: row.rule.ruleId,
    ruleName: row.rule.name,
    severity: row.severity as Severity,
    riskScore: row.riskScore,
    status: row.status as AlertStatus,
    verdict: row.verdict as Verdict | null,
    reason: row.reason,
    hostId: row.hostId,
    hostName: row.hostName,
    processName: row.processName,
    parentExecutable: row.parentExecutable,
    userName: row.userName,
    assignee: row.assignee,
    occurredAt: row.occurredAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    checklistDone: row.checklistDone,
    checklistTotal: row.checklistTotal,
    overCap: row.overCap,
    retractedAt: row.retractedAt?.toISOString() ?? null,
    caseIds: row.cases.map((link) => link.caseId),
  }
}
