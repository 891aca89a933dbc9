import type { EcsEvent } from '@/lib/ecs/event'
import { readText } from '@/lib/ecs/event'
import { LIMITS } from '@/lib/limits'
import type { SeclContext, SeclValue } from './context'
import { COLLECTED_EVENTS, EVENT_READERS, eventTypesOf } from './ecs-event'
import { PROCESS_READERS, describesProcess, nanoseconds } from './ecs-process'
import type { ProcessRecord } from './ecs-process'
import type { FieldReference } from './fields'
import type { SeclInt } from './int64'

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
 * Stored events as SECL sees them, one after another. Process fields come from the exec record, which tells most, then from the
 * event's own; an ancestor that was not recorded is known from what its child's record says of its parent. Time is the event's own.
 *
 * One view serves all events of a detector: views made for each, and found by the engine to live long, kept their events from
 * being collected.
 */
export class EventView implements SeclContext {
  #event: EcsEvent = {}
  #options: EventViewOptions = {}
  #types: readonly string[] = []
  /** Many rules read the same few fields of one event, and some (arguments, flags) take work to make. */
  readonly #known = new Map<string, SeclValue | undefined>()
  // Most events are done with after a field or two: what lies above them is made when it is asked for.
  #self: ProcessRecord | null = null
  #ancestors: readonly Ancestor[] | null = null

  /** Turns to an event: what was read before is forgotten. */
  look(event: EcsEvent, options: EventViewOptions = {}): this {
    this.#event = event
    this.#options = options
    this.#types = eventTypesOf(event)
    this.#known.clear()
    this.#self = null
    this.#ancestors = null
    return this
  }

  get now(): SeclInt {
    return nanoseconds(readText(this.#event, '@timestamp')) ?? 0
  }

  isEvent(type: string): boolean {
    return this.#types.includes(type)
  }

  read(field: string): SeclValue | undefined {
    return remembered(this.#known, field, (name) => {
      const reader = readerOf(name)
      if (reader.kind === 'event') return reader.read(this.#event)
      const process = reader.kind === 'self' ? this.#process() : this.#above()[0]?.process
      return process && PROCESS_READERS[reader.field]?.(process)
    })
  }

  count(iterator: string): number {
    return iterator === ANCESTORS ? this.#above().length : 0
  }

  readAt(iterator: string, index: number, field: string): SeclValue | undefined {
    const ancestor = iterator === ANCESTORS ? this.#above()[index] : undefined
    return ancestor && remembered(ancestor.known, field, (name) => PROCESS_READERS[name.slice(ANCESTORS.length + 1)]?.(ancestor.process))
  }

  variable(name: string): SeclValue | undefined {
    return this.#options.variables?.get(name)
  }

  #process(): ProcessRecord {
    if (this.#self === null) {
      const event = this.#event
      const { exec = null } = this.#options
      this.#self = exec && exec !== event ? [{ event: exec, at: 'process' }, { event, at: 'process' }] : [{ event, at: 'process' }]
    }
    return this.#self
  }

  #above(): readonly Ancestor[] {
    this.#ancestors ??= ancestorRecords(this.#process(), this.#options.ancestors ?? []).map((process) => ({ process, known: new Map() }))
    return this.#ancestors
  }
}

interface Ancestor {
  readonly process: ProcessRecord
  readonly known: Map<string, SeclValue | undefined>
}

/** An event as SECL sees it, for keeping. */
export function eventContext(event: EcsEvent, options: EventViewOptions = {}): SeclContext {
  return new EventView().look(event, options)
}

function remembered(known: Map<string, SeclValue | undefined>, field: string, read: (field: string) => SeclValue | undefined): SeclValue | undefined {
  if (known.has(field)) return known.get(field)
  const value = read(field)
  known.set(field, value)
  return value
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
