import type { EcsEvent } from '@/lib/ecs/event'
import { readText } from '@/lib/ecs/event'
import { LIMITS } from '@/lib/limits'
import type { SeclContext, SeclValue } from './context'
import { COLLECTED_EVENTS, EVENT_READERS, eventTypesOf } from './ecs-event'
import { PROCESS_READERS, describesProcess, nanoseconds } from './ecs-process'
import type { ProcessRecord } from './ecs-process'
import type { FieldReference } from './fields'

const ANCESTORS = 'process.ancestors'

export interface EventViewOptions {
  /** The records of the processes above the event's own, nearest first: each one's `process.*` is that process. */
  readonly ancestors?: readonly EcsEvent[]
  /** The exec record of the event's process: a network record rarely tells arguments, terminal and start itself. */
  readonly exec?: EcsEvent | null
  /** Values of variables by name, where something sets them. */
  readonly variables?: ReadonlyMap<string, SeclValue>
}

/**
 * A stored event as SECL sees it. Process fields come from the exec record, which tells most, then
 * from the event's own; an ancestor that was
 * not recorded is known from what its child's record says of its parent. Time is the event's own.
 */
export function eventContext(event: EcsEvent, options: EventViewOptions = {}): SeclContext {
  const exec = options.exec ?? null
  const self: ProcessRecord = exec && exec !== event ? [{ event: exec, at: 'process' }, { event, at: 'process' }] : [{ event, at: 'process' }]
  const types = eventTypesOf(event)
  const { variables } = options
  // Most events are done with after a field or two: what lies above them is made when it is asked for.
  const ancestors = once(() => ancestorRecords(self, options.ancestors ?? []))
  const perAncestor = once(() => ancestors().map((process) => remembering((field) => PROCESS_READERS[field.slice(ANCESTORS.length + 1)]?.(process))))
  return {
    get now() {
      return nanoseconds(readText(event, '@timestamp')) ?? 0
    },
    isEvent: (type) => types.includes(type),
    read: remembering((field) => {
      const reader = readerOf(field)
      if (reader.kind === 'event') return reader.read(event)
      const process = reader.kind === 'self' ? self : ancestors()[0]
      return process && PROCESS_READERS[reader.field]?.(process)
    }),
    count: (iterator) => (iterator === ANCESTORS ? ancestors().length : 0),
    readAt: (iterator, index, field) => (iterator === ANCESTORS ? perAncestor()[index]?.(field) : undefined),
    variable: (name) => variables?.get(name),
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null
  return () => (made ??= { value: make() }).value
}

/** Many rules read the same few fields of one event, and some (arguments, flags) take work to make. */
function remembering(read: (field: string) => SeclValue | undefined): (field: string) => SeclValue | undefined {
  const known = new Map<string, SeclValue | undefined>()
  return (field) => {
    if (known.has(field)) return known.get(field)
    const value = read(field)
    known.set(field, value)
    return value
  }
}

/** Each ancestor's own record, then what its child says of it; the last may be known from its child alone. */
function ancestorRecords(self: ProcessRecord, recorded: readonly EcsEvent[]): readonly ProcessRecord[] {
  const chain: ProcessRecord[] = []
  let child = self
  for (let i = 0; i <= recorded.length && chain.length < LIMITS.seclAncestors; i++) {
    const event = recorded[i]
    const told = child.filter((r) => r.at === 'process' && describesProcess(r.event, 'process.parent')).map((r) => ({ event: r.event, at: 'process.parent' as const }))
    const record: ProcessRecord = event ? [{ event, at: 'process' }, ...told] : told
    if (record.length === 0) break
    chain.push(record)
    child = record
  }
  return chain
}

type FieldReader =
  | { readonly kind: 'event'; readonly read: (event: EcsEvent) => SeclValue | undefined }
  | { readonly kind: 'self' | 'parent'; readonly field: string }

const NOTHING: FieldReader = { kind: 'event', read: () => undefined }
const readers = new Map<string, FieldReader>()

/** Names are those of checked expressions, so there are few and each is looked up once. */
function readerOf(field: string): FieldReader {
  let reader = readers.get(field)
  if (!reader) {
    reader = findReader(field)
    readers.set(field, reader)
  }
  return reader
}

function findReader(field: string): FieldReader {
  const read = Object.hasOwn(EVENT_READERS, field) ? EVENT_READERS[field] : undefined
  if (read) return { kind: 'event', read }
  for (const [prefix, kind] of [['process.parent.', 'parent'], ['process.', 'self'], ['exec.', 'self'], ['exit.', 'self']] as const) {
    const rest = field.startsWith(prefix) ? field.slice(prefix.length) : null
    if (rest !== null && Object.hasOwn(PROCESS_READERS, rest)) return { kind, field: rest }
  }
  return NOTHING
}

/** Whether stored events can have this field at all: one that none has would be false for ever without a word. */
export function isCollectedField({ name, iterator }: FieldReference): boolean {
  if (iterator === null) return readerOf(name) !== NOTHING
  return iterator === ANCESTORS && (name === iterator || Object.hasOwn(PROCESS_READERS, name.slice(iterator.length + 1)))
}

export function isCollectedEvent(type: string): boolean {
  return COLLECTED_EVENTS.has(type)
}
