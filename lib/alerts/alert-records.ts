import type { Context } from '@/lib/auth/context'
import { SUMMARY_INCLUDE, toSummary } from './alert-row'
import { readLinkedEvents } from './linked-events'
import { parseObject } from './parse-object'
import type { AlertEvent, AlertSummary } from './schema'

/** An alert with its keys and linked records: more than a row of the queue, read for many at once. */
export interface AlertRecord {
  readonly summary: AlertSummary
  readonly keys: Readonly<Record<string, unknown>>
  readonly events: readonly AlertEvent[]
  /** Entries of its history. */
  readonly history: number
}

/** The alerts with these ids, in that order, with what they are made of; for exports and the command line. */
export async function alertRecords(ctx: Pick<Context, 'db' | 'events'>, ids: readonly number[]): Promise<readonly AlertRecord[]> {
  const rows = await ctx.db.alert.findMany({
    where: { id: { in: [...ids] } },
    include: { ...SUMMARY_INCLUDE, events: { orderBy: { position: 'asc' } }, _count: { select: { history: true } } },
  })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => {
    const row = byId.get(id)
    if (!row) return []
    return [{ summary: toSummary(row), keys: parseObject(row.keys), events: readLinkedEvents(ctx.events, row.events), history: row._count.history }]
  })
}
