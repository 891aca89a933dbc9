/** True positives that an exception hides: before it is saved, and for as long as it stands. */
import { batches } from '@/lib/alerts/batches'
import type { Context } from '@/lib/auth/context'
import type { PrismaClient, Transaction } from '@/lib/db/client'
import type { EventReader } from '@/lib/db/event-reader'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { hiddenWords } from './hidden-words'
import { compileExceptions } from './match'
import { isAsked, matchAlerts, readEvents } from './matching-alerts'
import type { ExceptionRule, HiddenAlert } from './schema'

interface Source {
  readonly db: PrismaClient | Transaction
  readonly events: EventReader
}

type Scope = Pick<ExceptionRule, 'ruleId' | 'stage' | 'entries'>

interface Candidates {
  /** Newest first. */
  readonly ids: readonly number[]
  readonly truncated: boolean
}

const MANY_VERSIONS = 1_000

/**
 * The alerts that count as true positives: closed as one, or in a case unless somebody judged them harmless there. A
 * duplicate in a case is one of what the case is about.
 */
async function truePositives(db: Source['db']): Promise<Candidates> {
  const rows = await db.$queryRawUnsafe<{ id: number | bigint }[]>(
    `SELECT id FROM alert WHERE verdict = 'true_positive'
     UNION SELECT c.alert_id FROM case_alert c JOIN alert a ON a.id = c.alert_id WHERE a.verdict IS NULL OR a.verdict = 'duplicate'
     ORDER BY 1 DESC LIMIT ?`,
    LIMITS.hiddenAlerts + 1,
  )
  return { ids: rows.slice(0, LIMITS.hiddenAlerts).map(({ id }) => Number(id)), truncated: rows.length > LIMITS.hiddenAlerts }
}

/** The true positives that an exception would have held back, newest first, and all that were looked at. */
export async function findHidden(
  source: Source,
  scope: Scope,
  except: ReadonlySet<number> = new Set(),
): Promise<{ readonly alerts: readonly HiddenAlert[]; readonly truncated: boolean; readonly looked: ReadonlySet<number> }> {
  const candidates = await truePositives(source.db)
  const matching = await matchAlerts(
    source,
    scope,
    candidates.ids.filter((id) => !except.has(id)),
  )
  const cases = await casesByAlert(
    source.db,
    matching.map(({ id }) => id),
  )
  return { alerts: matching.map((alert) => ({ ...alert, cases: cases.get(alert.id) ?? [] })), truncated: candidates.truncated, looked: new Set(candidates.ids) }
}

async function casesByAlert(db: Source['db'], alertIds: readonly number[]): Promise<ReadonlyMap<number, HiddenAlert['cases']>> {
  const found = new Map<number, { id: number; title: string }[]>()
  for (const ids of batches(alertIds)) {
    const links = await db.caseAlert.findMany({ where: { alertId: { in: [...ids] } }, orderBy: { caseId: 'asc' }, select: { alertId: true, case: { select: { id: true, title: true } } } })
    for (const link of links) found.set(link.alertId, [...(found.get(link.alertId) ?? []), link.case])
  }
  return found
}

/**
 * What a verb asks before its transaction and again in it: every true positive that the exception hides was acknowledged.
 * Throws `conflict`, naming those that were not, with `details.hides`.
 */
export function requireAcknowledged(alerts: readonly HiddenAlert[], acknowledged: readonly number[]): void {
  const known = new Set(acknowledged)
  const unseen = alerts.filter(({ id }) => !known.has(id))
  if (unseen.length === 0) return
  throw new AppError(
    'conflict',
    `This exception hides ${unseen.length === 1 ? 'a true positive' : `${unseen.length.toLocaleString('en')} true positives`}: ${hiddenWords(unseen)}. Nothing was saved. Narrow its conditions, or confirm that you know what it hides.`,
    { hides: unseen.map(({ id }) => id) },
  )
}

/** Looks ahead of the transaction, which should be short; the answer looks again in it, at what was judged or raised since. */
export async function requireNothingHidden(context: Context, scope: Scope, acknowledged: readonly number[]): Promise<(tx: Transaction) => Promise<void>> {
  const before = await findHidden(context, scope)
  requireAcknowledged(before.alerts, acknowledged)
  return async (tx) => requireAcknowledged((await findHidden({ db: tx, events: context.events }, scope, before.looked)).alerts, acknowledged)
}

/** What exceptions said to an alert as it was at a time: kept, for alerts and exceptions seldom change and are listed often. */
interface Judged {
  readonly stamp: number
  readonly hiddenBy: Map<string, boolean>
}

const judgedOf = new WeakMap<EventReader, Map<number, Judged>>()

/** Of each exception the true positives that it hides, newest first, also those that were judged after it was made. */
export async function hiddenByException(
  { db, events }: Pick<Context, 'db' | 'events'>,
  exceptions: ReadonlyArray<ExceptionRule & { readonly version: number }>,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const hidden = new Map<number, number[]>()
  if (exceptions.length === 0) return hidden
  const { ids } = await truePositives(db)
  const judged = judgedOf.get(events) ?? new Map<number, Judged>()
  judgedOf.set(events, judged)
  const compiled = exceptions.map((exception) => ({ id: exception.id, name: `${exception.id} ${exception.version}`, ask: compileExceptions([exception]) }))
  for (const part of batches(ids)) {
    const alerts = await db.alert.findMany({ where: { id: { in: [...part] } }, orderBy: { id: 'desc' }, select: { id: true, updatedAt: true, rule: { select: { ruleId: true, language: true } }, events: { select: { stage: true, eventId: true } } } })
    const open = alerts.filter(({ id, updatedAt }) => {
      const known = judged.get(id)
      return known?.stamp !== updatedAt.getTime() || compiled.some(({ name }) => !known.hiddenBy.has(name))
    })
    const documents = readEvents(
      events,
      open.flatMap((alert) => alert.events.map(({ eventId }) => eventId)),
    )
    for (const alert of open) {
      const isHidden = (ask: (typeof compiled)[number]['ask']) =>
        alert.events.some(({ eventId, stage }) => {
          const event = documents.get(eventId)
          return event !== undefined && isAsked(alert.rule.language, stage) && ask.match(event, alert.rule.ruleId, stage) !== null
        })
      const stamp = alert.updatedAt.getTime()
      const known = judged.get(alert.id)
      // What other exceptions said of it holds; past versions are dropped with the whole once there are many.
      const kept = known?.stamp === stamp && known.hiddenBy.size < MANY_VERSIONS + compiled.length ? known.hiddenBy : new Map<string, boolean>()
      for (const { name, ask } of compiled) if (!kept.has(name)) kept.set(name, isHidden(ask))
      judged.set(alert.id, { stamp, hiddenBy: kept })
    }
    for (const { id } of alerts) {
      for (const { id: exception, name } of compiled) {
        if (judged.get(id)?.hiddenBy.get(name) === true) hidden.set(exception, [...(hidden.get(exception) ?? []), id])
      }
    }
  }
  const current = new Set(ids)
  for (const id of judged.keys()) if (!current.has(id)) judged.delete(id)
  return hidden
}
