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

/**
 * Reads an Elasticsearch mapping: the body of a create-index request, its `mappings`, or what `GET index/_mapping` answers.
 * A field that it does not have is an error to a query, as it is to Elasticsearch. Null when the JSON holds no mapping.
 */
export function parseMapping(json: unknown): Schema | null {
  const properties = findProperties(json)
  if (!properties) return null
  const fields = new Map<string, FieldInfo>()
  const aliases = new Map<string, string>()
  addProperties(properties, '', false, fields, aliases, 0)
  for (const [name, path] of aliases) {
    const target = fields.get(path)
    if (target) fields.set(name, { ...target, path: target.path ?? path })
  }
  const flattened = [...fields].filter(([, info]) => info.type === 'flattened').map(([name]) => `${name}.`)
  return {
    unknownFields: 'error',
    names: () => fields.keys(),
    lookup: (name) => fields.get(name) ?? (flattened.some((prefix) => name.startsWith(prefix)) ? { type: 'keyword' } : undefined),
  }
}

function findProperties(json: unknown): Json | null {
  if (!isObject(json)) return null
  if (isObject(json['mappings'])) return findProperties(json['mappings'])
  if (isObject(json['properties'])) return json['properties']
  // The answer of GET _mapping: one entry an index; they are taken together.
  const merged: Record<string, unknown> = {}
  for (const index of Object.values(json)) {
    if (isObject(index) && isObject(index['mappings'])) Object.assign(merged, findProperties(index['mappings']))
  }
  return Object.keys(merged).length > 0 ? merged : null
}

// A mapping is a tree of a few levels; deeper is an attack on the stack.
const MAX_DEPTH = 40

function addProperties(
  properties: Json,
  prefix: string,
  inNested: boolean,
  fields: Map<string, FieldInfo>,
  aliases: Map<string, string>,
  depth: number,
): void {
  if (depth > MAX_DEPTH) return
  for (const [name, definition] of Object.entries(properties)) {
    if (!isObject(definition)) continue
    const full = prefix + name
    const children = definition['properties']
    const given = typeof definition['type'] === 'string' ? definition['type'] : 'object'
    const nested = inNested || given === 'nested'
    if (given === 'alias' && typeof definition['path'] === 'string') aliases.set(full, definition['path'])
    else fields.set(full, nested ? { type: 'nested' } : fieldInfo(given, definition))
    if (isObject(children)) addProperties(children, `${full}.`, nested, fields, aliases, depth + 1)
    if (isObject(definition['fields'])) addMultiFields(definition['fields'], full, fields)
  }
}

function fieldInfo(type: string, definition: Json): FieldInfo {
  const known = TYPES[type] ?? 'object'
  const constant = known === 'constant_keyword' && typeof definition['value'] === 'string' ? { constant: definition['value'] } : {}
  const nullValue = definition['null_value'] === undefined || definition['null_value'] === null ? {} : { nullValue: definition['null_value'] }
  const format = typeof definition['format'] === 'string' ? definition['format'] : ''
  const seconds = known === 'date' && /\bepoch_second\b/.test(format) && !format.includes('epoch_millis') ? { epochSeconds: true } : {}
  // Elasticsearch compares a text field through its keyword sub-field, when it has one.
  const exact = known === 'text' && hasKeyword(definition['fields']) ? 'keyword' : known
  return { type: exact, ...constant, ...nullValue, ...seconds }
}

function hasKeyword(multi: unknown): boolean {
  return isObject(multi) && Object.values(multi).some((f) => isObject(f) && (f['type'] === 'keyword' || f['type'] === 'wildcard'))
}

function addMultiFields(multi: Json, parent: string, fields: Map<string, FieldInfo>): void {
  for (const [name, definition] of Object.entries(multi)) {
    if (!isObject(definition) || typeof definition['type'] !== 'string') continue
    fields.set(`${parent}.${name}`, { ...fieldInfo(definition['type'], definition), path: parent })
  }
}
