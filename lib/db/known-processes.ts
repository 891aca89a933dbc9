import { LACKS, asksForPids, asksForStart } from '@/lib/ecs/enrich'
import type { KnownPid, KnownRecord } from '@/lib/ecs/enrich'
import { isEarlier } from '@/lib/ecs/told-process'
import type { Moment, ToldProcess } from '@/lib/ecs/told-process'
import { LIMITS } from '@/lib/limits'
import type { PreparedLineage } from './event-batch'
import { entityKey } from './hash'
import type { Database } from './open'
import { prepared } from './prepared'

/** Of what was only seen the earliest is kept; execs change what runs in a life, forks, starts and ends bound it. */
const SEEN = 0
const EXEC = 1
const LIFE = 2
/** Later than any event. */
const FOREVER = Number.MAX_SAFE_INTEGER

const BOUNDARY: Readonly<Record<ToldProcess['kind'], number>> = { seen: SEEN, exec: EXEC, fork: LIFE, start: LIFE, end: LIFE }

/** Columns that `known_process` and `process_start` share. */
export interface RecordColumns {
  readonly ts: number
  readonly rank: number
  readonly executable: string | null
  readonly name: string | null
  readonly parent_pid: number | null
  readonly parent_entity_id: string | null
  readonly parent_executable: string | null
  readonly parent_name: string | null
  readonly event_id: number | null
}

interface Row extends RecordColumns {
  readonly kind: string
  readonly entity_id: string | null
}

const COLUMNS = 'ts, rank, kind, executable, name, entity_id, parent_pid, parent_entity_id, parent_executable, parent_name, event_id'

type Key = [host: number, pid: number, boundary: number]
type KeyAt = [...Key, ts: number, rank: number]

export function knownRecord(row: RecordColumns, kind: string, entityId: string | null): KnownRecord {
  const parent = { pid: row.parent_pid, entityId: row.parent_entity_id, executable: row.parent_executable, name: row.parent_name }
  const told = parent.pid !== null || parent.entityId !== null || parent.executable !== null || parent.name !== null
  return { kind, entityId, ms: row.ts, rank: row.rank, executable: row.executable, name: row.name, parent: told ? parent : null, eventId: row.event_id }
}

// Put together once: this is asked of every event that only has pids.
const LATEST = `SELECT ${COLUMNS} FROM known_process WHERE host = ? AND pid = ? AND boundary = ? AND (ts, rank) <= (?, ?) ORDER BY ts DESC, rank DESC LIMIT 1`
const OF_BOUNDARY = `SELECT ${COLUMNS} FROM known_process WHERE host = ? AND pid = ? AND boundary = ?`

function latest(db: Database, host: number, pid: number, boundary: number, at: Moment): KnownRecord | null {
  const row = prepared<KeyAt, Row>(db, LATEST).get(host, pid, boundary, at.ms, at.rank)
  return row === undefined ? null : knownRecord(row, row.kind, row.entity_id)
}

/** When the first exec or bound of a life after a moment was; null when there is none. */
function nextBoundary(db: Database, host: number, pid: number, boundaries: readonly number[], after: Moment): number | null {
  let next: number | null = null
  for (const boundary of boundaries) {
    const ts = prepared<KeyAt, number>(
      db,
      'SELECT ts FROM known_process WHERE host = ? AND pid = ? AND boundary = ? AND (ts, rank) > (?, ?) ORDER BY ts, rank LIMIT 1',
      'values',
    ).get(host, pid, boundary, after.ms, after.rank)
    if (ts !== undefined && (next === null || ts < next)) next = ts
  }
  return next
}

const EVER: Moment = { ms: -1, rank: 0 }

function earliestSeen(db: Database, host: number, pid: number): Row | undefined {
  return prepared<Key, Row>(db, OF_BOUNDARY).get(host, pid, SEEN)
}

/**
 * What is known of a pid of a host at a moment, from what records told in whatever order they came: the latest bound of a life
 * and the latest exec since. For a pid with neither, the first record that met it, before or after: nothing tells of
 * another process under that pid between the two.
 */
export function findPid(db: Database, host: number, pid: number, at: Moment): KnownPid {
  const life = latest(db, host, pid, LIFE, at)
  const latestExec = latest(db, host, pid, EXEC, at)
  // What a pid ran before this life says nothing of it.
  const exec = latestExec !== null && life !== null && isEarlier(latestExec, life) ? null : latestExec
  if (life !== null || exec !== null) return { life, exec, seen: null }
  const seen = earliestSeen(db, host, pid)
  if (seen === undefined) return { life, exec, seen: null }
  const next = nextBoundary(db, host, pid, [EXEC, LIFE], EVER)
  return { life, exec, seen: next !== null && next <= seen.ts ? null : knownRecord(seen, seen.kind, null) }
}

