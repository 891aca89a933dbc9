import { alertRef, parseAlertRef } from '@/lib/alerts/schema'
import type { Context } from '@/lib/auth/context'
import { caseRef, parseCaseRef } from '@/lib/cases/schema'
import type { ObservableKind } from '@/lib/ecs/observables'
import { LIMITS } from '@/lib/limits'
import type { Found } from './schema'

type Reads = Pick<Context, 'db'>

/** A reference to an exception, `E-3` in any case; null for anything else. */
function parseExceptionRef(text: string): number | null {
  const match = /^e-(\d{1,15})$/i.exec(text)
  return match ? Number(match[1]) : null
}

/** A text that stands for itself in LIKE. */
function literally(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`)
}

/**
 * What has this name, the likeliest first: a reference, then names that are equal, begin with it, contain it. At most
 * `LIMITS.findPerKind` of a kind. `query` is trimmed and not empty.
 */
export async function find(ctx: Reads, query: string): Promise<readonly Found[]> {
  const referred = await byReference(ctx, query)
  if (referred !== null) return referred
  const groups = await Promise.all([observables(ctx, query), cases(ctx, query), rules(ctx, query), exceptions(ctx, query), alerts(ctx, query)])
  return groups.flat()
}

/** The one thing a reference names, nothing when there is none; null when the text is no reference. */
async function byReference({ db }: Reads, query: string): Promise<readonly Found[] | null> {
  const alertId = parseAlertRef(query)
  if (alertId !== null) {
    const row = await db.alert.findUnique({ where: { id: alertId }, select: { id: true, reason: true } })
    return row ? [{ kind: 'alert', label: alertRef(row.id), detail: row.reason, alerts: null, id: String(row.id) }] : []
  }
  const caseId = parseCaseRef(query)
  if (caseId !== null) {
    const row = await db.case.findUnique({ where: { id: caseId }, select: { id: true, title: true, _count: { select: { alerts: true } } } })
    return row ? [{ kind: 'case', label: caseRef(row.id), detail: row.title, alerts: row._count.alerts, id: String(row.id) }] : []
  }
  const exceptionId = parseExceptionRef(query)
  if (exceptionId === null) return null
  const row = await db.exception.findUnique({ where: { id: exceptionId }, select: { id: true, name: true } })
  return row ? [{ kind: 'exception', label: `E-${row.id}`, detail: row.name, alerts: null, id: String(row.id) }] : []
}

interface ObservableRow {
  readonly kind: ObservableKind
  readonly value: string
  readonly alerts: number | bigint
}

/** Short numbers stand in everything: a pid is found by its beginning, everything else by any part. */
async function observables({ db }: Reads, query: string): Promise<readonly Found[]> {
  const literal = literally(query)
  const rows = await db.$queryRawUnsafe<ObservableRow[]>(
    `SELECT o.kind, o.value, (SELECT count(*) FROM alert_observable ao JOIN alert a ON a.id = ao.alert_id WHERE ao.observable_id = o.id AND a.retracted_at IS NULL) AS alerts
     FROM (SELECT id, kind, value FROM observable
           WHERE value LIKE ? ESCAPE '\\' AND (kind <> 'pid' OR value LIKE ? ESCAPE '\\') AND EXISTS (SELECT 1 FROM alert_observable x WHERE x.observable_id = observable.id)
           ORDER BY value LIKE ? ESCAPE '\\' DESC, value LIKE ? ESCAPE '\\' DESC, length(value), value LIMIT ?) o`,
    `%${literal}%`,
    `${literal}%`,
    literal,
    `${literal}%`,
    LIMITS.findCandidates,
  )
  const taken = new Map<ObservableKind, number>()
  return rows.flatMap(({ kind, value, alerts: count }): Found[] => {
    const before = taken.get(kind) ?? 0
    if (Number(count) === 0 || before >= LIMITS.findPerKind) return []
    taken.set(kind, before + 1)
    return [{ kind, label: value, detail: null, alerts: Number(count), id: value }]
  })
}

async function cases({ db }: Reads, query: string): Promise<readonly Found[]> {
  const rows = await db.case.findMany({
    where: { title: { contains: query } },
    select: { id: true, title: true, _count: { select: { alerts: true } } },
    orderBy: { updatedAt: 'desc' },
    take: LIMITS.findPerKind,
  })
  return rows.map((row) => ({ kind: 'case', label: caseRef(row.id), detail: row.title, alerts: row._count.alerts, id: String(row.id) }))
}

async function rules({ db }: Reads, query: string): Promise<readonly Found[]> {
  const rows = await db.rule.findMany({
    where: { OR: [{ name: { contains: query } }, { ruleId: { contains: query } }] },
    select: { ruleId: true, name: true, _count: { select: { alerts: { where: { retractedAt: null } } } } },
    orderBy: { name: 'asc' },
    take: LIMITS.findPerKind,
  })
  return rows.map((row) => ({ kind: 'rule', label: row.name, detail: row.ruleId, alerts: row._count.alerts, id: row.ruleId }))
}

async function exceptions({ db }: Reads, query: string): Promise<readonly Found[]> {
  const rows = await db.exception.findMany({
    where: { OR: [{ name: { contains: query } }, { reason: { contains: query } }, { entries: { contains: query } }] },
    select: { id: true, name: true },
    orderBy: { id: 'desc' },
    take: LIMITS.findPerKind,
  })
  return rows.map((row) => ({ kind: 'exception', label: `E-${row.id}`, detail: row.name, alerts: null, id: String(row.id) }))
}

/** Alerts whose sentence contains it, the newest first. */
async function alerts({ db }: Reads, query: string): Promise<readonly Found[]> {
  const rows = await db.alert.findMany({
    where: { reason: { contains: query }, retractedAt: null },
    select: { id: true, reason: true },
    orderBy: { occurredAt: 'desc' },
    take: LIMITS.findPerKind,
  })
  return rows.map((row) => ({ kind: 'alert', label: alertRef(row.id), detail: row.reason, alerts: null, id: String(row.id) }))
}
