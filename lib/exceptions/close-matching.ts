import { auditAlerts } from '@/lib/alerts/audit-alerts'
import { batches } from '@/lib/alerts/batches'
import { setBatch } from '@/lib/alerts/set-status'
import type { Transaction } from '@/lib/db/client'
import type { Context } from '@/lib/auth/context'
import { findMatchingAlerts } from './matching-alerts'
import type { ClosingVerdict, ExceptionRule } from './schema'
import { exceptionRef } from './schema'

type Scope = Pick<ExceptionRule, 'ruleId' | 'stage' | 'entries'>

/** What was found before the transaction, which should be short. */
export interface ClosingCandidates {
  readonly alertIds: readonly number[]
  /** The newest alert that was looked at. */
  readonly newestId: number
}

interface Closing {
  readonly exception: { readonly id: number; readonly name: string } & Scope
  readonly verdict: ClosingVerdict
  readonly at: Date
}

const UNDECIDED = ['open', 'acknowledged'] as const

/** Looks for the undecided alerts the exception matches, ahead of the transaction that closes them. */
export async function findClosingCandidates({ db, events }: Context, scope: Scope): Promise<ClosingCandidates> {
  const { _max } = await db.alert.aggregate({ _max: { id: true } })
  const { matching } = await findMatchingAlerts({ db, events }, scope, { statuses: UNDECIDED })
  return { alertIds: matching.map(({ id }) => id), newestId: _max.id ?? 0 }
}

/**
 * Closes the candidates and what was raised since they were looked for, each with a line of history that names the
 * exception, and answers their ids. An alert that someone decided in the meantime keeps that decision.
 */
export async function closeMatching(tx: Transaction, context: Context, candidates: ClosingCandidates, closing: Closing): Promise<readonly number[]> {
  const { exception, verdict, at } = closing
  const since = await findMatchingAlerts({ db: tx, events: context.events }, exception, { statuses: UNDECIDED, afterId: candidates.newestId })
  const note = `Exception ${exceptionRef(exception.id)} “${exception.name}” matches its records.`
  const closed: number[] = []
  for (const part of batches([...candidates.alertIds, ...since.matching.map(({ id }) => id)].sort((a, b) => a - b))) {
    const undecided = await tx.alert.findMany({ where: { id: { in: [...part] }, status: { in: [...UNDECIDED] }, verdict: null }, select: { id: true } })
    const ids = undecided.map(({ id }) => id)
    const { changed } = await setBatch(tx, context, ids, { status: 'closed', verdict, note }, at)
    closed.push(...changed)
  }
  await auditAlerts(tx, context, at, { action: 'alert.close', alertIds: closed, detail: { status: 'closed', verdict, note, exception: exceptionRef(exception.id) } })
  return closed
}
