import type { AlertEvent } from '@/lib/alerts/schema'
import { originsOf } from '@/lib/ecs/enriched'
import type { EcsEvent } from '@/lib/ecs/event'
import { readText } from '@/lib/ecs/event'
import { terminalName } from '@/lib/process-tree'

function socket(event: EcsEvent, side: 'source' | 'destination'): string | undefined {
  const ip = readText(event, `${side}.ip`) ?? readText(event, `${side}.address`)
  if (ip === undefined) return undefined
  const port = readText(event, `${side}.port`)
  if (port === undefined) return ip
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}

function numbered(text: string | undefined, number: string | undefined, word: string): string | undefined {
  if (number === undefined) return text
  return text === undefined ? `${word} ${number}` : `${text} (${word} ${number})`
}

/** A fact of a record. `id` marks what is compared and copied rather than read. */
export interface RecordFact {
  readonly field: string
  readonly label: string
  readonly value: string
  readonly kind: 'text' | 'command' | 'id'
  /** Where it was taken from, when the record itself does not say it. */
  readonly origin: string | null
}

/** Fields beside its own that a fact is made of. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  'process.executable': ['process.executable', 'process.name'],
  'process.parent.executable': ['process.parent.executable', 'process.parent.name', 'process.parent.pid'],
}

/** The facts an analyst reads first in a record, those that it has, in the order they are asked. */
export function recordFacts({ event, role }: Pick<AlertEvent, 'event' | 'role'>): readonly RecordFact[] {
  const text = (field: string) => readText(event, field)
  const process = numbered(text('process.executable') ?? text('process.name'), text('process.pid'), 'pid')
  const parent = numbered(text('process.parent.executable') ?? text('process.parent.name'), text('process.parent.pid'), 'pid')
  const major = text('process.tty.char_device.major')
  const minor = text('process.tty.char_device.minor')
  const terminal = major !== undefined && minor !== undefined && major !== '0' ? terminalName(Number(major), Number(minor)) : undefined
  const user = numbered(text('user.name') ?? text('process.user.name'), text('user.id') ?? text('process.user.id'), 'uid')
  const facts: ReadonlyArray<readonly [field: string, label: string, value: string | undefined, kind?: RecordFact['kind']]> = [
    ...(role === 'network'
      ? ([
          ['destination.ip', 'Destination', socket(event, 'destination')],
          ['destination.domain', 'Name', text('destination.domain') ?? text('dns.question.name')],
          ['source.ip', 'From', socket(event, 'source')],
          ['network.transport', 'Transport', text('network.transport')],
          ['source.bytes', 'Bytes sent', text('source.bytes')],
          ['destination.bytes', 'Bytes received', text('destination.bytes')],
        ] as const)
      : []),
    ['process.executable', 'Program', process],
    ['process.working_directory', 'Working directory', text('process.working_directory')],
    ['process.parent.executable', 'Started by', parent],
    ['process.parent.command_line', 'Parent’s command', text('process.parent.command_line'), 'command'],
    ['user.name', 'User', user],
    ['process.tty.char_device.major', 'Terminal', terminal ?? (role === 'exec' && text('process.interactive') === 'false' ? 'none' : undefined)],
    ['process.hash.sha256', 'SHA-256', text('process.hash.sha256'), 'id'],
    ['container.id', 'Container', text('container.name') ?? text('container.id')],
    ['process.entity_id', 'Entity id', text('process.entity_id'), 'id'],
  ]
  const origins = originsOf(event)
  const originOf = (field: string): string | null => (PARTS[field] ?? [field]).map((part) => origins.get(part)).find((origin) => origin !== undefined) ?? null
  return facts.flatMap(([field, label, value, kind = 'text']) => (value === undefined ? [] : [{ field, label, value, kind, origin: originOf(field) }]))
}
