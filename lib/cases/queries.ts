/** Reading cases: the list, one case in full, what "Add to case…" offers. Nothing here changes anything. */
import { askedRoles } from '@/lib/alerts/asked-roles'
import { batches } from '@/lib/alerts/batches'
import { alertsByIds } from '@/lib/alerts/queries'
import type { AlertSummary } from '@/lib/alerts/schema'
import type { Context } from '@/lib/auth/context'
import { LIMITS } from '@/lib/limits'
import { SUMMARY_INCLUDE, toAuditEntry, toSummary } from './case-row'
import { openChecklistItems } from './open-items'
import { caseRef } from './schema'
import type { CaseAlert, CaseDetail, CaseOption, CaseStatus, CaseSummary } from './schema'
import { buildTimeline } from './timeline'

type Reads = Pick<Context, 'db'>

const OPTIONS_SHOWN = 200

/** Alerts without a verdict, by case. */
async function countUndecided({ db }: Reads, ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>()
  for (const part of batches(ids)) {
    const rows = await db.caseAlert.groupBy({ by: ['caseId'], where: { caseId: { in: [...part] }, alert: { verdict: null } }, _count: { alertId: true } })
    for (const row of rows) counts.set(row.caseId, row._count.alertId)
  }
  return counts
}

export interface CaseListOptions {
  readonly status?: readonly CaseStatus[]
  readonly offset?: number
  readonly limit?: number
}

/** Cases, the most recently changed first, and how many there are in each status. */
export async function listCases(
  ctx: Reads,
  { status, offset = 0, limit = 200 }: CaseListOptions = {},
): Promise<{ readonly rows: readonly CaseSummary[]; readonly total: number; readonly counts: Readonly<Record<CaseStatus, number>> }> {
  const where = status === undefined || status.length === 0 ? {} : { status: { in: [...status] } }
  const rows = await ctx.db.case.findMany({ where, include: SUMMARY_INCLUDE, orderBy: [{ updatedAt: 'desc' }, { id: 'desc' }], skip: offset, take: limit })
  const undecided = await countUndecided(ctx, rows.map((row) => row.id))
  const grouped = new Map((await ctx.db.case.groupBy({ by: ['status'], _count: { id: true } })).map((row) => [row.status, row._count.id]))
  return {
    rows: rows.map((row) => toSummary(row, undecided.get(row.id) ?? 0)),
    total: await ctx.db.case.count({ where }),
    counts: { open: grouped.get('open') ?? 0, in_progress: grouped.get('in_progress') ?? 0, closed: grouped.get('closed') ?? 0 },
  }
}

/** Cases that are not closed, the most recently changed first. */
export async function caseOptions({ db }: Reads): Promise<readonly CaseOption[]> {
  const rows = await db.case.findMany({
    where: { status: { not: 'closed' } },
    include: SUMMARY_INCLUDE,
    orderBy: [{ updatedAt: 'desc' }, { id: 'desc' }],
    take: OPTIONS_SHOWN,
  })
  return rows.map((row) => ({ id: row.id, title: row.title, status: row.status as CaseStatus, alerts: row._count.alerts }))
}

/** As `alertsByIds`, for as many as a case may hold. */
async function caseAlerts(ctx: Reads, ids: readonly number[]): Promise<readonly AlertSummary[]> {
  const found: AlertSummary[] = []
  for (const part of batches(ids)) found.push(...(await alertsByIds(ctx, part)))
  return found
}

/** One case with its alerts (oldest activity first), notes, audit, open checklist items and time line; null when there is none. */
export async function getCase(ctx: Reads, id: number): Promise<CaseDetail | null> {
  const row = await ctx.db.case.findUnique({
    where: { id },
    include: { ...SUMMARY_INCLUDE, alerts: true, notes: { orderBy: { id: 'asc' } } },
  })
  if (!row) return null
  const links = new Map(row.alerts.map((link) => [link.alertId, link]))
  const alertList = (await caseAlerts(ctx, [...links.keys()]))
    .flatMap((alert): CaseAlert[] => {
      const link = links.get(alert.id)
      return link ? [{ ...alert, addedBy: link.addedBy, addedAt: link.addedAt.toISOString() }] : []
    })
    .sort((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt) || a.id - b.id)
  const ids = alertList.map((alert) => alert.id)
  const audit = (await ctx.db.audit.findMany({ where: { entityType: 'case', entityId: caseRef(id) }, orderBy: { id: 'asc' } })).map(toAuditEntry)
  const told = { alert: { cases: { some: { caseId: id } } }, kind: { not: 'case' } }
  const history = await ctx.db.alertHistory.findMany({ where: told, orderBy: { id: 'desc' }, take: LIMITS.caseTimeline })
  const historyCount = await ctx.db.alertHistory.count({ where: told })
  const noteList = row.notes.map(({ id: noteId, body, actor, at }) => ({ id: noteId, body, actor, at: at.toISOString() }))
  const timeline = buildTimeline({ alerts: alertList, history: history.map((entry) => ({ ...entry, at: entry.at.toISOString() })), notes: noteList, audit })
  const openItems = await openChecklistItems(ctx, ids)
  return {
    ...toSummary(row, alertList.filter((alert) => alert.verdict === null).length),
    description: row.description,
    version: row.version,
    alertList,
    roles: askedRoles(alertList),
    noteList,
    audit: audit.reverse(),
    openItems: openItems.slice(0, LIMITS.caseOpenItems),
    openItemCount: openItems.length,
    timeline: timeline.slice(-LIMITS.caseTimeline),
    timelineCount: timeline.length + historyCount - history.length,
  }
}
