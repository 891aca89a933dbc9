/**
 * What a record tells of pids: what began, ran and ended under them, for the records that name processes by pid alone. Pure.
 */
import type { EcsEvent } from './event'
import { fieldReader, readField, readText, textOf } from './event'
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
  return pidIn(readField(event, field))
}

function pidIn(value: unknown): number | null {
  const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  const pid = typeof only === 'number' ? only : typeof only === 'string' && /^\d{1,10}$/.test(only) ? Number(only) : 0
  return Number.isInteger(pid) && pid > 0 && pid <= MAX_PID ? pid : null
}

function sequenceIn(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return null
  return Math.min(Number(text), LAST_RANK - 1)
}

/** When the event happened, among what is told of its host. */
export function momentOf(event: EcsEvent): Moment {
  return { ms: parseTimestamp(readText(event, '@timestamp'))?.ms ?? 0, rank: sequenceIn(readText(event, 'event.sequence')) ?? LAST_RANK }
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
  return givenId(readText(event, `${prefix}.entity_id`), readText(event, 'host.id'), pid)
}

function givenId(id: string | undefined, hostId: string | undefined, pid: number | null): string | null {
  return id === undefined || id === '' || isBarePid(id, hostId ?? '', pid) ? null : id
}

export function parentOf(event: EcsEvent): ToldParent | null {
  const parent = processAt(event, PARENT, readText(event, 'host.id'))
  return isTold(parent) ? parent : null
}

function isTold({ pid, entityId, executable, name }: ToldParent): boolean {
  return pid !== null || entityId !== null || executable !== null || name !== null
}

/** What an event says happened to its process. */
export interface Phases {
  readonly fork: boolean
  readonly exec: boolean
  readonly running: boolean
  readonly end: boolean
}

const NONE: Phases = { fork: false, exec: false, running: false, end: false }

function valuesIn(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return NOTHING
  return Array.isArray(value) ? value.filter((v) => v !== null && v !== undefined) : [value]
}

const NOTHING: readonly unknown[] = []

function phasesIn(actions: readonly unknown[], types: readonly unknown[]): Phases {
  const fork = actions.includes('fork')
  const running = actions.some((action) => RUNNING.includes(action))
  const exec = actions.some((action) => EXECS.includes(action)) || (types.includes('start') && !fork && !running)
  return { fork, exec, running, end: actions.includes('end') || types.includes('end') }
}

/** What a record says of its process, read once for all that is asked of it. */
export interface ProcessFacts {
  readonly hostId: string | undefined
  readonly categories: readonly unknown[]
  readonly phases: Phases
  readonly pid: number | null
  readonly entityId: string | null
  readonly program: Program
  readonly parent: ToldParent
  readonly ms: number
  readonly sequence: number | null
}

const readHost = fieldReader('host.id')
const readCategory = fieldReader('event.category')
const readAction = fieldReader('event.action')
const readType = fieldReader('event.type')
const readTime = fieldReader('@timestamp')
const readNumber = fieldReader('event.sequence')
const OWN = readersOf('process')
const PARENT = readersOf('process.parent')

type ProcessReaders = Readonly<Record<'pid' | 'entityId' | 'executable' | 'name', ReturnType<typeof fieldReader>>>

function readersOf(prefix: string): ProcessReaders {
  return { pid: fieldReader(`${prefix}.pid`), entityId: fieldReader(`${prefix}.entity_id`), executable: fieldReader(`${prefix}.executable`), name: fieldReader(`${prefix}.name`) }
}

function processAt(event: EcsEvent, readers: ProcessReaders, hostId: string | undefined): ToldParent {
  const pid = pidIn(readers.pid(event))
  return { pid, entityId: givenId(textOf(readers.entityId(event)), hostId, pid), executable: textOf(readers.executable(event)) ?? null, name: textOf(readers.name(event)) ?? null }
}

export function processFacts(event: EcsEvent): ProcessFacts {
  const hostId = textOf(readHost(event))
  const categories = valuesIn(readCategory(event))
  const own = processAt(event, OWN, hostId)
  return {
    hostId,
    categories,
    phases: categories.includes('process') ? phasesIn(valuesIn(readAction(event)), valuesIn(readType(event))) : NONE,
    pid: own.pid,
    entityId: own.entityId,
    program: { executable: own.executable, name: own.name },
    parent: processAt(event, PARENT, hostId),
    ms: parseTimestamp(textOf(readTime(event)))?.ms ?? 0,
    sequence: sequenceIn(textOf(readNumber(event))),
  }
}

/**
 * What a record tells of pids. The clock of a fork is when the call was entered, before anything its child did, but in the same
 * millisecond its serial may come after the child's, so it ranks in front. An end counts from the millisecond after it: the
 * records of its own millisecond are still of the process that ends.
 */
export function toldProcesses(event: EcsEvent, facts: ProcessFacts = processFacts(event)): readonly ToldProcess[] {
  const { pid, ms, entityId, program } = facts
  if (pid === null) return []
  const rank = facts.sequence ?? 0
  const { fork, exec, running, end } = facts.phases
  const told: ToldProcess[] = []
  const parent = isTold(facts.parent) ? facts.parent : null
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
