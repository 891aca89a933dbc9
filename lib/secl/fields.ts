import type { Span } from '@/lib/lang/diagnostic'
import { CONTEXT_FIELDS, EVENT_FIELDS, WINDOWS_FIELDS } from './event-types'
import { isEach } from './field-groups'
import type { Group } from './field-groups'
import { fieldType } from './field-type'
import type { FieldType, TypeCode } from './field-type'

/** The fields an expression may read. Names are without registers: `process.ancestors.comm`. */
export interface FieldSchema {
  readonly fields: ReadonlyMap<string, FieldType>
  /** Lists that are walked element by element. */
  readonly iterators: ReadonlySet<string>
  /** Names of old with what they are called now. */
  readonly aliases: ReadonlyMap<string, string>
  /** Names that an expression takes its event type from. */
  readonly eventTypes: ReadonlySet<string>
}

/** What fields were called before Agent 7.27, as old policies have it. */
const ALIASES: Readonly<Record<string, string>> = {
  'chmod.basename': 'chmod.file.name',
  'chmod.filename': 'chmod.file.path',
  'chmod.mode': 'chmod.file.destination.mode',
  'chown.basename': 'chown.file.name',
  'chown.filename': 'chown.file.path',
  'exec.basename': 'exec.file.name',
  'exec.filename': 'exec.file.path',
  'exec.name': 'exec.comm',
  'link.source.filename': 'link.file.path',
  'link.target.filename': 'link.file.destination.path',
  'mkdir.basename': 'mkdir.file.name',
  'mkdir.filename': 'mkdir.file.path',
  'open.basename': 'open.file.name',
  'open.filename': 'open.file.path',
  'open.mode': 'open.file.destination.mode',
  'process.basename': 'process.file.name',
  'process.filename': 'process.file.path',
  'process.name': 'process.comm',
  'rename.new.filename': 'rename.file.destination.path',
  'rename.old.filename': 'rename.file.path',
  'rmdir.basename': 'rmdir.file.name',
  'rmdir.filename': 'rmdir.file.path',
  'unlink.basename': 'unlink.file.name',
  'unlink.filename': 'unlink.file.path',
  'utimes.basename': 'utimes.file.name',
  'utimes.filename': 'utimes.file.path',
}

type Tree = Readonly<Record<string, Group>>

function flatten(prefix: string, group: Group, fields: Map<string, FieldType>, iterators: Set<string>): void {
  for (const [key, node] of Object.entries(group)) {
    const name = `${prefix}.${key}`
    if (typeof node === 'string') fields.set(name, fieldType(node))
    else if (isEach(node)) {
      iterators.add(name)
      flatten(name, node.each, fields, iterators)
    } else flatten(name, node, fields, iterators)
  }
}

function build(): FieldSchema {
  const fields = new Map<string, FieldType>()
  const iterators = new Set<string>()
  for (const tree of [CONTEXT_FIELDS as Tree, EVENT_FIELDS, WINDOWS_FIELDS]) {
    for (const [name, group] of Object.entries(tree)) flatten(name, group, fields, iterators)
  }
  const eventTypes = new Set([...Object.keys(EVENT_FIELDS), ...Object.keys(WINDOWS_FIELDS)])
  eventTypes.delete('process')
  return { fields, iterators, aliases: new Map(Object.entries(ALIASES)), eventTypes }
}

let known: FieldSchema | null = null

/** Every field of the language, of Linux and of Windows. Made when it is first asked for. */
export function knownFields(): FieldSchema {
  known ??= build()
  return known
}

export interface FieldAdditions {
  /** Types by name, without registers. */
  readonly fields?: Readonly<Record<string, TypeCode>>
  readonly iterators?: readonly string[]
  readonly aliases?: Readonly<Record<string, string>>
  /** Given, it replaces the event types: with an empty list any fields may stand together. */
  readonly eventTypes?: readonly string[]
}

/** A schema with more fields; where a name is in both, the addition holds. */
export function withFields(schema: FieldSchema, additions: FieldAdditions): FieldSchema {
  const fields = new Map(schema.fields)
  const aliases = new Map(schema.aliases)
  for (const [name, code] of Object.entries(additions.fields ?? {})) {
    fields.set(name, fieldType(code))
    aliases.delete(name)
  }
  for (const [old, name] of Object.entries(additions.aliases ?? {})) aliases.set(old, name)
  return {
    fields,
    iterators: new Set([...schema.iterators, ...(additions.iterators ?? [])]),
    aliases,
    eventTypes: additions.eventTypes ? new Set(additions.eventTypes) : schema.eventTypes,
  }
}

const INTEGER = fieldType('int')
const INTEGERS = fieldType('int[]')

/** A field as an expression reads it. */
export interface FieldReference {
  /** As the context knows it: without register and without `.length`. */
  readonly name: string
  readonly type: FieldType
  /** The list it is an element's of, or is itself (`process.ancestors.length`). */
  readonly iterator: string | null
  /** A register shared by name; `[_]` and none stand each for themselves. */
  readonly register: string | null
  /** The number of entries or characters is asked for, not the value. */
  readonly length: boolean
  readonly eventType: string | null
}

/** A field with the place at which a rule first reads it; within a macro, the place of the macro's name. */
export interface FieldRead extends FieldReference {
  readonly span: Span
}

/** Why a name is no field. */
export type FieldProblem =
  | { readonly problem: 'unknown'; readonly name: string }
  | { readonly problem: 'register'; readonly message: string }

const REGISTER = /^([^[\]]+)\[([A-Za-z_]\w*)\](\.[^[\]]+)$/

/** Finds the field of a name, register included: `process.ancestors[A].argv`, `exec.argv.length`. */
export function resolveField(schema: FieldSchema, written: string): FieldReference | FieldProblem {
  let name = written
  let register: string | null = null
  let over: string | null = null
  if (written.includes('[') || written.includes(']')) {
    const parts = REGISTER.exec(written)
    if (!parts) return { problem: 'register', message: `[${written}] names no register; write it after the list, as in process.ancestors[A].comm` }
    const [, list = '', id = '', rest = ''] = parts
    if (!schema.iterators.has(list)) return { problem: 'register', message: `[${list}] is no list to walk; registers stand after ${[...schema.iterators].slice(0, 1).join('')} and its like` }
    name = list + rest
    over = list
    register = id === '_' ? null : id
  }
  name = schema.aliases.get(name) ?? name
  const eventType = schema.eventTypes.has(firstPart(name)) ? firstPart(name) : null
  const iterator = over ?? iteratorOf(schema, name)
  const type = schema.fields.get(name)
  if (type) return { name, type: typed(type, iterator, register), iterator, register, length: false, eventType }
  if (!name.endsWith('.length')) return { problem: 'unknown', name }
  const base = name.slice(0, -'.length'.length)
  if (schema.iterators.has(base)) return { name: base, type: INTEGER, iterator: base, register: null, length: true, eventType }
  const measured = schema.fields.get(base)
  if (!measured || (measured.base !== 'string' && !measured.array)) return { problem: 'unknown', name }
  return { name: base, type: iterator !== null && register === null ? INTEGERS : INTEGER, iterator, register, length: true, eventType }
}

function typed(type: FieldType, iterator: string | null, register: string | null): FieldType {
  return iterator !== null && register === null && !type.array ? { ...type, array: true } : type
}

function firstPart(name: string): string {
  const dot = name.indexOf('.')
  return dot < 0 ? name : name.slice(0, dot)
}

function iteratorOf(schema: FieldSchema, name: string): string | null {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const list = name.slice(0, dot)
    if (schema.iterators.has(list)) return list
  }
  return null
}
