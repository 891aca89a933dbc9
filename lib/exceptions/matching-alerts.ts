import { batches } from '@/lib/alerts/batches'
import type { AlertEventRole, AlertStatus, Verdict } from '@/lib/alerts/schema'
import type { Prisma, PrismaClient, Transaction } from '@/lib/db/client'
import type { EventReader } from '@/lib/db/event-reader'
import type { EcsEvent } from '@/lib/ecs/event'
import { compileExceptions } from './match'
import type { CompiledExceptions } from './match'
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
const WITH_RECORDS = { rule: { select: { ruleId: true, name: true, language: true } }, events: { orderBy: { position: 'asc' } } } as const

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
      include: WITH_RECORDS,
    })
    for (const alert of page.flatMap(matchIn(source.events, exception, page))) matching.push(alert)
    scanned += page.length
    const last = page.at(-1)
    if (!last || page.length < PAGE) return { matching, scanned, truncated: false }
    if (options.enough?.(scanned) === true) return { matching, scanned, truncated: true }
    before = last.id
  }
}

/** Those of some alerts whose linked records an exception would have removed, in the order of the ids. */
export async function matchAlerts(
  source: { readonly db: PrismaClient | Transaction; readonly events: EventReader },
  scope: Scope,
  alertIds: readonly number[],
): Promise<readonly MatchingAlert[]> {
  const exception = compileExceptions([{ id: 0, ...scope }])
  const matching: MatchingAlert[] = []
  for (const ids of batches(alertIds)) {
    const page = await source.db.alert.findMany({ where: { id: { in: [...ids] } }, include: WITH_RECORDS })
    const rank = new Map(ids.map((id, at) => [id, at]))
    page.sort((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0))
    matching.push(...page.flatMap(matchIn(source.events, exception, page)))
  }
  return matching
}

type AlertWithRecords = Prisma.AlertGetPayload<{ include: typeof WITH_RECORDS }>

/** What an exception says to an alert of a page, whose records are read at once. */
function matchIn(events: EventReader, exception: CompiledExceptions, page: readonly AlertWithRecords[]): (alert: AlertWithRecords) => readonly MatchingAlert[] {
  const documents = readEvents(
    events,
    page.flatMap((alert) => alert.events.map((link) => link.eventId)),
  )
  return (alert) => {
    const link = alert.events.find(({ eventId, stage }) => {
      const event = documents.get(eventId)
      return event !== undefined && isAsked(alert.rule.language, stage) && exception.match(event, alert.rule.ruleId, stage) !== null
    })
    if (!link) return []
    return [
      {
        id: alert.id,
        status: alert.status as AlertStatus,
        verdict: alert.verdict as Verdict | null,
        ruleName: alert.rule.name,
        reason: alert.reason,
        hostName: alert.hostName,
        occurredAt: alert.occurredAt.toISOString(),
        position: link.position,
        role: link.role as AlertEventRole,
      },
    ]
  }
}

/**
 * Whether an exception is asked about a linked record. An expression is about one record, its stage 0; the shell before it and
 * the connections after it only tell its story, and no exception that fits them holds it back.
 */
export function isAsked(language: string, stage: number): boolean {
  return language !== 'secl' || stage === 0
}

/** Stored events by row id, as their normaliser reads them. */
export function readEvents(events: EventReader, ids: readonly number[]): ReadonlyMap<number, EcsEvent> {
  return new Map(events.byIds([...new Set(ids)]).map((stored) => [stored.id, events.document(stored)]))
}
