import type { KnownRecord } from '@/lib/ecs/enrich'
import { readStored } from '@/lib/ecs/normalizers/registry'
import { givenEntityId, parentOf, programAt, readPid } from '@/lib/ecs/told-process'
import type { Program, ToldParent } from '@/lib/ecs/told-process'
import { LIMITS } from '@/lib/limits'
import type { StoredEvent } from './event-reader'
import { entityKey } from './hash'
import { knownRecord } from './known-processes'
import type { RecordColumns } from './known-processes'
import type { Database } from './open'
import { prepared } from './prepared'
import { fromEventsOf } from './process-index'

/** A process whose start is looked for. */
export interface Sought {
  readonly entity: number
  readonly host: number
  readonly entity_id: string
}

/** One that waits in the queue. */
export interface QueuedStart extends Sought {
  /** The bytes of `entity_id`: a text that is no UTF-8 is told by them alone. */
  readonly hex: string
  readonly version: number
  readonly import_id: number | null
  /** A record came; otherwise an event began to wait, and that is tested in any case. */
  readonly late: number
}

/** What the record of a process's start tells. */
export interface FoundStart {
  readonly grade: number
  readonly ts: number
  readonly rank: number
  readonly program: Program
  readonly parent: ToldParent
  readonly eventId: number
}

/** Who opens stored records. */
interface Opener {
  byIds(ids: readonly number[]): readonly StoredEvent[]
}

/** A record that may tell how a process began. */
interface Candidate {
  readonly entity: number
  readonly host: number
  readonly id: number
  readonly grade: number
}

/** Processes looked up in one statement. */
const TOGETHER = 100

/** How good a record is that tells how a process began, best first. */
const GRADES = ['exec', 'fork', 'process'] as const

/**
 * Finds the records that tell how processes began: of those stored by now its exec, else its fork, else any other process
 * record that names a parent; of several the earliest. So the answer does not depend on the order in which they came.
 */
export function lookForStarts(db: Database, events: Opener, sought: readonly Sought[]): readonly (FoundStart | null)[] {
  const term = (text: string): number => prepared<[string], number>(db, 'SELECT id FROM term WHERE text = ?', 'values').get(text) ?? -1
  const [exec, fork, process] = [term('exec'), term('fork'), term('process')]
  const candidates = new Map<string, Candidate[]>()
  const keys = [...new Set(sought.map(({ entity }) => entity))]
  for (let at = 0; at < keys.length; at += TOGETHER) {
    const part = keys.slice(at, at + TOGETHER)
    // One statement for any number: a key that is asked for twice is found once.
    const padded = keys.length === 1 ? part : [...part, ...Array.from({ length: TOGETHER - part.length }, () => part[0] ?? 0)]
    const rows = prepared<number[], Candidate>(
      db,
      `SELECT * FROM (
         SELECT entity, host, id, grade, row_number() OVER (PARTITION BY entity, host ORDER BY grade, ts, ts_ns, sequence, identity) AS place FROM (
           SELECT e.entity, e.host, e.id, e.ts, e.ts_ns, e.sequence, e.identity, CASE e.action WHEN ? THEN 0 WHEN ? THEN 1 ELSE 2 END AS grade
           ${fromEventsOf('entity', padded.length)} WHERE e.category = ?)
       ) WHERE place <= ? ORDER BY place`,
    ).all(exec, fork, ...padded, process, LIMITS.enrichRecords)
    for (const row of rows) {
      const key = `${row.entity} ${row.host}`
      const of = candidates.get(key)
      if (of) of.push(row)
      else candidates.set(key, [row])
    }
  }
  const rowsOf = ({ entity, host }: Sought): readonly Candidate[] => candidates.get(`${entity} ${host}`) ?? []
  // The best of each together: a block of records is opened once for all that are in it. Nearly always it is the one.
  const first = new Map(events.byIds(sought.flatMap((process) => rowsOf(process)[0]?.id ?? [])).map((stored) => [stored.id, stored]))
  return sought.map((process) => {
    for (const { id, grade } of rowsOf(process)) {
      const stored = first.get(id) ?? events.byIds([id])[0]
      const found = stored === undefined ? null : startIn(stored, process.entity_id, grade)
      if (found !== null) return found
    }
    return null
  })
}

function startIn(stored: StoredEvent, entityId: string, grade: number): FoundStart | null {
  const event = readStored(stored.format, stored.raw)
  // The index is over hashes, and has others under the id that was found for them.
  if (givenEntityId(event, 'process', readPid(event, 'process.pid')) !== entityId) return null
  const parent = parentOf(event)
  return parent === null ? null : { grade, ts: stored.ts, rank: stored.sequence ?? 0, program: programAt(event, 'process'), parent, eventId: stored.id }
}

interface StartRow extends RecordColumns {
  readonly lacks: number
  readonly grade: number | null
}

function rowOf(db: Database, { entity, host, entity_id: entityId }: Sought): StartRow | undefined {
  return prepared<[number, number, string], StartRow>(
    db,
    `SELECT lacks, grade, ts, rank, executable, name, parent_pid, parent_entity_id, parent_executable, parent_name, event_id FROM process_start
     WHERE entity = ? AND host = ? AND entity_id = ?`,
  ).get(entity, host, entityId)
}

/** The record with which a process of a host began: as it is kept for the events that wait for it, else as it is found now. */
export function findStart(db: Database, events: Opener, host: number, hostId: string, entityId: string): KnownRecord | null {
  const sought = { entity: entityKey(hostId, entityId), host, entity_id: entityId }
  const row = rowOf(db, sought)
  if (row !== undefined) return row.grade === null ? null : knownRecord(row, GRADES[row.grade] ?? 'process', entityId)
  const found = lookForStarts(db, events, [sought])[0] ?? null
  if (found === null) return null
  const { grade, ts: ms, rank, program, parent, eventId } = found
  return { kind: GRADES[grade] ?? 'process', entityId, ms, rank, ...program, parent, eventId }
}

/** Takes a process off the queue, unless more was queued for it since it was read. False when it did not leave. */
export function leaveQueue(db: Database, { entity, host, entity_id: entityId, version }: QueuedStart): boolean {
  return prepared(db, 'DELETE FROM start_queue WHERE entity = ? AND host = ? AND entity_id = ? AND version = ?').run(entity, host, entityId, version).changes > 0
}

/** Keeps what was found, in the transaction that takes the process off the queue. Answers what its events lack if that changed. */
export function keepStart(db: Database, queued: Sought, found: FoundStart | null): { readonly lacks: number } | null {
  const { entity, host, entity_id: entityId } = queued
  const row = rowOf(db, queued)
  if (row === undefined || (row.event_id === (found?.eventId ?? null) && row.grade === (found?.grade ?? null))) return null
  const parent = found?.parent ?? null
  prepared(
    db,
    `UPDATE process_start SET grade = ?, ts = ?, rank = ?, executable = ?, name = ?, parent_pid = ?, parent_entity_id = ?, parent_executable = ?, parent_name = ?, event_id = ?
     WHERE entity = ? AND host = ? AND entity_id = ?`,
  ).run(
    found?.grade ?? null,
    found?.ts ?? null,
    found?.rank ?? null,
    found?.program.executable ?? null,
    found?.program.name ?? null,
    parent?.pid ?? null,
    parent?.entityId ?? null,
    parent?.executable ?? null,
    parent?.name ?? null,
    found?.eventId ?? null,
    entity,
    host,
    entityId,
  )
  return { lacks: row.lacks }
}
