import { parseObject } from '@/lib/alerts/parse-object'
import type { Prisma } from '@/lib/db/client'
import type { Severity } from '@/lib/rules/schema'
import { describeAudit } from './describe-audit'
import type { CaseAuditEntry, CaseStatus, CaseSummary, Tlp } from './schema'

export const SUMMARY_INCLUDE = { _count: { select: { alerts: true, notes: true } } } as const satisfies Prisma.CaseInclude

type CaseRow = Prisma.CaseGetPayload<{ include: typeof SUMMARY_INCLUDE }>

// The words in the columns are written by our own verbs, parsed on their way in.
export function toSummary(row: CaseRow, undecided: number): CaseSummary {
  return {
    id: row.id,
    title: row.title,
    status: row.status as CaseStatus,
    severity: row.severity as Severity,
    tlp: row.tlp as Tlp,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
    alerts: row._count.alerts,
    undecided,
    notes: row._count.notes,
  }
}

export function toAuditEntry(row: { id: number; at: Date; actor: string; action: string; detail: string }): CaseAuditEntry {
  const detail = parseObject(row.detail)
  return { id: row.id, at: row.at.toISOString(), actor: row.actor, action: row.action, detail, text: describeAudit({ action: row.action, detail }) }
}
