import type { Context } from '@/lib/auth/context'
import { entityKey } from '@/lib/db/hash'
import { fromEventsOf } from '@/lib/db/process-index'
import type { ProcessColumn } from '@/lib/db/process-index'
import { readText } from '@/lib/ecs/event'
import { alertsByIds } from './queries'
import { RELATIONS, subjectOf } from './schema'
import type { AlertDetail, AlertRelation, RelatedAlerts } from './schema'

/** Alerts shown for one relation. */
const SHOWN = 20
/** Sessions are not indexed: so many alerts of the host, nearest in time, are opened to look at theirs. */
const SESSION_CANDIDATES = 200

interface Found {
  readonly ids: readonly number[]
  readonly total: number
}

async function nearest(ctx: Context, alert: AlertDetail, condition: string, values: readonly (string | number)[], limit = SHOWN): Promise<Found> {
  const rows = await ctx.db.$queryRawUnsafe<{ id: number | bigint; total: number | bigint }[]>(
    `SELECT a.id AS id, count(*) OVER () AS total FROM alert a WHERE a.id <> ? AND ${condition} ORDER BY abs(a.occurred_at - ?), a.id LIMIT ?`,
    alert.id,
    ...values,
    Date.parse(alert.occurredAt),
    limit,
  )
  return { ids: rows.map((row) => Number(row.id)), total: Number(rows[0]?.total ?? 0) }
}

function byEvents(column: ProcessColumn): string {
  return `a.id IN (SELECT l.alert_id ${fromEventsOf(column, 1)} JOIN alert_event l ON l.event_id = e.id)`
}

async function sameSession(ctx: Context, alert: AlertDetail, session: string): Promise<Found> {
  const { ids } = await nearest(ctx, alert, 'a.host_id = ?', [alert.hostId], SESSION_CANDIDATES)
  const links = await ctx.db.alertEvent.findMany({ where: { alertId: { in: [...ids] }, position: 0 }, select: { alertId: true, eventId: true } })
  const events = new Map(ctx.events.byIds(links.map((link) => link.eventId)).map((event) => [event.id, event]))
  const members = new Set(
    links.flatMap(({ alertId, eventId }) => {
      const stored = events.get(eventId)
      return stored && readText(ctx.events.document(stored), 'process.session_leader.entity_id') === session ? [alertId] : []
    }),
  )
  const found = ids.filter((id) => members.has(id))
  return { ids: found.slice(0, SHOWN), total: found.length }
}

/**
 * Alerts that share something with this one, nearest in time first: the process, its parent process, the session, the
 * parent's executable (on any host), the user of the host, the host. Relations that the records do not tell are left out.
 */
export async function relatedAlerts(ctx: Context, alert: AlertDetail): Promise<readonly RelatedAlerts[]> {
  const first = subjectOf(alert.events)?.event ?? {}
  const process = readText(first, 'process.entity_id')
  const parent = readText(first, 'process.parent.entity_id')
  const session = readText(first, 'process.session_leader.entity_id')
  const find: Readonly<Record<AlertRelation, () => Promise<Found> | undefined>> = {
    process: () => (process === undefined ? undefined : nearest(ctx, alert, byEvents('entity'), [entityKey(alert.hostId, process)])),
    parent: () => (parent === undefined ? undefined : nearest(ctx, alert, byEvents('parent'), [entityKey(alert.hostId, parent)])),
    session: () => (session === undefined ? undefined : sameSession(ctx, alert, session)),
    parentExecutable: () => (alert.parentExecutable === null ? undefined : nearest(ctx, alert, 'a.parent_executable = ?', [alert.parentExecutable])),
    user: () => (alert.userName === null ? undefined : nearest(ctx, alert, 'a.host_id = ? AND a.user_name = ?', [alert.hostId, alert.userName])),
    host: () => nearest(ctx, alert, 'a.host_id = ?', [alert.hostId]),
  }
  const labels: Readonly<Record<AlertRelation, string>> = {
    process: readText(first, 'process.pid') ?? process ?? '',
    parent: readText(first, 'process.parent.name') ?? parent ?? '',
    session: readText(first, 'process.session_leader.name') ?? session ?? '',
    parentExecutable: alert.parentExecutable ?? '',
    user: alert.userName ?? '',
    host: alert.hostName,
  }
  const groups: { relation: AlertRelation; found: Found }[] = []
  for (const relation of RELATIONS) {
    const found = await find[relation]()
    if (found) groups.push({ relation, found })
  }
  // Most stand in several groups: each is read once.
  const summaries = new Map((await alertsByIds(ctx, [...new Set(groups.flatMap(({ found }) => found.ids))])).map((summary) => [summary.id, summary]))
  return groups.map(({ relation, found }) => ({
    relation,
    value: labels[relation],
    total: found.total,
    alerts: found.ids.flatMap((id) => summaries.get(id) ?? []),
  }))
}
