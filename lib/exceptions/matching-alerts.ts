import type { AlertEventRole, AlertStatus, Verdict } from '@/lib/alerts/schema'
import type { PrismaClient, Transaction } from '@/lib/db/client'
import type { EventReader } from '@/lib/db/event-reader'
import type { EcsEvent } from '@/lib/ecs/event'
import { compileExceptions } from './match'
import type { ExceptionRule } from './schema'

/** An alert that would not be there if the exception had been, and the linked record that says so. */
export interface MatchingAlert {
  readonly id: number
  readonly status: AlertStatus
  readonly verdict: Verdict | null
  readonly ruleName: string
  readonly reason: string
  readonly hostName: string
  /** ISO 8601, UTC. */
  readonly occurredAt: string
  /** Position of the first linked record that matches, and what part it plays. */
  readonly position: number
  readonly role: AlertEventRole
}

export interface AlertScan {
  readonly matching: readonly MatchingAlert[]
  readonly scanned: number
  /** Not every alert in scope was looked at: time or number ran out. */
  readonly truncated: boolean
}

export interface AlertScanOptions {
  readonly statuses: readonly AlertStatus[]
  /** Only alerts raised after this one. */
  readonly afterId?: number
  /** Asked between pages: true ends the scan. */
  readonly enough?: (scanned: number) => boolean
}

type Scope = Pick<ExceptionRule, 'ruleId' | 'stage' | 'entries'>

const PAGE = 200

/**
 * The alerts whose linked records an exception would have removed, newest first. It asks the records themselves, each with
 * its own stage, not the fields an alert has in common: so an alert of several records is found by any of them.
 */
export async function findMatchingAlerts(
  source: { readonly db: PrismaClient | Transaction; readonly events: EventReader },
  scope: Scope,
  options: AlertScanOptions,
): Promise<AlertScan> {
  const exception = compileExceptions([{ id: 0, ...scope }])
  const matching: MatchingAlert[] = []
  let scanned = 0
  let before = Number.MAX_SAFE_INTEGER
  for (;;) {
    const page = await source.db.alert.findMany({
      where: {
        id: { lt: before, gt: options.afterId ?? 0 },
        status: { in: [...options.statuses] },
        ...(scope.ruleId === null ? {} : { rule: { ruleId: scope.ruleId } }),
      },
      orderBy: { id: 'desc' },
      take: PAGE,
      include: { rule: { select: { ruleId: true, name: true } }, events: { orderBy: { position: 'asc' } } },
    })
    const documents = readEvents(
      source.events,
      page.flatMap((alert) => alert.events.map((link) => link.eventId)),
    )
    for (const alert of page) {
      const link = alert.events.find(({ eventId, stage }) => {
        const event = documents.get(eventId)
        return event !== undefined && exception.match(event, alert.rule.ruleId, stage) !== null
      })
      if (!link) continue
      matching.push({
        id: alert.id,
        status: alert.status as AlertStatus,
        verdict: alert.verdict as Verdict | null,
        ruleName: alert.rule.name,
        reason: alert.reason,
        hostName: alert.hostName,
        occurredAt: alert.occurredAt.toISOString(),
        position: link.position,
        role: link.role as AlertEventRole,
      })
    }
    scanned += page.length
    const last = page.at(-1)
    if (!last || page.length < PAGE) return { matching, scanned, truncated: false }
    if (options.enough?.(scanned) === true) return { matching, scanned, truncated: true }
    before = last.id
  }
}

/** Stored events by row id, as their normaliser reads them. */
export function readEvents(events: EventReader, ids: readonly number[]): ReadonlyMap<number, EcsEvent> {
  return new Map(events.byIds([...new Set(ids)]).map((stored) => [stored.id, events.document(stored)]))
}
