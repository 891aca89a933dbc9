import type { Context } from '@/lib/auth/context'
import type { Transaction } from '@/lib/db/client'
import { LIMITS } from '@/lib/limits'
import type { LastAct } from './schema'

/** The newest act of a person that was not undone and is no undo itself; null when there is none since a time. */
export async function newestAct(tx: Pick<Transaction, 'act'>, actor: string, since: Date) {
  return tx.act.findFirst({ where: { actor, undoneAt: null, undoes: null, at: { gte: since } }, orderBy: { id: 'desc' } })
}

/** What undo would take back now; null when there is nothing. */
export async function lastAct({ db, actor, clock }: Pick<Context, 'db' | 'actor' | 'clock'>): Promise<LastAct | null> {
  const act = await newestAct(db, actor.name, new Date(clock().getTime() - LIMITS.undoMs))
  return act && { id: act.id, text: act.text, at: act.at.toISOString() }
}
