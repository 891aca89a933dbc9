import type { Prisma } from '@/lib/db/client'
import type { ImdsFacts } from '@/lib/ecs/imds'
import type { Severity } from '@/lib/rules/schema'
import { parseTruncated } from './schema'
import type { AlertStatus, AlertSummary, Verdict } from './schema'

/** What a summary needs beside the alert's own columns. */
export const SUMMARY_INCLUDE = {
  rule: { select: { ruleId: true, name: true } },
  cases: { select: { caseId: true }, orderBy: { caseId: 'asc' } },
} as const satisfies Prisma.AlertInclude

export type AlertRow = Prisma.AlertGetPayload<{ include: typeof SUMMARY_INCLUDE }>

/** The columns of an alert that say what was asked of a metadata service. */
export interface ImdsColumns {
  readonly imdsProvider: string | null
  readonly imdsHost: string | null
  readonly imdsPath: string | null
  readonly imdsPathClass: string | null
  readonly imdsRole: string | null
  readonly imdsVersion: string | null
}

/** The facts as the alert writer stored them: there are none without a host or a path. */
export function imdsOf(row: ImdsColumns): ImdsFacts | null {
  if (row.imdsHost === null && row.imdsPath === null) return null
  return {
    provider: row.imdsProvider as ImdsFacts['provider'],
    host: row.imdsHost,
    path: row.imdsPath,
    pathClass: row.imdsPathClass as ImdsFacts['pathClass'],
    role: row.imdsRole,
    version: row.imdsVersion as ImdsFacts['version'],
  }
}

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
    imds: imdsOf(row),
    assignee: row.assignee,
    occurredAt: row.occurredAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    checklistDone: row.checklistDone,
    checklistTotal: row.checklistTotal,
    overCap: row.overCap,
    truncated: parseTruncated(row.truncated),
    retractedAt: row.retractedAt?.toISOString() ?? null,
    caseIds: row.cases.map((link) => link.caseId),
  }
}
