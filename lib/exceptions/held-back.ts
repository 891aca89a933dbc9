/** What exceptions held back, as the alerts they would have been. Nothing here changes anything. */
import type { Context } from '@/lib/auth/context'
import { eventRole } from '@/lib/ecs/event-role'
import { readText } from '@/lib/ecs/event'
import { readEvents } from './matching-alerts'
import type { HeldBackList, HeldBackRecord } from './schema'

interface Row {
  readonly exception_id: number | bigint
  readonly exception_name: string | null
  readonly rule_id: string
  readonly rule_name: string
  readonly event_id: number | bigint
  readonly record_id: number | bigint | null
  readonly at: number | bigint
  readonly ts: number | bigint
  readonly reason: string
  readonly host_name: string
  readonly user_name: string | null
  readonly alert_id: number | bigint | null
}

export interface HeldBackQuery {
  readonly exceptionId?: number
  /** Held back at or after this time. */
  readonly since?: Date
  readonly limit: number
  readonly offset?: number
}

/** Matches that exceptions held back, the latest events first, with how many there are. */
export async function listHeldBack({ db, events }: Pick<Context, 'db' | 'events'>, query: HeldBackQuery): Promise<HeldBackList> {
  const { exceptionId = null, since, limit, offset = 0 } = query
  const from = since?.getTime() ?? null
  const total = await countHeldBack({ db }, query)
  const rows = await db.$queryRaw<Row[]>`
    SELECT m.exception_id, x.name AS exception_name, r.rule_id, r.name AS rule_name, m.event_id, m.record_id, CAST(m.at AS INTEGER) AS at, m.ts, m.reason, m.host_name, m.user_name,
           (SELECT a.id FROM alert a WHERE a.rule_id = m.rule_id AND a.event_id = m.event_id AND coalesce(a.join_key, '') IN (m.join_key, '') AND a.retracted_at IS NULL LIMIT 1) AS alert_id
      FROM excluded_match m JOIN rule r ON r.id = m.rule_id LEFT JOIN exception x ON x.id = m.exception_id
     WHERE (${exceptionId} IS NULL OR m.exception_id = ${exceptionId}) AND (${from} IS NULL OR m.at >= ${from})
     ORDER BY m.ts DESC, m.event_id DESC LIMIT ${limit} OFFSET ${offset}`
  const records = readEvents(
    events,
    rows.flatMap((row) => [Number(row.event_id), ...(row.record_id === null ? [] : [Number(row.record_id)])]),
  )
  const recordOf = (id: number): HeldBackRecord | null => {
    const event = records.get(id)
    if (!event) return null
    const program = readText(event, 'process.name') ?? readText(event, 'process.executable') ?? null
    return { eventId: id, role: eventRole(event), program, command: readText(event, 'process.command_line') ?? readText(event, 'process.executable') ?? null, timestamp: readText(event, '@timestamp') ?? null }
  }
  return {
    total,
    rows: rows.map((row) => {
      const completing = records.get(Number(row.event_id))
      return {
        exceptionId: Number(row.exception_id),
        exceptionName: row.exception_name,
        ruleId: row.rule_id,
        ruleName: row.rule_name,
        eventId: Number(row.event_id),
        occurredAt: new Date(Number(row.ts)).toISOString(),
        heldBackAt: new Date(Number(row.at)).toISOString(),
        reason: row.reason,
        hostName: row.host_name === '' ? ((completing && (readText(completing, 'host.name') ?? readText(completing, 'host.id'))) ?? '') : row.host_name,
        userName: row.user_name ?? (completing && (readText(completing, 'user.name') ?? readText(completing, 'process.user.name'))) ?? null,
        record: recordOf(Number(row.record_id ?? row.event_id)),
        alertId: row.alert_id === null ? null : Number(row.alert_id),
      }
    }),
  }
}

/** How many matches are held back that can be looked at. */
export async function countHeldBack({ db }: Pick<Context, 'db'>, { exceptionId, since }: Pick<HeldBackQuery, 'exceptionId' | 'since'>): Promise<number> {
  return db.excludedMatch.count({ where: { ...(exceptionId === undefined ? {} : { exceptionId }), ...(since === undefined ? {} : { at: { gte: since } }) } })
}

/** Midnight UTC of a time's day. */
export function startOfDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()))
}