/**
 * Takes down that a stored event waits for what others tell and, where the events of its host ask for pids (`byPid`), what it
 * tells itself. Runs in the transaction that stores the event.
 */
export function noteLineage(db: Database, host: number, eventId: number, lineage: PreparedLineage, importId: number, byPid: boolean, seen: SeenPids): void {
  if (byPid) noteTold(db, host, eventId, lineage.told, importId, seen)
  const [first, second, ...more] = lineage.asked
  if (first !== undefined && second !== undefined) {
    // Nearly all ask for their own pid and for their parent's.
    prepared(db, 'INSERT INTO parented_event (host, parent_pid, ts, event_id) VALUES (?, ?, ?, ?), (?, ?, ?, ?) ON CONFLICT DO NOTHING').run(
      host,
      first.pid,
      first.ms,
      eventId,
      host,
      second.pid,
      second.ms,
      eventId,
    )
  } else if (first !== undefined) noteAsked(db, host, first.pid, first.ms, eventId)
  for (const { pid, ms } of more) noteAsked(db, host, pid, ms, eventId)
  if (lineage.lacking !== null && asksForStart(lineage.lacking)) noteWaiting(db, host, lineage.lacking.hostId, lineage.lacking.entityId ?? '', lineage.lacking.lacks, importId)
}

/** Whether records with ids of their own told of the pids of a host. */
export function idsAreTold(db: Database, host: number): boolean {
  return prepared<[number], number>(db, 'SELECT ids_told FROM host WHERE id = ?', 'values').get(host) === 1
}

/** Whether an event names its process and its parent by id and leaves out no more than what they ran. */
export function isProgramsOnly({ lacking }: PreparedLineage): boolean {
  return lacking !== null && (lacking.lacks & (LACKS.id | LACKS.parentId)) === 0 && lacking.entityId !== null
}

/** Whether a host's events ask for pids, so that everything told of its pids is to be taken down. */
export function isByPid(lineage: PreparedLineage): boolean {
  return lineage.lacking !== null && asksForPids(lineage.lacking)
}

/** That an event reads differently when more becomes known of a pid at a time. True when that was not noted before. */
export function noteAsked(db: Database, host: number, pid: number, ms: number, eventId: number): boolean {
  return prepared(db, 'INSERT INTO parented_event (host, parent_pid, ts, event_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING').run(host, pid, ms, eventId).changes > 0
}

/** One row a process, however many of its events wait. True when its start is to be looked for. */
export function noteWaiting(db: Database, host: number, hostId: string, entityId: string, lacks: number, importId: number | null): boolean {
  const entity = entityKey(hostId, entityId)
  const noted = prepared(
    db,
    `INSERT INTO process_start (entity, host, entity_id, lacks) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET lacks = lacks | excluded.lacks WHERE lacks | excluded.lacks <> lacks`,
  ).run(entity, host, entityId, lacks)
  if (noted.changes === 0) return false
  prepared(
    db,
    `INSERT INTO start_queue (entity, host, entity_id, import_id) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET version = version + 1, import_id = excluded.import_id`,
  ).run(entity, host, entityId, importId)
  return true
}

/**
 * Pids of a host of which it is known that they were met by some time: what is seen of them later tells nothing new, and need
 * not be looked up. Belongs to whoever knows that nothing was taken back meanwhile: not by a transaction that was rolled back,
 * by retention, or by another process.
 */
export class SeenPids {
  readonly #by = new Map<number, number>()

  isBefore(pid: number, ms: number): boolean {
    const by = this.#by.get(pid)
    return by !== undefined && by < ms
  }

