import { batches } from '@/lib/alerts/batches'
import { toLaterEntry } from '@/lib/alerts/require-seen'
import type { LaterEntry } from '@/lib/alerts/require-seen'
import { VERDICT_LABELS } from '@/lib/alerts/schema'
import type { Transaction } from '@/lib/db/client'
import { recountChecklists } from '@/lib/triage/recount-checklists'

/** The entries of history that an act wrote. */
export interface EntryRange {
  readonly entryFrom: number
  readonly entryTo: number
}

/** Who undoes, when, and which alerts stay as they are. */
export interface UndoStamp {
  readonly actor: string
  readonly at: Date
  /** The act that is undone. */
  readonly act: number
  readonly left: readonly number[]
}

/**
 * What changed of the same things since an act: another status of an alert it gave one, another state of the same step, another
 * word on the same case. Acts that were undone, and their undoing, left nothing behind.
 */
export async function changedSince(tx: Transaction, { entryFrom, entryTo }: EntryRange): Promise<readonly LaterEntry[]> {
  const rows = await tx.$queryRawUnsafe<Parameters<typeof toLaterEntry>[0][]>(
    `WITH arg (lo, hi) AS (VALUES (?, ?))
     SELECT h.id, h.alert_id AS "alertId", h.actor, h.at, h.text
     FROM arg JOIN alert_history mine ON mine.id BETWEEN arg.lo AND arg.hi JOIN alert_history h ON h.alert_id = mine.alert_id AND h.kind = mine.kind AND h.id > arg.hi
       AND (mine.kind <> 'checklist' OR json_extract(h.detail, '$.item') = json_extract(mine.detail, '$.item'))
       AND (mine.kind <> 'case' OR json_extract(h.detail, '$.case') = json_extract(mine.detail, '$.case'))
     WHERE mine.kind IN ('status', 'assignee', 'checklist', 'case')
       AND NOT EXISTS (SELECT 1 FROM act a WHERE h.id BETWEEN a.entry_from AND a.entry_to AND (a.undone_at IS NOT NULL OR a.undoes IS NOT NULL))
     ORDER BY h.id DESC`,
    entryFrom,
    entryTo,
  )
  return rows.map(toLaterEntry)
}

const VERDICT_WORDS = Object.entries(VERDICT_LABELS)
  .map(([verdict, label]) => `WHEN '${verdict}' THEN 'closed as ${label.toLowerCase()}'`)
  .join(' ')

/** Bound once at the head of each statement. */
const ARG = 'WITH arg (lo, hi, skip, at, actor, act) AS (VALUES (?, ?, ?, ?, ?, ?))'

/** The entries of one kind in the act's range, but for the alerts that stay as they are. */
function mine(kind: 'status' | 'assignee' | 'note'): string {
  return `arg, alert_history h WHERE h.id BETWEEN arg.lo AND arg.hi AND h.kind = '${kind}' AND h.alert_id NOT IN (SELECT value FROM json_each(arg.skip))`
}

function bound({ entryFrom, entryTo }: EntryRange, { actor, at, act, left }: UndoStamp): readonly (string | number)[] {
  return [entryFrom, entryTo, JSON.stringify(left), at.getTime(), actor, act]
}

/** Gives alerts the status and verdict they had, however many they are: two statements, and their checklists' counts. */
async function undoStatus(tx: Transaction, range: EntryRange, stamp: UndoStamp): Promise<void> {
  const from = mine('status')
  const values = bound(range, stamp)
  await tx.$executeRawUnsafe(
    `${ARG} UPDATE alert SET status = was.status, verdict = was.verdict, updated_at = was.at,
       closed_at = CASE WHEN was.status = 'closed' THEN coalesce(was.closed, alert.closed_at) END
     FROM (
       SELECT h.alert_id, arg.at, json_extract(h.detail, '$.from') AS status, json_extract(h.detail, '$.verdict_before') AS verdict,
         json_extract(h.detail, '$.closed_before') AS closed
       FROM ${from}
     ) was WHERE was.alert_id = alert.id`,
    ...values,
  )
  await tx.$executeRawUnsafe(
    `${ARG} INSERT INTO alert_history (alert_id, at, actor, kind, text, detail)
     SELECT h.alert_id, arg.at, arg.actor, 'status',
       'Undone: ' || CASE json_extract(h.detail, '$.from')
         WHEN 'closed' THEN CASE json_extract(h.detail, '$.verdict_before') ${VERDICT_WORDS} ELSE 'closed' END
         ELSE json_extract(h.detail, '$.from') END || ' again.',
       json_object('from', json_extract(h.detail, '$.to'), 'to', json_extract(h.detail, '$.from'), 'verdict_before', json_extract(h.detail, '$.verdict'),
         'verdict', json_extract(h.detail, '$.verdict_before'), 'note', '', 'undoes', arg.act)
     FROM ${from} ORDER BY h.id`,
    ...values,
  )
  const judged = await tx.$queryRawUnsafe<{ id: number | bigint }[]>(
    `${ARG} SELECT h.alert_id AS id FROM ${from} AND json_extract(h.detail, '$.verdict') IS NOT json_extract(h.detail, '$.verdict_before')`,
    ...values,
  )
  for (const part of batches(judged.map(({ id }) => Number(id)))) await recountChecklists(tx, part)
}

async function undoAssignee(tx: Transaction, range: EntryRange, stamp: UndoStamp): Promise<void> {
  const from = mine('assignee')
  const values = bound(range, stamp)
  await tx.$executeRawUnsafe(
    `${ARG} UPDATE alert SET assignee = was.assignee, updated_at = was.at
     FROM (SELECT h.alert_id, arg.at, json_extract(h.detail, '$.from') AS assignee FROM ${from}) was WHERE was.alert_id = alert.id`,
    ...values,
  )
  await tx.$executeRawUnsafe(
    `${ARG} INSERT INTO alert_history (alert_id, at, actor, kind, text, detail)
     SELECT h.alert_id, arg.at, arg.actor, 'assignee', coalesce('Undone: assigned to ' || json_extract(h.detail, '$.from') || ' again.', 'Undone: assigned to nobody again.'),
       json_object('from', json_extract(h.detail, '$.to'), 'to', json_extract(h.detail, '$.from'), 'undoes', arg.act)
     FROM ${from} ORDER BY h.id`,
    ...values,
  )
}

/** Notes stay in the history; an entry says that they were withdrawn. */
async function undoNotes(tx: Transaction, range: EntryRange, stamp: UndoStamp): Promise<void> {
  await tx.$executeRawUnsafe(
    `${ARG} INSERT INTO alert_history (alert_id, at, actor, kind, text, detail)
     SELECT h.alert_id, arg.at, arg.actor, 'withdrawn', 'A note was withdrawn.', json_object('note', h.id, 'undoes', arg.act) FROM ${mine('note')} ORDER BY h.id`,
    ...bound(range, stamp),
  )
}

/** Puts back what the history of an act says about status, assignee and notes of alerts. */
export async function undoAlerts(tx: Transaction, range: EntryRange, stamp: UndoStamp): Promise<void> {
  if (range.entryTo < range.entryFrom) return
  await undoStatus(tx, range, stamp)
  await undoAssignee(tx, range, stamp)
  await undoNotes(tx, range, stamp)
}
