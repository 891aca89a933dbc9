import type { Transaction } from '@/lib/db/client'
import { LIMITS } from '@/lib/limits'
import type { AuditEntry } from './write-audit'

/** What can be taken back, in the words and the place of its audit row. */
export interface ActEntry {
  readonly action: string
  readonly entityType: AuditEntry['entityType']
  readonly entityId: string
  /** As a person reads it, without a full stop: `A-12 closed as false positive`. */
  readonly text: string
  /** What changed beside alerts; what changed of alerts stands in their history. */
  readonly detail?: Readonly<Record<string, unknown>>
  /** The open page it was done on. */
  readonly tab?: string | undefined
  /** The first act of the same job. */
  readonly partOf?: number | undefined
  /** The act that this one undid. */
  readonly undoes?: number
}

/** An act that was recorded, and the newest entry of history after it: whoever did it has seen up to there. */
export interface RecordedAct {
  readonly id: number
  readonly entry: number
}

/** The newest entry of the history of alerts, 0 when there is none. */
export async function newestEntry(tx: Pick<Transaction, 'alertHistory'>): Promise<number> {
  const { _max } = await tx.alertHistory.aggregate({ _max: { id: true } })
  return _max.id ?? 0
}

/**
 * Records what a verb did so that it can be undone: call it at the end of the verb's transaction with the entry that was newest
 * at its beginning. The write lock is held all along, so the entries since are the verb's own. Acts that expired, and those of
 * the same person beyond the cap, are dropped.
 */
export async function recordAct(tx: Transaction, actor: string, at: Date, before: number, entry: ActEntry): Promise<RecordedAct> {
  const newest = await newestEntry(tx)
  const { id } = await tx.act.create({
    data: {
      at,
      actor,
      tab: entry.tab ?? null,
      action: entry.action,
      entityType: entry.entityType,
      entityId: entry.entityId,
      text: entry.text,
      entryFrom: before + 1,
      entryTo: newest,
      detail: JSON.stringify(entry.detail ?? {}),
      partOf: entry.partOf ?? null,
      undoes: entry.undoes ?? null,
    },
  })
  await tx.act.deleteMany({ where: { at: { lt: new Date(at.getTime() - LIMITS.undoMs) } } })
  const oldest = await tx.act.findMany({ where: { actor, partOf: null }, orderBy: { id: 'desc' }, skip: LIMITS.undoActs, take: 1, select: { id: true } })
  if (oldest[0]) await tx.act.deleteMany({ where: { actor, id: { lte: oldest[0].id }, OR: [{ partOf: null }, { partOf: { lte: oldest[0].id } }] } })
  return { id, entry: newest }
}
