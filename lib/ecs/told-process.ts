/**
 * What a record tells of pids: what began, ran and ended under them, for the records that name processes by pid alone. Pure.
 */
import type { EcsEvent } from './event'
import { readField, readText, readValues } from './event'
import { isBarePid } from './process-id'
import { parseTimestamp } from './timestamp'

/** A program as the records of its process tell it. */
export interface Program {
  readonly executable: string | null
  readonly name: string | null
}

/** A moment in the records of a host: milliseconds, and the order within one. */
export interface Moment {
  readonly ms: number
  readonly rank: number
}

export function isEarlier(a: Moment, b: Moment): boolean {
  return a.ms < b.ms || (a.ms === b.ms && a.rank < b.rank)
}

/** A parent as a record names it. */
export interface ToldParent extends Program {
  readonly pid: number | null
  readonly entityId: string | null
}

/** `fork`, `start` and `end` bound a life, `exec` changes what runs in it, `seen` only says what it was. */
export interface ToldProcess extends Program, Moment {
  readonly pid: number
  readonly kind: 'exec' | 'fork' | 'start' | 'end' | 'seen'
  /** The sensor's own id. */
  readonly entityId: string | null
  readonly parent: ToldParent | null
}

/** Above every sequence in use: a record without one counts as the last of its millisecond. */
export const LAST_RANK = 2 ** 52
/** A fork's rank lies below every other. */
const FORK_RANK = 2 ** 50
const END_RANK = -(2 ** 51)
const START_RANK = END_RANK + 1
/** Windows gives pids up to 32 bits, Linux to 22. */
const MAX_PID = 0xffff_ffff
/** Sensors compute start times from the boot time and clock ticks, and disagree by so much. */
export const START_TOLERANCE_MS = 1_500

const EXECS: readonly unknown[] = ['exec', 'executed', 'process_started']
const RUNNING: readonly unknown[] = ['already_running', 'existing_process']

/** A pid that can be looked up: of several values none is meant, and 0 is the kernel. */
export function readPid(event: EcsEvent, field: string): number | null {
  const value = readField(event, field)
  const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  const pid = typeof only === 'number' ? only : typeof only === 'string' && /^\d{1,10}$/.test(only) ? Number(only) : 0
  return Number.isInteger(pid) && pid > 0 && pid <= MAX_PID ? pid : null
}

function readSequence(event: EcsEvent): number | null {
  const text = readText(event, 'event.sequence')
  if (text === undefined || !/^\d{1,15}$/.test(text)) return null
  return Math.min(Number(text), LAST_RANK - 1)
}

/** When the event happened, among what is told of its host. */
export function momentOf(event: EcsEvent): Moment {
  return { ms: parseTimestamp(readText(event, '@timestamp'))?.ms ?? 0, rank: readSequence(event) ?? LAST_RANK }
}

/** A start time that is not after the event, as `process.start` and `process.parent.start` give it. */
export function readStart(event: EcsEvent, field: string, at: Moment): number | null {
  const ms = parseTimestamp(readText(event, field))?.ms
  return ms === undefined || ms < 0 || ms > at.ms + START_TOLERANCE_MS ? null : ms
}

export function programAt(event: EcsEvent, prefix: string): Program {
  return { executable: readText(event, `${prefix}.executable`) ?? null, name: readText(event, `${prefix}.name`) ?? null }
}

/** The id that a sensor gave a process; what stands for a bare pid is none. */
export function givenEntityId(event: EcsEvent, prefix: string, pid: number | null): string | null {
  const id = readText(event, `${prefix}.entity_id`)
  return id === undefined || id === '' || isBarePid(id, readText(event, 'host.id') ?? '', pid) ? null : id
}

export function parentOf(event: EcsEvent): ToldParent | null {
  const pid = readPid(event, 'process.parent.pid')
  const entityId = givenEntityId(event, 'process.parent', pid)
  const program = programAt(event, 'process.parent')
  return pid === null && entityId === null && program.executable === null && program.name === null ? null : { pid, entityId, ...program }
}

/** What an event says happened to its process. */
export interface Phases {
  readonly fork: boolean
  readonly exec: boolean
  readonly running: boolean
  readonly end: boolean
}

const NONE: Phases = { fork: false, exec: false, running: false, end: false }

export function phasesOf(event: EcsEvent): Phases {
  if (!readValues(event, 'event.category').includes('process')) return NONE
  const actions = readValues(event, 'event.action')
  const types = readValues(event, 'event.type')
  const fork = actions.includes('fork')
  const running = actions.some((action) => RUNNING.includes(action))
  const exec = actions.some((action) => EXECS.includes(action)) || (types.includes('start') && !fork && !running)
  return { fork, exec, running, end: actions.includes('end') || types.includes('end') }
}

/**
 * What a record tells of pids. The clock of a fork is when the call was entered, before anything its child did, but in the same
 * millisecond its serial may come after the child's, so it ranks in front. An end counts from the millisecond after it: the
 * records of its own millisecond are still of the process that ends.
 */
export function toldProcesses(event: EcsEvent): readonly ToldProcess[] {
  const pid = readPid(event, 'process.pid')
  if (pid === null) return []
  const ms = momentOf(event).ms
  const rank = readSequence(event) ?? 0
  const entityId = givenEntityId(event, 'process', pid)
  const program = programAt(event, 'process')
  const { fork, exec, running, end } = phasesOf(event)
  const told: ToldProcess[] = []
  const parent = parentOf(event)
  const self = { pid, entityId, parent, ...program }
  if (fork) told.push({ ...self, kind: 'fork', ms, rank: rank - FORK_RANK })
  if (exec) told.push({ ...self, kind: 'exec', ms, rank })
  const start = exec || running ? readStart(event, 'process.start', { ms, rank }) : null
  if (start !== null) told.push({ ...self, kind: 'start', ms: Math.min(start, ms), rank: START_RANK })
  else if (running) told.push({ ...self, kind: 'start', ms, rank: START_RANK })
  if (end) told.push({ pid, kind: 'end', ms: ms + 1, rank: END_RANK, entityId: null, parent: null, executable: null, name: null })
  // Whoever gives ids tells of each process when it starts; of the others every record helps.
  if (entityId !== null) return told
  const seen = { kind: 'seen', ms, rank, entityId: null, parent: null } as const
  if (!fork && !exec && !running && program.executable !== null) told.push({ ...seen, pid, ...program })
  if (fork && parent !== null && parent.pid !== null && parent.entityId === null && parent.executable !== null) {
    told.push({ ...seen, pid: parent.pid, executable: parent.executable, name: parent.name })
  }
  return told
}
