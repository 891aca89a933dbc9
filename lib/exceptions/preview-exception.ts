import type { z } from 'zod'
import { batches } from '@/lib/alerts/batches'
import type { Verdict } from '@/lib/alerts/schema'
import type { Context } from '@/lib/auth/context'
import { LIMITS } from '@/lib/limits'
import { findHidden } from './hidden-alerts'
import { lookForFields } from './look-for-fields'
import { findMatchingAlerts } from './matching-alerts'
import type { AlertScan, MatchingAlert } from './matching-alerts'
import { parseInput } from './parse-input'
import { scanEvents } from './scan-events'
import { previewInput } from './schema'
import type { ExceptionImpact, PreviewAlert } from './schema'
import { readStageFacts } from './stage-facts'
import { exceptionWarnings } from './warnings'

export interface PreviewOptions {
  /** Milliseconds for the alerts, and as many again for the events; what was not looked at by then is said to be so. */
  readonly budgetMs: number
  /** Ends the work early when nobody waits for it any more. */
  readonly signal?: AbortSignal
}

const UNDECIDED = ['open', 'acknowledged'] as const

/**
 * What an exception would have removed from everything stored: events, alerts by status and verdict, cases. Undecided
 * alerts are looked through first, then closed ones, then events, newest first each. Throws `invalid`, and the signal's
 * reason when it is aborted.
 */
export async function previewException(context: Context, input: z.input<typeof previewInput>, options: PreviewOptions): Promise<ExceptionImpact> {
  const wanted = parseInput(previewInput, input)
  const budget = () => {
    const end = performance.now() + (wanted.complete ? Infinity : options.budgetMs)
    return (cap: number) => (scanned: number) => {
      options.signal?.throwIfAborted()
      return scanned >= cap || performance.now() > end
    }
  }
  const ofAlerts = budget()(LIMITS.previewAlerts)
  const undecided = await findMatchingAlerts(context, wanted, { statuses: UNDECIDED, enough: ofAlerts })
  const closed = await findMatchingAlerts(context, wanted, { statuses: ['closed'], enough: ofAlerts })
  const total = await context.db.alert.count({ where: wanted.ruleId === null ? {} : { rule: { ruleId: wanted.ruleId } } })
  const ofFields = budget()(LIMITS.previewEvents)
  const { alerts: hiding, truncated } = await findHidden(context, wanted)
  const facts = {
    hides: { alerts: hiding.map(({ cases, ...alert }) => ({ ...toPreviewAlert(alert), cases })), truncated },
    unknownFields: await lookForFields(context, wanted.entries, ofFields),
    alerts: summarize(undecided, closed, total, new Set(hiding.map(({ id }) => id))),
    cases: await casesOf(context, [...undecided.matching, ...closed.matching]),
    stages: await readStageFacts(context, wanted.ruleId, wanted.entries),
    events: await scanEvents(context, wanted.entries, budget()(LIMITS.previewEvents)),
  }
  return { ...facts, warnings: exceptionWarnings(wanted.entries, facts) }
}

function summarize(undecided: AlertScan, closed: AlertScan, total: number, hidden: ReadonlySet<number>): ExceptionImpact['alerts'] {
  const verdicts: Record<Verdict, number> = { true_positive: 0, benign_true_positive: 0, false_positive: 0, test: 0, duplicate: 0 }
  for (const { verdict } of closed.matching) if (verdict !== null) verdicts[verdict]++
  const all = [...undecided.matching, ...closed.matching]
  const isHidden = ({ id }: MatchingAlert) => hidden.has(id)
  const ordered = [...all.filter(isHidden), ...all.filter((alert) => !isHidden(alert))]
  const open = undecided.matching.filter(({ status }) => status === 'open').length
  return {
    matched: all.length,
    open,
    acknowledged: undecided.matching.length - open,
    closed: verdicts,
    listed: ordered.slice(0, LIMITS.previewAlertsListed).map(toPreviewAlert),
    scanned: undecided.scanned + closed.scanned,
    total,
    truncated: undecided.truncated || closed.truncated,
  }
}

function toPreviewAlert({ id, status, verdict, ruleName, reason, hostName, occurredAt, role }: PreviewAlert): PreviewAlert {
  return { id, status, verdict, ruleName, reason, hostName, occurredAt, role }
}

async function casesOf({ db }: Context, alerts: readonly MatchingAlert[]): Promise<ExceptionImpact['cases']> {
  const found = new Map<number, { id: number; title: string; status: string; alerts: number }>()
  for (const ids of batches(alerts.map(({ id }) => id))) {
    const links = await db.caseAlert.findMany({ where: { alertId: { in: [...ids] } }, select: { case: { select: { id: true, title: true, status: true } } } })
    for (const link of links) {
      const one = found.get(link.case.id) ?? { ...link.case, alerts: 0 }
      found.set(one.id, { ...one, alerts: one.alerts + 1 })
    }
  }
  return [...found.values()].sort((a, b) => a.id - b.id)
}
