/** Reading alerts: the queue, one alert in full, its place in the queue. Nothing here changes anything. */
import { newestEntry } from '@/lib/audit/record-act'
import type { Context } from '@/lib/auth/context'
import { SUMMARY_INCLUDE, toSummary } from './alert-row'
import { allOf, beyond, filterCondition, orderBy } from './filter-sql'
import type { SqlCondition } from './filter-sql'
import { kinshipOfEvents, readLinkedEvents } from './linked-events'
import { parseObject } from './parse-object'
import { NEWEST_FIRST } from './schema'
import type { AlertDetail, AlertFilter, AlertHistoryEntry, AlertNeighbours, AlertSort, AlertSummary, AlertsNow, NextUndecided } from './schema'

export interface AlertListOptions {
  readonly filter?: AlertFilter
  readonly sort?: AlertSort
  /** Begins after the alert with this id, which need not meet the filter. */
  readonly after?: number
  /** Begins after so many rows. */
  readonly offset?: number
  readonly limit?: number
}

export interface AlertList {
  readonly rows: readonly AlertSummary[]
  readonly total: number
}

type Reads = Pick<Context, 'db'>

async function selectIds(ctx: Reads, condition: SqlCondition, order: string, limit: number, offset: number): Promise<number[]> {
  const rows = await ctx.db.$queryRawUnsafe<{ id: number | bigint }[]>(
    `SELECT a.id FROM alert a WHERE ${condition.sql} ORDER BY ${order} LIMIT ? OFFSET ?`,
    ...condition.values,
    limit,
    offset,
  )
  return rows.map((row) => Number(row.id))
}

/** How many alerts meet the filter. */
export async function countAlerts(ctx: Reads, filter: AlertFilter): Promise<number> {
  return count(ctx, filterCondition(filter))
}

async function count(ctx: Reads, condition: SqlCondition): Promise<number> {
  const rows = await ctx.db.$queryRawUnsafe<{ n: number | bigint }[]>(`SELECT count(*) AS n FROM alert a WHERE ${condition.sql}`, ...condition.values)
  return Number(rows[0]?.n ?? 0)
}

/** Alerts with these ids, in that order; ids that do not exist are left out. */
export async function alertsByIds(ctx: Reads, ids: readonly number[]): Promise<readonly AlertSummary[]> {
  if (ids.length === 0) return []
  const rows = await ctx.db.alert.findMany({ where: { id: { in: [...ids] } }, include: SUMMARY_INCLUDE })
  const byId = new Map(rows.map((row) => [row.id, toSummary(row)]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** The alerts alone, without counts: for streams that read page after page. */
export async function selectAlerts(ctx: Reads, options: AlertListOptions): Promise<readonly AlertSummary[]> {
  const { filter = {}, sort = NEWEST_FIRST, after, offset = 0, limit = 100 } = options
  const condition = allOf([filterCondition(filter), after === undefined ? null : beyond(after, sort, 'after')])
  return alertsByIds(ctx, await selectIds(ctx, condition, orderBy(sort), limit, offset))
}

/** A page of the queue, and how many alerts meet the filter. */
export async function listAlerts(ctx: Reads, options: AlertListOptions = {}): Promise<AlertList> {
  return { rows: await selectAlerts(ctx, options), total: await countAlerts(ctx, options.filter ?? {}) }
}

/** The ids of all alerts that meet the filter, at most `limit`: for verbs on "all matching". */
export async function matchingAlertIds(ctx: Reads, filter: AlertFilter, limit: number): Promise<readonly number[]> {
  return selectIds(ctx, filterCondition(filter), orderBy(NEWEST_FIRST), limit, 0)
}

/** One alert with its records as ingested and its history, oldest first; null when there is none with this id. */
export async function getAlert(ctx: Pick<Context, 'db' | 'events'>, id: number): Promise<AlertDetail | null> {
  const row = await ctx.db.alert.findUnique({
    where: { id },
    include: { ...SUMMARY_INCLUDE, events: { orderBy: { position: 'asc' } }, history: { orderBy: { id: 'asc' } } },
  })
  if (!row) return null
  const events = readLinkedEvents(ctx.events, row.events)
  return {
    ...toSummary(row),
    keys: parseObject(row.keys),
    ruleVersionId: row.ruleVersionId,
    events,
    missingEvents: row.events.length - events.length,
    recordsRemovedAt: row.recordsRemovedAt?.toISOString() ?? null,
    kinship: kinshipOfEvents(events),
    history: row.history.map(
      (entry): AlertHistoryEntry => ({
        id: entry.id,
        at: entry.at.toISOString(),
        actor: entry.actor,
        kind: entry.kind,
        text: entry.text,
        detail: parseObject(entry.detail),
      }),
    ),
  }
}

/** The alert's place in a filtered list and the alerts before and after it there, also when it is not in the list itself. */
export async function neighbours(ctx: Reads, id: number, filter: AlertFilter, sort: AlertSort = NEWEST_FIRST): Promise<AlertNeighbours> {
  const wanted = filterCondition(filter)
  const before = allOf([wanted, beyond(id, sort, 'before')])
  const after = allOf([wanted, beyond(id, sort, 'after')])
  const reversed = orderBy({ ...sort, descending: !sort.descending })
  const [[previous], [next], ahead, total, inList] = [
    await selectIds(ctx, before, reversed, 1, 0),
    await selectIds(ctx, after, orderBy(sort), 1, 0),
    await count(ctx, before),
    await count(ctx, wanted),
    await count(ctx, allOf([{ sql: 'a.id = ?', values: [id] }, wanted])),
  ]
  return { position: inList > 0 ? ahead + 1 : null, total, previous: previous ?? null, next: next ?? null }
}

const UNDECIDED: SqlCondition = { sql: "a.status IN ('open', 'acknowledged')", values: [] }

/** The alert to decide next in a list: the first after this one that has no verdict, else the first of the list. */
export async function nextUndecided(ctx: Reads, id: number, filter: AlertFilter, sort: AlertSort = NEWEST_FIRST): Promise<NextUndecided> {
  const undecided = allOf([filterCondition(filter), UNDECIDED])
  const others = allOf([undecided, { sql: 'a.id <> ?', values: [id] }])
  const [after] = await selectIds(ctx, allOf([others, beyond(id, sort, 'after')]), orderBy(sort), 1, 0)
  const [first] = after === undefined ? await selectIds(ctx, others, orderBy(sort), 1, 0) : []
  return { next: after ?? first ?? null, left: await count(ctx, undecided) }
}

/** Alerts as they are now, for pages that show them already. */
export async function alertsNow(ctx: Reads, ids: readonly number[]): Promise<AlertsNow> {
  // First, so that no entry is taken for seen whose change the rows do not show.
  const entry = await newestEntry(ctx.db)
  return { entry, rows: await alertsByIds(ctx, ids) }
}

/** Row id of the newest alert, 0 when there is none: what a page has seen, for `countNewer`. */
export async function newestAlertId(ctx: Reads): Promise<number> {
  const { _max } = await ctx.db.alert.aggregate({ _max: { id: true } })
  return _max.id ?? 0
}

/** How many alerts that meet the filter were raised after the one with this id. */
export async function countNewer(ctx: Reads, filter: AlertFilter, afterId: number): Promise<number> {
  return count(ctx, allOf([{ sql: 'a.id > ?', values: [afterId] }, filterCondition(filter)]))
}
