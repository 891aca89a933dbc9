import { readField, readText, type EcsEvent } from '@/lib/ecs/event'
import { parseTimestamp, type Timestamp } from '@/lib/ecs/timestamp'
import { LIMITS } from '@/lib/limits'
import { readNumber, type Observation, type Phase } from './observe'
import { terminalName } from './terminal'

/** What one record says of one process: of its own, or of a relation of its own (its parent, a leader). */
export interface Fact {
  readonly weight: number
  readonly pid: number | null
  readonly name: string | null
  readonly executable: string | null
  readonly commandLine: string | null
  readonly workingDirectory: string | null
  readonly user: string | null
  readonly userId: string | null
  /** undefined: the record would not say. */
  readonly tty: string | null | undefined
  readonly interactive: boolean | null
  readonly startedAt: string | null
  readonly started: Timestamp | null
  readonly entryType: string | null
  readonly entrySourceIp: string | null
}

/** Lower is believed first: what a process was at its exec is what it is shown as. */
const WEIGHTS: Readonly<Record<Phase, number>> = { exec: 0, running: 1, fork: 2, update: 3, end: 4, network: 7 }
const PARENT_WEIGHT = 5
const LEADER_WEIGHT = 6

export const LEADERS = ['group_leader', 'session_leader', 'entry_leader'] as const

function text(event: EcsEvent, field: string): string | null {
  const value = readText(event, field)
  if (value === undefined || value === '') return null
  return value.length > LIMITS.treeText ? `${value.slice(0, LIMITS.treeText)}…` : value
}

function commandLine(event: EcsEvent, at: string): string | null {
  const whole = text(event, `${at}.command_line`)
  if (whole !== null) return whole
  const args = readField(event, `${at}.args`)
  if (!Array.isArray(args) || args.length === 0) return null
  let joined = ''
  for (const arg of args) {
    if (typeof arg !== 'string' && typeof arg !== 'number') continue
    joined += joined === '' ? String(arg) : ` ${arg}`
    if (joined.length > LIMITS.treeText) return `${joined.slice(0, LIMITS.treeText)}…`
  }
  return joined === '' ? null : joined
}

function flag(event: EcsEvent, field: string): boolean | null {
  const value = readText(event, field)
  return value === 'true' ? true : value === 'false' ? false : null
}

function terminal(event: EcsEvent, at: string): string | null {
  const major = readNumber(event, `${at}.tty.char_device.major`)
  const minor = readNumber(event, `${at}.tty.char_device.minor`)
  if (major !== null && minor !== null) return major === 0 && minor === 0 ? null : terminalName(major, minor)
  // Some sources name the device instead.
  const name = text(event, `${at}.tty`)
  return name === null || name === '(none)' ? null : name.replace(/^\/dev\//, '')
}

function read(event: EcsEvent, at: string, weight: number, tellsTerminal: boolean): Fact {
  const startedAt = text(event, `${at}.start`)
  const executable = text(event, `${at}.executable`)
  const tty = terminal(event, at)
  return {
    weight,
    pid: readNumber(event, `${at}.pid`),
    name: text(event, `${at}.name`) ?? (executable === null ? null : executable.slice(executable.lastIndexOf('/') + 1)),
    executable,
    commandLine: commandLine(event, at),
    workingDirectory: text(event, `${at}.working_directory`),
    user: text(event, `${at}.user.name`) ?? text(event, `${at}.user.id`),
    userId: text(event, `${at}.user.id`),
    tty: tty ?? (tellsTerminal ? null : undefined),
    interactive: flag(event, `${at}.interactive`),
    startedAt,
    started: parseTimestamp(startedAt),
    entryType: null,
    entrySourceIp: null,
  }
}

/** What a record says of its own process. */
export function ownFact(o: Observation): Fact {
  const { event } = o
  const weight = Math.min(...o.phases.map((phase) => WEIGHTS[phase]))
  // A record of a process tells its terminal if there is one; a record of a connection never does.
  const fact = read(event, 'process', weight, weight < WEIGHTS.network)
  const begins = o.phases.some((phase) => phase === 'exec' || phase === 'fork')
  return {
    ...fact,
    user: fact.user ?? text(event, 'user.name') ?? text(event, 'user.id'),
    userId: fact.userId ?? text(event, 'user.id'),
    startedAt: fact.startedAt ?? (begins ? o.atText : null),
    started: fact.started ?? (begins ? o.at : null),
    entryType: text(event, 'process.entry_leader.entry_meta.type'),
    entrySourceIp: text(event, 'process.entry_leader.entry_meta.source.ip'),
  }
}

/** What a record says of its process's parent or leader. */
export function relationFact(event: EcsEvent, relation: 'parent' | (typeof LEADERS)[number]): Fact {
  return read(event, `process.${relation}`, relation === 'parent' ? PARENT_WEIGHT : LEADER_WEIGHT, readText(event, `process.${relation}.interactive`) !== undefined)
}
