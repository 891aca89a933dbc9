import { AppError } from '@/lib/errors'
import { DEFAULT_DATE_FORMAT, compileDateFormat } from './date-format'
import { DynamicFields } from './dynamic-fields'
import type { Dynamic } from './dynamic-fields'
import type { EcsEvent } from './event'
import type { FieldInfo, FieldType, Schema } from './fields'

/** What Elasticsearch's field types are to us; what is not listed cannot be compared. */
const TYPES: Readonly<Record<string, FieldType>> = {
  keyword: 'keyword',
  constant_keyword: 'constant_keyword',
  counted_keyword: 'keyword',
  wildcard: 'wildcard',
  text: 'text',
  match_only_text: 'text',
  annotated_text: 'text',
  search_as_you_type: 'text',
  long: 'long',
  integer: 'long',
  short: 'long',
  byte: 'long',
  unsigned_long: 'long',
  double: 'double',
  float: 'double',
  half_float: 'double',
  scaled_float: 'double',
  boolean: 'boolean',
  date: 'date',
  date_nanos: 'date',
  ip: 'ip',
  version: 'version',
  geo_point: 'geo_point',
  geo_shape: 'geo_point',
  flattened: 'flattened',
  nested: 'nested',
  object: 'object',
}

type Json = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A mapping as a schema, which documents may complete. */
export interface Mapping extends Schema {
  /**
   * Takes in the fields that a document adds, as dynamic mapping does. Answers why Elasticsearch would not index the document
   * (the mapping is strict), or null.
   */
  readonly complete: (event: EcsEvent) => string | null
}

/**
 * Reads an Elasticsearch mapping: the body of a create-index request, its `mappings`, or what `GET index/_mapping` answers.
 * A field that it does not have is an error to a query, as it is to Elasticsearch. Null when the JSON holds no mapping; an
 * `AppError` for a date format that is none.
 */
export function parseMapping(json: unknown): Mapping | null {
  const roots = mappingsOf(json)
  if (roots.length === 0) return null
  const found: Found = { fields: new Map(), aliases: new Map(), dynamic: new Map(), sealed: new Set() }
  for (const root of roots) {
    const dynamic = dynamicOf(root)
    if (dynamic !== null) found.dynamic.set('', dynamic)
    if (isObject(root['properties'])) addProperties(root['properties'], '', false, found, 0)
    if (isObject(root['runtime'])) addProperties(root['runtime'], '', false, found, 0)
  }
  const { fields, aliases } = found
  for (const [name, path] of aliases) {
    const target = fields.get(path)
    if (target) fields.set(name, { ...target, path: target.path ?? path })
  }
  const flattened = [...fields].filter(([, info]) => info.type === 'flattened').map(([name]) => `${name}.`)
  const detectsDates = roots.every((root) => root['date_detection'] !== false)
  const added = new DynamicFields(fields, found.dynamic, found.sealed, detectsDates)
  return {
    unknownFields: 'error',
    names: () => fields.keys(),
    lookup: (name) => fields.get(name) ?? (flattened.some((prefix) => name.startsWith(prefix)) ? { type: 'keyword' } : undefined),
    complete: (event) => added.add(event),
  }
}

/** What is read off a mapping, by full name. */
interface Found {
  readonly fields: Map<string, FieldInfo>
  readonly aliases: Map<string, string>
  /** What an object says of fields that it lacks; the root is ''. */
  readonly dynamic: Map<string, Dynamic>
  /** Objects that are not indexed. */
  readonly sealed: Set<string>
}

/** The mapping, or all of them in the answer of GET _mapping, which has one an index: they are taken together. */
function mappingsOf(json: unknown): readonly Json[] {
  if (!isObject(json)) return []
  if (isObject(json['mappings'])) {
    const inner = mappingsOf(json['mappings'])
    return inner.length > 0 ? inner : [json['mappings']]
  }
  if (isObject(json['properties']) || dynamicOf(json) !== null) return [json]
  return Object.values(json).flatMap((index) => (isObject(index) && isObject(index['mappings']) ? mappingsOf(index['mappings']) : []))
}

function dynamicOf(definition: Json): Dynamic | null {
  switch (definition['dynamic']) {
    case false:
    case 'false':
      return 'ignore'
    case 'strict':
      return 'refuse'
    case true:
    case 'true':
    case 'runtime':
      return 'add'
    default:
      return null
  }
}

// A mapping is a tree of a few levels; deeper is an attack on the stack.
const MAX_DEPTH = 40

function addProperties(properties: Json, prefix: string, inNested: boolean, found: Found, depth: number): void {
  if (depth > MAX_DEPTH) return
  const { fields, aliases, dynamic, sealed } = found
  for (const [name, definition] of Object.entries(properties)) {
    if (!isObject(definition)) continue
    const full = prefix + name
    const children = definition['properties']
    const given = typeof definition['type'] === 'string' ? definition['type'] : 'object'
    const nested = inNested || given === 'nested'
    const says = dynamicOf(definition)
    if (says !== null) dynamic.set(full, says)
    if (definition['enabled'] === false) sealed.add(full)
    if (given === 'alias' && typeof definition['path'] === 'string') aliases.set(full, definition['path'])
    else fields.set(full, nested ? { type: 'nested' } : together(fields.get(full), fieldInfo(full, given, definition)))
    if (isObject(children)) addProperties(children, `${full}.`, nested, found, depth + 1)
    if (isObject(definition['fields'])) addMultiFields(definition['fields'], full, fields)
  }
}

/** A field of several indices: a date is read in the formats of all of them. */
function together(known: FieldInfo | undefined, info: FieldInfo): FieldInfo {
  if (known?.type !== 'date' || info.type !== 'date' || !known.format || !info.format || known.format.text === info.format.text) return info
  const format = compileDateFormat(`${known.format.text}||${info.format.text}`)
  return format ? { ...info, format } : info
}

function fieldInfo(name: string, type: string, definition: Json): FieldInfo {
  const known = TYPES[type] ?? 'object'
  const constant = known === 'constant_keyword' && typeof definition['value'] === 'string' ? { constant: definition['value'] } : {}
  const nullValue = definition['null_value'] === undefined || definition['null_value'] === null ? {} : { nullValue: definition['null_value'] }
  const date = known === 'date' ? { format: dateFormat(name, definition['format']), ...(type === 'date' ? { millis: true } : {}) } : {}
  // Elasticsearch compares a text field through its keyword sub-field, when it has one.
  const exact = known === 'text' && hasKeyword(definition['fields']) ? 'keyword' : known
  return { type: exact, ...constant, ...nullValue, ...date }
}

function dateFormat(name: string, text: unknown): NonNullable<FieldInfo['format']> {
  if (typeof text !== 'string') return DEFAULT_DATE_FORMAT
  const format = compileDateFormat(text)
  if (!format) throw new AppError('invalid', `The date format "${text.slice(0, 100)}" of the field ${name} is not one: name a format of Elasticsearch's or write a pattern such as dd-MM-yyyy.`)
  return format
}

function hasKeyword(multi: unknown): boolean {
  return isObject(multi) && Object.values(multi).some((f) => isObject(f) && (f['type'] === 'keyword' || f['type'] === 'wildcard'))
}

function addMultiFields(multi: Json, parent: string, fields: Map<string, FieldInfo>): void {
  for (const [name, definition] of Object.entries(multi)) {
    if (!isObject(definition) || typeof definition['type'] !== 'string') continue
    const full = `${parent}.${name}`
    fields.set(full, { ...fieldInfo(full, definition['type'], definition), path: parent })
  }
}
