/** What the editor is filled in with from an alert: the record that asked, and what tells it from others. Pure. */
import type { EcsEvent } from '@/lib/ecs/event'
import { readText } from '@/lib/ecs/event'
import { IMDS_PATH_LABELS, imdsFacts } from '@/lib/ecs/imds'
import { escapePattern } from '@/lib/lang/escaped-wildcard'
import { isGenericProgram } from './generic-programs'
import { ignoresCaseByDefault } from './schema'
import type { DraftRecord, ExceptionEntry } from './schema'

const NAME_LENGTH = 200
/** The longest value of a condition. */
const VALUE_LENGTH = 32_766
/** A command that carries one differs from run to run, and an exception is no place to keep it. */
const SECRET = /token|authorization|password|secret/i

type Sourced = Pick<DraftRecord, 'role' | 'stage' | 'event' | 'isAsked'>

/**
 * The record of the program that asked: the exec whose command names the metadata service, else the exec of the process that
 * connected to it, else any record of that process. Without either, the first record of the rule's first stage: a shell that
 * stands before it belongs to the story alone.
 */
export function recordThatAsked<T extends Sourced>(linked: readonly T[]): T | undefined {
  // What is filled in must hold something back, so what an exception is not asked about is no choice.
  const records = linked.filter(({ isAsked }) => isAsked)
  const execs = records.filter(({ role }) => role === 'exec')
  const named = execs.find(({ event }) => imdsFacts(event) !== null)
  if (named) return named
  const connection = records.find(({ role, event }) => role !== 'exec' && imdsFacts(event) !== null)
  const process = connection && processOf(connection.event)
  const own = process === undefined ? undefined : execs.find(({ event }) => processOf(event) === process)
  return own ?? connection ?? records.find(({ stage }) => stage === 0) ?? records[0]
}

function processOf(event: EcsEvent): string | undefined {
  return readText(event, 'process.entity_id') ?? readText(event, 'process.pid')
}

/**
 * Conditions that one record meets: what ran, what ran it, and where those two say little, as a shell or `curl` run by a
 * shell does, its command as well.
 */
export function prefilledEntries(event: EcsEvent): readonly ExceptionEntry[] {
  const program = equals(event, 'process.executable') ?? equals(event, 'process.name')
  const parent = equals(event, 'process.parent.executable') ?? equals(event, 'process.parent.name')
  const isNarrow = program !== null && !isGenericProgram(program.value) && parent !== null && !isGenericProgram(parent.value)
  return [program, parent, isNarrow ? null : commandOf(event)].flatMap((entry) => entry ?? [])
}

type Match = Extract<ExceptionEntry, { type: 'match' }>

function equals(event: EcsEvent, field: string): Match | null {
  const value = readText(event, field)
  if (value === undefined || value === '' || value.length > VALUE_LENGTH) return null
  return { type: 'match', field, operator: 'included', value, case_insensitive: ignoresCaseByDefault(field) }
}

/** The command as it stands, or what it asked for where it carries a secret. */
function commandOf(event: EcsEvent): ExceptionEntry | null {
  const command = equals(event, 'process.command_line')
  if (command === null || !SECRET.test(command.value)) return command
  const path = imdsFacts(event)?.path
  const at = path === undefined || path === null || path.length < 2 ? -1 : command.value.indexOf(path)
  if (at < 0 || path === undefined || path === null) return null
  // Ended, so that a path does not let through what lies below it.
  const next = command.value.charAt(at + path.length)
  const value = next === '' ? `*${escapePattern(path)}` : `*${escapePattern(path + next)}*`
  return SECRET.test(value) ? null : { ...command, type: 'wildcard', value }
}

/** `curl run by bash (credentials)`: what for stands there when the programs alone do not tell. */
export function nameOf(event: EcsEvent): string {
  const name = readText(event, 'process.name') ?? readText(event, 'process.executable')
  if (name === undefined) return ''
  const parent = readText(event, 'process.parent.name') ?? readText(event, 'process.parent.executable')
  const asked = imdsFacts(event)?.pathClass ?? null
  const tells = parent !== undefined && !isGenericProgram(parent) && !isGenericProgram(name)
  const what = tells || asked === null ? '' : ` (${IMDS_PATH_LABELS[asked].toLowerCase()})`
  return `${parent === undefined ? name : `${name} run by ${parent}`}${what}`.slice(0, NAME_LENGTH)
}
