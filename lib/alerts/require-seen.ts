import type { Transaction } from '@/lib/db/client'
import { AppError } from '@/lib/errors'
import type { ChangeSince, Conflict } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { batches } from './batches'
import { alertRef } from './schema'
import type { Seen } from './schema'

/** A newer entry of history, as a refusal needs it. */
export interface LaterEntry {
  readonly id: number
  readonly alertId: number
  readonly actor: string
  readonly at: Date
  readonly text: string
}

interface EntryRow {
  readonly id: number | bigint
  readonly alertId: number | bigint
  readonly actor: string
  readonly at: number | bigint | string | Date
  readonly text: string
}

export function toLaterEntry(row: EntryRow): LaterEntry {
  return { id: Number(row.id), alertId: Number(row.alertId), actor: row.actor, at: row.at instanceof Date ? row.at : new Date(Number(row.at)), text: row.text }
}

/**
 * Entries of one kind that a page has not seen. Left out are what the page itself did, and what was done and undone since: that
 * left nothing behind.
 */
async function unseen(tx: Pick<Transaction, '$queryRawUnsafe'>, seen: Seen, alertIds: readonly number[], kind: string, item: string | null): Promise<readonly LaterEntry[]> {
  const rows = await tx.$queryRawUnsafe<EntryRow[]>(
    `WITH arg (seen, kind, item, tab) AS (VALUES (?, ?, ?, ?))
     SELECT h.id, h.alert_id AS "alertId", h.actor, h.at, h.text FROM arg, alert_history h
     WHERE h.alert_id IN (SELECT value FROM json_each(?)) AND h.id > arg.seen AND h.kind = arg.kind
       AND (arg.item IS NULL OR json_extract(h.detail, '$.item') = arg.item)
       AND NOT EXISTS (
         SELECT 1 FROM act a LEFT JOIN act undone ON undone.id = a.undoes
         WHERE h.id BETWEEN a.entry_from AND a.entry_to AND (a.tab = arg.tab OR a.undone_at IS NOT NULL OR undone.entry_from > arg.seen)
       )
     ORDER BY h.id DESC`,
    seen.entry,
    kind,
    item,
    seen.tab ?? null,
    JSON.stringify(alertIds),
  )
  return rows.map(toLaterEntry).filter(({ id, alertId }) => id > (seen.rows?.[String(alertId)] ?? 0))
}

/** `local analyst acknowledged…`: who, what and when, newest first, as one sentence each. */
export function describeChanges(entries: readonly LaterEntry[]): { readonly sentence: string; readonly conflict: Conflict } {
  const newest = [...new Map(entries.toSorted((a, b) => a.id - b.id).map((entry) => [entry.alertId, entry])).values()].toSorted((a, b) => b.id - a.id)
  const changes = newest.slice(0, LIMITS.changesNamed).map(({ alertId, actor, at, text }): ChangeSince => ({ alertId, actor, at: at.toISOString(), text }))
  const [first] = changes
  const others = newest.length - 1
  const sentence =
    first === undefined
      ? ''
      : `${first.actor} changed ${alertRef(first.alertId)} at ${first.at.slice(0, 19).replace('T', ' ')} UTC: ${first.text}${others > 0 ? ` And ${others.toLocaleString('en')} more ${others === 1 ? 'was' : 'were'} changed.` : ''}`
  return { sentence, conflict: { changes, alertIds: newest.map(({ alertId }) => alertId), entry: newest[0]?.id ?? 0 } }
}

/**
 * Refuses an act on alerts that changed since the page it was made on was read. `kind` is the kind of history that counts: a
 * verdict minds another verdict, not a note. Throws AppError `conflict` with who, what and when in `details.conflict`; given
 * again with its `entry` as seen, the act is meant.
 */
export async function requireSeen(
  tx: Pick<Transaction, '$queryRawUnsafe'>,
  seen: Seen | undefined,
  alertIds: readonly number[],
  kind: 'status' | 'assignee' | 'checklist',
  item: string | null = null,
): Promise<void> {
  if (seen === undefined) return
  const found: LaterEntry[] = []
  for (const part of batches(alertIds)) found.push(...(await unseen(tx, seen, part, kind, item)))
  if (found.length === 0) return
  const { sentence, conflict } = describeChanges(found)
  throw new AppError('conflict', sentence, { conflict })
}