  note(pid: number, ms: number): void {
    const by = this.#by.get(pid)
    if (by !== undefined && by <= ms) return
    if (this.#by.size >= LIMITS.seenPids) this.#by.clear()
    this.#by.set(pid, ms)
  }
}

/** Takes down what is told of pids and queues the events that it concerns. */
export function noteTold(db: Database, host: number, eventId: number, told: readonly ToldProcess[], importId: number | null, seen = new SeenPids()): void {
  for (const process of told) {
    if (process.kind === 'seen' && seen.isBefore(process.pid, process.ms)) continue
    if (process.entityId !== null || process.parent?.entityId != null) prepared(db, 'UPDATE host SET ids_told = true WHERE id = ? AND NOT ids_told').run(host)
    const range = process.kind === 'seen' ? noteSeen(db, host, eventId, process) : noteBoundary(db, host, eventId, process, seen)
    if (process.kind === 'seen') seen.note(process.pid, process.ms)
    if (range !== null) enqueue(db, host, process.pid, range.from, range.to, importId)
  }
}

interface Range {
  readonly from: number
  readonly to: number
}

/** The time for which the answer about the pid changed: until the next of its kind, and what was seen later no longer reaches back. */
function noteBoundary(db: Database, host: number, eventId: number, told: ToldProcess, known: SeenPids): Range | null {
  const boundary = BOUNDARY[told.kind]
  if (!insert(db, host, boundary, eventId, told)) return null
  // Records mostly come in the order of time: then nobody asked for the pid after this, and what follows need not be looked up.
  const asked = prepared<[number, number], number>(db, 'SELECT ts FROM parented_event WHERE host = ? AND parent_pid = ? ORDER BY ts DESC LIMIT 1', 'values').get(host, told.pid)
  if (asked === undefined || (asked < told.ms && known.isBefore(told.pid, told.ms))) return null
  const seen = earliestSeen(db, host, told.pid)
  const from = seen !== undefined && seen.ts >= told.ms ? 0 : told.ms
  if (asked < from) return null
  return { from, to: nextBoundary(db, host, told.pid, boundary === LIFE ? [LIFE] : [EXEC, LIFE], told) ?? FOREVER }
}

function textOf({ executable, name }: { readonly executable: string | null; readonly name: string | null }): string {
  return `${executable ?? ''}\u0000${name ?? ''}`
}

/** Only the earliest sight of a pid is kept; it answers until the pid's first boundary. */
function noteSeen(db: Database, host: number, eventId: number, told: ToldProcess): Range | null {
  const known = earliestSeen(db, host, told.pid)
  if (known !== undefined && (known.ts < told.ms || (known.ts === told.ms && (known.rank < told.rank || (known.rank === told.rank && textOf(known) <= textOf(told)))))) return null
  prepared(db, 'DELETE FROM known_process WHERE host = ? AND pid = ? AND boundary = ?').run(host, told.pid, SEEN)
  insert(db, host, SEEN, eventId, told)
  const boundary = nextBoundary(db, host, told.pid, [EXEC, LIFE], EVER)
  return boundary !== null && boundary <= told.ms ? null : { from: 0, to: boundary ?? FOREVER }
}

const CONTENT = ['kind', 'entity_id', 'executable', 'name', 'parent_entity_id', 'parent_executable', 'parent_name']
const contentOf = (row: string): string => `(${CONTENT.map((column) => `coalesce(${row}${column}, '')`).join(', ')}, coalesce(${row}parent_pid, 0))`

// Two records of one serial contradict each other: which of them counts must not depend on which came first.
const INSERT = `INSERT INTO known_process (host, pid, boundary, ts, rank, kind, executable, name, entity_id, parent_pid, parent_entity_id, parent_executable, parent_name, event_id)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET ${[...CONTENT, 'parent_pid', 'event_id'].map((column) => `${column} = excluded.${column}`).join(', ')}
  WHERE ${contentOf('excluded.')} < ${contentOf('')}`

/** False when that was known. */
function insert(db: Database, host: number, boundary: number, eventId: number, told: ToldProcess): boolean {
  const { parent } = told
  return (
    prepared(db, INSERT).run(
      host,
      told.pid,
      boundary,
      told.ms,
      told.rank,
      told.kind,
      told.executable,
      told.name,
      told.entityId,
      parent?.pid ?? null,
      parent?.entityId ?? null,
      parent?.executable ?? null,
      parent?.name ?? null,
      eventId,
    ).changes > 0
  )
}

/** Nothing is queued for what nobody waits for: an event that is stored later is tested then. */
function enqueue(db: Database, host: number, pid: number, from: number, to: number, importId: number | null): void {
  const waits = prepared<[number, number, number, number], number>(db, 'SELECT 1 FROM parented_event WHERE host = ? AND parent_pid = ? AND ts BETWEEN ? AND ? LIMIT 1', 'values')
  if (waits.get(host, pid, from, to) === undefined) return
  prepared(
    db,
    `INSERT INTO enrich_queue (host, pid, from_ts, to_ts, import_id) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (host, pid, from_ts) DO UPDATE SET to_ts = max(to_ts, excluded.to_ts),
     version = version + 1, import_id = excluded.import_id`,
  ).run(host, pid, from, to, importId)
}
