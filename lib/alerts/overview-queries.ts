/**
 * The numbers of the overview: one raw query each, over all alerts. A number here equals the length of the list it links to.
 * `INDEXED BY` because SQLite would rather read each row than a wide index that has all the columns asked for.
 */
import type { Context } from '@/lib/auth/context'
import { SEVERITIES } from '@/lib/rules/schema'
import type { Severity } from '@/lib/rules/schema'
import { ALERT_STATUSES } from './schema'
import type { AlertStatus } from './schema'

type Reads = Pick<Context, 'db'>
type SeverityCounts = Readonly<Record<Severity, number>>

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long ago an open alert's event happened. The last band has no end. */
export const AGE_BANDS = [
  { key: 'hour', from: 0, to: HOUR },
  { key: 'day', from: HOUR, to: DAY },
  { key: 'week', from: DAY, to: 7 * DAY },
  { key: 'older', from: 7 * DAY, to: null },
] as const
export type AgeBand = (typeof AGE_BANDS)[number]['key']

export interface OpenAlerts {
  readonly total: number
  readonly bySeverity: SeverityCounts
  readonly byAge: Readonly<Record<AgeBand, SeverityCounts>>
}

function none(): Record<Severity, number> {
  return { low: 0, medium: 0, high: 0, critical: 0 }
}

function isSeverity(text: string): text is Severity {
  return SEVERITIES.some((severity) => severity === text)
}

/**
 * Open alerts by severity, and by how long ago they happened. An event dated in the future counts as the youngest. Those
 * beyond their rule's cap are left out, as the queue folds them away.
 */
export async function countOpenAlerts({ db }: Reads, now: Date): Promise<OpenAlerts> {
  const at = now.getTime()
  const rows = await db.$queryRawUnsafe<{ severity: string; band: AgeBand; n: bigint | number }[]>(
    `SELECT severity, CASE WHEN occurred_at > ? THEN 'hour' WHEN occurred_at > ? THEN 'day' WHEN occurred_at > ? THEN 'week' ELSE 'older' END AS band,
            count(*) AS n FROM alert WHERE status = 'open' AND over_cap = 0 GROUP BY 1, 2`,
    at - HOUR,
    at - DAY,
    at - 7 * DAY,
  )
  const bySeverity = none()
  const byAge = { hour: none(), day: none(), week: none(), older: none() }
  for (const { severity, band, n } of rows) {
    if (!isSeverity(severity)) continue
    bySeverity[severity] += Number(n)
    byAge[band][severity] += Number(n)
  }
  return { total: SEVERITIES.reduce((sum, severity) => sum + bySeverity[severity], 0), bySeverity, byAge }
}

/** How many alerts are in each status, those beyond their rule's cap left out. */
export async function countByStatus({ db }: Reads): Promise<Readonly<Record<AlertStatus, number>>> {
  const counts: Record<AlertStatus, number> = { open: 0, acknowledged: 0, closed: 0 }
  const rows = await db.$queryRawUnsafe<{ status: string; n: bigint | number }[]>('SELECT status, count(*) AS n FROM alert WHERE over_cap = 0 GROUP BY status')
  for (const { status, n } of rows) {
    const known = ALERT_STATUSES.find((name) => name === status)
    if (known) counts[known] = Number(n)
  }
  return counts
}

/** Widths of a bar, milliseconds: each divides a day or is whole days, so that bars begin where people expect. */
const BAR_WIDTHS = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY]
const BARS = 48

