/**
 * What a record of a source without entity ids leaves out and other records of its host tell: what its parent ran. Pure; who
 * knows is asked through a function, so that detection, pages and exports see the same event.
 */
import type { EcsEvent } from './event'
import { readField, readText, readValues } from './event'
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

/** What a pid of a host ran at a moment, null when nothing tells. */
export type ProgramLookup = (hostId: string, pid: number, at: Moment) => Program | null

/** `exec`, `fork` and `end` change what a pid is; `seen` only says what it was. */
export interface ToldProcess extends Program {
  readonly pid: number
  readonly kind: 'exec' | 'fork' | 'end' | 'seen'
  readonly rank: number
}

/** More than any serial in use, so that a fork's rank lies below every other. */
const FORK_RANK = 2 ** 50

function number(event: EcsEvent, field: string): number | null {
  const value = readField(event, field)
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

function momentOf(event: EcsEvent): Moment {
  return { ms: parseTimestamp(readField(event, '@timestamp'))?.ms ?? 0, rank: number(event, 'event.sequence') ?? 0 }
}

function programAt(event: EcsEvent, prefix: string): Program {
  return { executable: readText(event, `${prefix}.executable`) ?? null, name: readText(event, `${prefix}.name`) ?? null }
}

/** The pid of the parent when the record names it and does not say what it ran. */
export function unknownParent(event: EcsEvent): number | null {
  return readField(event, 'process.parent.executable') === undefined ? number(event, 'process.parent.pid') : null
}

/** The event with its parent's program, as far as it is known. */
export function enrich(event: EcsEvent, lookup: ProgramLookup): EcsEvent {
  const pid = unknownParent(event)
  const hostId = readText(event, 'host.id')
  if (pid === null || hostId === undefined) return event
  const found = lookup(hostId, pid, momentOf(event))
  if (found === null) return event
  const process = readField(event, 'process') as Record<string, unknown>
  const parent = {
    ...(process['parent'] as Record<string, unknown>),
    ...(found.executable === null ? {} : { executable: found.executable }),
    ...(found.name === null ? {} : { name: found.name }),
  }
  return { ...event, process: { ...process, parent } }
}

/**
 * What a record tells of pids, for the lookups of others. The clock of a call is when it was entered: a fork's is before
 * anything its child did, but in the same millisecond its serial may come after the child's, so it ranks in front.
 */
export function toldProcesses(event: EcsEvent): readonly ToldProcess[] {
  const pid = number(event, 'process.pid')
  if (pid === null) return []
  const { rank } = momentOf(event)
  const program = programAt(event, 'process')
  const actions = readValues(event, 'event.action')
  if (actions.includes('exec')) return [{ pid, kind: 'exec', rank, ...program }]
  if (actions.includes('end')) return [{ pid, kind: 'end', rank, executable: null, name: null }]
  if (program.executable === null) return []
  if (!actions.includes('fork')) return [{ pid, kind: 'seen', rank, ...program }]
  const parent = number(event, 'process.parent.pid')
  const child: ToldProcess = { pid, kind: 'fork', rank: rank - FORK_RANK, ...program }
  return parent === null ? [child] : [child, { pid: parent, kind: 'seen', rank, ...programAt(event, 'process.parent') }]
}
