import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { toldProcesses, unknownParent } from '@/lib/ecs/enrich'
import { readStored } from '@/lib/ecs/normalizers/registry'

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
}

const BOUNDARY = 1
/** Six bytes of milliseconds hold no more. */
const LATEST_MS = 2 ** 48 - 1
/** Later than any event. */
const FOREVER = Number.MAX_SAFE_INTEGER

/**
 * Deletes what records, themselves deleted already, noted of pids. What a pid was stays known as long as a stored event may ask: while a record of
 * a child of that time is stored, while the record that told it is, and for a pid that runs on, whatever its age. What is
 * known of a pid goes from its beginning on, so that a gap never gives the answer of another time.
 */
export function forgetLineage(db: Database, records: readonly LeavingRecord[]): void {
  const touched = new Map<string, { readonly host: number; readonly pid: number }>()
  for (const { row, format, raw } of records) {
    const event = readStored(format, raw)
    const parent = unknownParent(event)
    if (parent !== null) prepared(db, 'DELETE FROM parented_event WHERE host = ? AND parent_pid = ? AND ts = ? AND event_id = ?').run(row.host, parent, row.ts, row.id)
    for (const pid of [...(parent === null ? [] : [parent]), ...toldProcesses(event).map((told) => told.pid)]) touched.set(`${row.host} ${pid}`, { host: row.host, pid })
  }
  for (const { host, pid } of touched.values()) forgetPid(db, host, pid)
}

function forgetPid(db: Database, host: number, pid: number): void {
  const boundaries = prepared<[number, number, number], Known>(
    db,
    'SELECT boundary, ts, rank, kind FROM known_process WHERE host = ? AND pid = ? AND boundary = ? ORDER BY ts, rank',
  ).iterate(host, pid, BOUNDARY)
  const leaving: Known[] = []
  let before: Known | null = null
  let firstLeft: number = FOREVER
  for (const next of boundaries) {
    if (before !== null) {
      if (isNeeded(db, host, pid, before, next.ts)) {
        firstLeft = before.ts
        before = null
        break
      }
      leaving.push(before)
    }
    before = next
  }
  // The newest: a process that runs on may have children yet, one that ended has none.
  if (before !== null) {
    if (before.kind === 'end' && !isNeeded(db, host, pid, before, FOREVER)) leaving.push(before)
    else firstLeft = before.ts
  }
  const remove = prepared(db, 'DELETE FROM known_process WHERE host = ? AND pid = ? AND boundary = ? AND ts = ? AND rank = ?')
  for (const known of leaving) remove.run(host, pid, known.boundary, known.ts, known.rank)
  // Where it was met first answers only until its first boundary; with that gone it would answer for longer.
  const seen = prepared<[number, number], Known>(db, 'SELECT boundary, ts, rank, kind FROM known_process WHERE host = ? AND pid = ? AND boundary = 0').get(host, pid)
  const bounded = firstLeft < FOREVER || leaving.length > 0
  if (seen && bounded && seen.ts < firstLeft && !isNeeded(db, host, pid, seen, firstLeft)) remove.run(host, pid, seen.boundary, seen.ts, seen.rank)
}

function isNeeded(db: Database, host: number, pid: number, known: Known, until: number): boolean {
  const child = prepared<[number, number, number, number], number>(
    db,
    'SELECT 1 FROM parented_event WHERE host = ? AND parent_pid = ? AND ts BETWEEN ? AND ? LIMIT 1',
    'values',
  ).get(host, pid, known.ts, until)
  return child !== undefined || isTold(db, host, known.ts)
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