export const OVERVIEW_RANGES = ['24h', '7d', '30d', 'all'] as const
export type OverviewRange = (typeof OVERVIEW_RANGES)[number]
const RANGE_MS: Readonly<Record<Exclude<OverviewRange, 'all'>, number>> = { '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY }

export interface AlertBar extends SeverityCounts {
  /** ISO 8601, UTC: from inclusive, to exclusive. */
  readonly from: string
  readonly to: string
}

export interface AlertsOverTime {
  /** The range that was asked for, or the one that shows something when none was. */
  readonly range: OverviewRange
  readonly barMs: number
  /** Without gaps, oldest first; empty when no alert lies in the range. */
  readonly bars: readonly AlertBar[]
}

function barWidth(span: number): number {
  return BAR_WIDTHS.find((width) => span / width <= BARS) ?? Math.ceil(span / BARS / DAY) * DAY
}

/**
 * Alerts by severity over time, by when their event happened. Without a wish the range is the last thirty days, unless all
 * alerts fit into thirty days anyway, or none lies in the last thirty.
 */
export async function countAlertsOverTime({ db }: Reads, wish: OverviewRange | null, now: Date): Promise<AlertsOverTime> {
  const [span] = await db.$queryRawUnsafe<{ first: bigint | number | null; last: bigint | number | null }[]>(
    'SELECT (SELECT min(occurred_at) FROM alert) AS first, (SELECT max(occurred_at) FROM alert) AS last',
  )
  if (!span || span.first === null || span.last === null) return { range: wish ?? '30d', barMs: DAY, bars: [] }
  const first = Number(span.first)
  const last = Number(span.last)
  const recent = now.getTime() - 30 * DAY
  const range = wish ?? (last - first <= 30 * DAY || last < recent ? 'all' : '30d')
  const start = range === 'all' ? first : now.getTime() - RANGE_MS[range]
  const end = range === 'all' ? last : now.getTime()
  const barMs = barWidth(end - start)
  const from = Math.floor(start / barMs) * barMs
  const to = Math.floor(end / barMs) * barMs + barMs
  // From the start of the first bar, not of the range: a bar then holds what its link lists. Large numbers are bound as floats.
  const rows = await db.$queryRawUnsafe<{ bar: bigint | number; severity: string; n: bigint | number }[]>(
    'SELECT CAST((occurred_at - ?) / ? AS INTEGER) AS bar, severity, count(*) AS n FROM alert INDEXED BY alert_occurred_at_severity_idx WHERE occurred_at >= ? AND occurred_at < ? GROUP BY 1, 2',
    from,
    barMs,
    from,
    to,
  )
  if (rows.length === 0) return { range, barMs, bars: [] }
  const counts = Array.from({ length: Math.round((to - from) / barMs) }, none)
  for (const { bar, severity, n } of rows) {
    const at = counts[Number(bar)]
    if (at && isSeverity(severity)) at[severity] += Number(n)
  }
  return {
    range,
    barMs,
    bars: counts.map((bySeverity, i) => ({
      ...bySeverity,
      from: new Date(from + i * barMs).toISOString(),
      to: new Date(from + (i + 1) * barMs).toISOString(),
    })),
  }
}

export interface NoisyParent {
  readonly executable: string
  readonly alerts: number
  readonly open: number
  readonly closed: number
  /** Of the closed ones: what an exception would have spared. */
  readonly falsePositives: number
  readonly lastAt: string
}

/** Parent executables with the most alerts, the most first. */
export async function listNoisiestParents({ db }: Reads, limit: number): Promise<readonly NoisyParent[]> {
  const rows = await db.$queryRawUnsafe<
    { executable: string; alerts: bigint | number; open: bigint | number; closed: bigint | number; fp: bigint | number; last: bigint | number }[]
  >(
    `SELECT parent_executable AS executable, count(*) AS alerts, sum(status = 'open') AS open, sum(status = 'closed') AS closed,
            sum(verdict IS 'false_positive') AS fp, max(occurred_at) AS last
     FROM alert INDEXED BY alert_parent_executable_status_verdict_occurred_at_idx WHERE parent_executable IS NOT NULL GROUP BY parent_executable ORDER BY alerts DESC, executable LIMIT ?`,
    limit,
  )
  return rows.map((row) => ({
    executable: row.executable,
    alerts: Number(row.alerts),
    open: Number(row.open),
    closed: Number(row.closed),
    falsePositives: Number(row.fp),
    lastAt: new Date(Number(row.last)).toISOString(),
  }))
}

export interface AskedRole {
  readonly role: string
  /** Alerts whose records ask for its credentials, and those without a verdict. */
  readonly alerts: number
  readonly undecided: number
  readonly hosts: number
  readonly lastAt: string
}

/** Roles whose credentials were asked for: those with the most undecided alerts first. */
export async function listAskedRoles({ db }: Reads, limit: number): Promise<{ readonly roles: readonly AskedRole[]; readonly total: number }> {
  const rows = await db.$queryRawUnsafe<{ role: string; alerts: bigint | number; undecided: bigint | number; hosts: bigint | number; last: bigint | number; total: bigint | number }[]>(
    `SELECT imds_role AS role, count(*) AS alerts, sum(status <> 'closed') AS undecided, count(DISTINCT host_id) AS hosts, max(occurred_at) AS last, count(*) OVER () AS total
     FROM alert INDEXED BY alert_facets_idx WHERE imds_path_class = 'credentials' AND imds_role IS NOT NULL GROUP BY imds_role ORDER BY undecided DESC, alerts DESC, role LIMIT ?`,
    limit,
  )
  return {
    roles: rows.map((row) => ({
      role: row.role,
      alerts: Number(row.alerts),
      undecided: Number(row.undecided),
      hosts: Number(row.hosts),
      lastAt: new Date(Number(row.last)).toISOString(),
    })),
    total: Number(rows[0]?.total ?? 0),
  }
}

export interface TimeToVerdict {
  /** Verdicts given in the period. */
  readonly verdicts: number
  /** Milliseconds from when the alert was raised to its verdict; null without verdicts. */
  readonly medianMs: number | null
}

/** The median time from raising an alert to its verdict, of the verdicts since `since`. Of an even number the lower middle. */
export async function medianTimeToVerdict({ db }: Reads, since: Date): Promise<TimeToVerdict> {
  const rows = await db.$queryRawUnsafe<{ verdicts: bigint | number; median: bigint | number | null }[]>(
    `WITH spans AS MATERIALIZED (SELECT closed_at - created_at AS ms FROM alert WHERE closed_at >= ?)
     SELECT (SELECT count(*) FROM spans) AS verdicts,
            (SELECT ms FROM spans ORDER BY ms LIMIT 1 OFFSET (SELECT max(count(*) - 1, 0) / 2 FROM spans)) AS median`,
    since.getTime(),
  )
  const [row] = rows
  return { verdicts: Number(row?.verdicts ?? 0), medianMs: row?.median == null ? null : Math.max(0, Number(row.median)) }
}

export interface ExpiringException {
  readonly id: number
  readonly name: string
  readonly expiresAt: string
  readonly hits: number
}

/** Enabled exceptions that end between now and `until`, the next to end first. */
export async function listExpiringExceptions({ db }: Reads, now: Date, until: Date): Promise<readonly ExpiringException[]> {
  const rows = await db.exception.findMany({
    where: { enabled: true, expiresAt: { gt: now, lte: until } },
    select: { id: true, name: true, expiresAt: true, hits: true },
    orderBy: [{ expiresAt: 'asc' }, { id: 'asc' }],
    take: 20,
  })
  return rows.flatMap(({ expiresAt, ...row }) => (expiresAt === null ? [] : [{ ...row, expiresAt: expiresAt.toISOString() }]))
}
