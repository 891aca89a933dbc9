import { entityKey } from '@/lib/db/hash'
import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { fromEventsOf } from '@/lib/db/process-index'
import { askedMoments, asksForStart, lackingOf } from '@/lib/ecs/enrich'
import { readStored } from '@/lib/ecs/normalizers/registry'
import { toldProcesses } from '@/lib/ecs/told-process'

/** A record that is deleted, with its bytes. */
export interface LeavingRecord {
  readonly row: { readonly id: number; readonly ts: number; readonly host: number }
  readonly format: string
  readonly raw: Buffer
}

interface Known {
  readonly boundary: number
  readonly ts: number
  readonly rank: number
  readonly kind: string
  readonly event_id: number | null
}

const COLUMNS = 'boundary, ts, rank, kind, event_id'
/** What bounds a life; an exec only changes what runs in it. */
const LIFE = 2
/** Six bytes of milliseconds hold no more. */
const LATEST_MS = 2 ** 48 - 1
/** Later than any event. */
const FOREVER = Number.MAX_SAFE_INTEGER

/**
 * Deletes what records, themselves deleted already, noted of processes. What a pid was stays known as long as a stored event may
 * ask: while a record that names it then is stored, while the record that told it is, and for a pid that runs on, whatever
 * its age. What is known of a pid goes from its beginning on, so that a gap never gives the answer of another time.
 */
export function forgetLineage(db: Database, records: readonly LeavingRecord[]): void {
  const touched = new Map<string, { readonly host: number; readonly pid: number }>()
  for (const { row, format, raw } of records) {
    const event = readStored(format, raw)
    const lacking = lackingOf(event)
    const asked = lacking === null ? [] : askedMoments(event, lacking)
    for (const { pid, ms } of asked) prepared(db, 'DELETE FROM parented_event WHERE host = ? AND parent_pid = ? AND ts = ? AND event_id = ?').run(row.host, pid, ms, row.id)
    for (const { pid } of [...asked, ...toldProcesses(event)]) touched.set(`${row.host} ${pid}`, { host: row.host, pid })
    if (lacking !== null && lacking.entityId !== null && asksForStart(lacking)) forgetStart(db, row.host, lacking.hostId, lacking.entityId)
  }
  for (const { host, pid } of touched.values()) forgetPid(db, host, pid)
}

/** What is kept of a process's start goes with the last of its records that waits for it. */
function forgetStart(db: Database, host: number, hostId: string, entityId: string): void {
  const entity = entityKey(hostId, entityId)
  const waits = prepared<[number, number], number>(db, `SELECT 1 ${fromEventsOf('entity', 1)} WHERE e.host = ? AND e.lacks IS NOT NULL LIMIT 1`, 'values').get(entity, host)
  if (waits === undefined) prepared(db, 'DELETE FROM process_start WHERE entity = ? AND host = ? AND entity_id = ?').run(entity, host, entityId)
}

function forgetPid(db: Database, host: number, pid: number): void {
  const boundaries = prepared<[number, number], Known>(db, `SELECT ${COLUMNS} FROM known_process WHERE host = ? AND pid = ? AND boundary > 0 ORDER BY ts, rank`).all(host, pid)
  const nextLife: (Known | undefined)[] = []
  let life: Known | undefined
  for (let at = boundaries.length - 1; at >= 0; at--) {
    nextLife[at] = life
    if (boundaries[at]?.boundary === LIFE) life = boundaries[at]
  }
  const leaving: Known[] = []
  let firstLeft: number = FOREVER
  for (const [at, known] of boundaries.entries()) {
    // A life goes on through the execs in it.
    const next = known.boundary === LIFE ? nextLife[at] : boundaries[at + 1]
    // The newest: a process that runs on may have children yet, one that ended has none.
    const runsOn = next === undefined && known.kind !== 'end'
    if (runsOn || isNeeded(db, host, pid, known, known.ts, next?.ts ?? FOREVER)) {
      firstLeft = known.ts
      break
    }
    leaving.push(known)
  }
  const remove = prepared(db, 'DELETE FROM known_process WHERE host = ? AND pid = ? AND boundary = ? AND ts = ? AND rank = ?')
  for (const known of leaving) remove.run(host, pid, known.boundary, known.ts, known.rank)
  // Where it was met first answers only until its first boundary; with that gone it would answer for longer.
  const seen = prepared<[number, number], Known>(db, `SELECT ${COLUMNS} FROM known_process WHERE host = ? AND pid = ? AND boundary = 0`).get(host, pid)
  const bounded = firstLeft < FOREVER || leaving.length > 0
  if (seen && bounded && seen.ts < firstLeft && !isNeeded(db, host, pid, seen, 0, firstLeft)) remove.run(host, pid, seen.boundary, seen.ts, seen.rank)
}

/** Whether a stored event may ask for it between two times, or the record that told it is stored. */
function isNeeded(db: Database, host: number, pid: number, known: Known, from: number, until: number): boolean {
  const asks = prepared<[number, number, number, number], number>(
    db,
    'SELECT 1 FROM parented_event WHERE host = ? AND parent_pid = ? AND ts BETWEEN ? AND ? LIMIT 1',
    'values',
  ).get(host, pid, from, until)
  if (asks !== undefined) return true
  if (known.event_id === null) return isTold(db, host, known.ts)
  return prepared<[number], number>(db, 'SELECT 1 FROM event WHERE id = ?', 'values').get(known.event_id) !== undefined
}

/** Whether a record of the host of just this millisecond is stored. Identities begin with the time, in six bytes. */
function isTold(db: Database, host: number, ts: number): boolean {
  const low = Buffer.alloc(6)
  low.writeUIntBE(ts, 0, 6)
  const high = Buffer.alloc(6)
  high.writeUIntBE(Math.min(ts + 1, LATEST_MS), 0, 6)
  const found = prepared<[Buffer, Buffer, number], number>(db, 'SELECT 1 FROM event WHERE identity >= ? AND identity < ? AND host = ? LIMIT 1', 'values').get(low, high, host)
  return found !== undefined
}
