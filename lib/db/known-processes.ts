import type { Moment, Program, ToldProcess } from '@/lib/ecs/enrich'
import type { PreparedLineage } from './event-batch'
import type { Database } from './open'
import { prepared } from './prepared'

/** Boundaries change what a pid is; of what was only seen the earliest is kept. */
const SEEN = 0
const BOUNDARY = 1
/** Later than any event. */
const FOREVER = Number.MAX_SAFE_INTEGER

interface Row extends Program {
  readonly ts: number
  readonly rank: number
  readonly kind: string
}

const COLUMNS = 'ts, rank, kind, executable, name'

/**
 * What a pid of a host ran at a moment, from what records told in whatever order they came: its latest exec or fork until
 * then, nothing after its end; for a pid with neither, the first record that met it, if that was until then. So a pid that
 * is used again is another program from its new exec on.
 */
export function findProgram(db: Database, hostId: string, pid: number, at: Moment): Program | null {
  const host = prepared<[string], number>(db, 'SELECT id FROM host WHERE host_id = ?', 'values').get(hostId)
  return host === undefined ? null : programOf(db, host, pid, at)
}

function programOf(db: Database, host: number, pid: number, at: Moment): Program | null {
  const found =
    prepared<[number, number, number, number, number], Row>(
      db,
      `SELECT ${COLUMNS} FROM known_process WHERE host = ? AND pid = ? AND boundary = ? AND (ts, rank) <= (?, ?) ORDER BY ts DESC, rank DESC LIMIT 1`,
    ).get(host, pid, BOUNDARY, at.ms, at.rank) ??
    prepared<[number, number, number, number, number], Row>(
      db,
      `SELECT ${COLUMNS} FROM known_process WHERE host = ? AND pid = ? AND boundary = ? AND (ts, rank) <= (?, ?)`,
    ).get(host, pid, SEEN, at.ms, at.rank)
  return found === undefined || found.kind === 'end' ? null : { executable: found.executable, name: found.name }
}

function same(a: Program | null, b: Program | null): boolean {
  return a?.executable === b?.executable && a?.name === b?.name
}

/**
 * Takes down what a stored event tells of pids, and queues the children that it concerns: the event itself when its parent
 * has to be looked up, and the children of each pid it tells something new of. Runs in the transaction that stores the event.
 */
export function noteLineage(db: Database, host: number, event: { readonly id: number; readonly ts: number }, lineage: PreparedLineage, importId: number): void {
  for (const told of lineage.told) {
    const range = told.kind === 'seen' ? noteSeen(db, host, event.ts, told) : noteBoundary(db, host, event.ts, told)
    if (range !== null) enqueue(db, host, told.pid, range.from, range.to, importId)
  }
  if (lineage.parentPid === null) return
  prepared(db, 'INSERT INTO parented_event (host, parent_pid, ts, event_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING').run(host, lineage.parentPid, event.ts, event.id)
  enqueue(db, host, lineage.parentPid, event.ts, event.ts, importId)
}

function textOf({ executable, name }: Program): string {
  return `${executable ?? ''}\u0000${name ?? ''}`
}

interface Range {
  readonly from: number
  readonly to: number
}

/** The time for which the answer about the pid changed: until the next boundary, and not at all when it said the same before. */
function noteBoundary(db: Database, host: number, ts: number, told: ToldProcess): Range | null {
  const before = programOf(db, host, told.pid, { ms: ts, rank: told.rank })
  const next = prepared<[number, number, number, number, number], number>(
    db,
    'SELECT ts FROM known_process WHERE host = ? AND pid = ? AND boundary = ? AND (ts, rank) > (?, ?) ORDER BY ts, rank LIMIT 1',
    'values',
  ).get(host, told.pid, BOUNDARY, ts, told.rank)
  insert(db, host, BOUNDARY, ts, told)
  const after = programOf(db, host, told.pid, { ms: ts, rank: told.rank })
  // What was only seen later than this no longer counts after it: the answer there may change although it is the same here.
  const seen = prepared<[number, number, number, number, number], number>(
    db,
    'SELECT 1 FROM known_process WHERE host = ? AND pid = ? AND boundary = ? AND (ts, rank) > (?, ?)',
    'values',
  ).get(host, told.pid, SEEN, ts, told.rank)
  if (same(before, after) && seen === undefined) return null
  return { from: ts, to: next ?? FOREVER }
}

/** Only the earliest sight of a pid is kept; it answers until the pid's first boundary. */
function noteSeen(db: Database, host: number, ts: number, told: ToldProcess): Range | null {
  const known = prepared<[number, number, number], Row>(db, `SELECT ${COLUMNS} FROM known_process WHERE host = ? AND pid = ? AND boundary = ?`).get(host, told.pid, SEEN)
  if (known !== undefined && (known.ts < ts || (known.ts === ts && (known.rank < told.rank || (known.rank === told.rank && textOf(known) <= textOf(told)))))) return null
  prepared(db, 'DELETE FROM known_process WHERE host = ? AND pid = ? AND boundary = ?').run(host, told.pid, SEEN)
  insert(db, host, SEEN, ts, told)
  const boundary = prepared<[number, number, number], number>(
    db,
    'SELECT ts FROM known_process WHERE host = ? AND pid = ? AND boundary = ? ORDER BY ts, rank LIMIT 1',
    'values',
  ).get(host, told.pid, BOUNDARY)
  if (boundary !== undefined && boundary < ts) return null
  return { from: ts, to: boundary ?? FOREVER }
}

function insert(db: Database, host: number, boundary: number, ts: number, told: ToldProcess): void {
  prepared(
    db,
    // Two records of one serial contradict each other: which of them counts must not depend on which came first.
    `INSERT INTO known_process (host, pid, boundary, ts, rank, kind, executable, name) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET kind = excluded.kind, executable = excluded.executable, name = excluded.name
     WHERE (excluded.kind, coalesce(excluded.executable, ''), coalesce(excluded.name, '')) < (kind, coalesce(executable, ''), coalesce(name, ''))`,
  ).run(host, told.pid, boundary, ts, told.rank, told.kind, told.executable, told.name)
}

function enqueue(db: Database, host: number, pid: number, from: number, to: number, importId: number): void {
  prepared(
    db,
    `INSERT INTO enrich_queue (host, pid, from_ts, to_ts, import_id) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (host, pid) DO UPDATE SET from_ts = min(from_ts, excluded.from_ts), to_ts = max(to_ts, excluded.to_ts),
     version = version + 1, import_id = excluded.import_id`,
  ).run(host, pid, from, to, importId)
}
