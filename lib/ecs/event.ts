/**
 * lib/ecs: an event as the Elastic Common Schema sees it, the table of its fields, and one normaliser a source.
 */

/** One record, parsed: nested objects, dotted keys, or a mixture (`{"process.name": …}` and `{"process": {"name": …}}`). */
export type EcsEvent = Readonly<Record<string, unknown>>

type Reader = (event: EcsEvent) => unknown

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readFrom(value: unknown, parts: readonly string[], at: number): unknown {
  if (at === parts.length) return value
  if (Array.isArray(value)) {
    // As Elasticsearch flattens arrays of objects: the field has the values of all of them.
    const found: unknown[] = []
    for (const item of value) {
      const inner = readFrom(item, parts, at)
      if (Array.isArray(inner)) found.push(...(inner as unknown[]))
      else if (inner !== undefined && inner !== null) found.push(inner)
    }
    return found.length === 0 ? undefined : found
  }
  if (!isObject(value)) return undefined
  let name = ''
  for (let end = at + 1; end <= parts.length; end++) {
    name = end === at + 1 ? (parts[at] ?? '') : `${name}.${parts[end - 1] ?? ''}`
    if (Object.hasOwn(value, name)) {
      const found = readFrom(value[name], parts, end)
      if (found !== undefined) return found
    }
  }
  return undefined
}

/**
 * A reader of one field, prepared once. It answers the raw JSON value (a scalar, an array, or undefined when the field is
 * absent); names are own properties only, so `__proto__` and `constructor` read nothing.
 */
export function fieldReader(field: string): Reader {
  const parts = field.split('.')
  return (event) => readFrom(event, parts, 0)
}

const readers = new Map<string, Reader>()
const READER_CACHE = 4096

/** Reads a field by its dotted name; for a hot path keep the `fieldReader`. */
export function readField(event: EcsEvent, field: string): unknown {
  let reader = readers.get(field)
  if (!reader) {
    reader = fieldReader(field)
    if (readers.size < READER_CACHE) readers.set(field, reader)
  }
  return reader(event)
}

/** The field's first value as a string, or undefined: for what a person reads, not for matching. */
export function readText(event: EcsEvent, field: string): string | undefined {
  const value = readField(event, field)
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (typeof first === 'string') return first
  if (typeof first === 'number' || typeof first === 'boolean' || typeof first === 'bigint') return String(first)
  return undefined
}

/** All values of a field, in order, nulls left out; an absent field and an empty array have none. */
export function readValues(event: EcsEvent, field: string): readonly unknown[] {
  const value = readField(event, field)
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value.filter((v) => v !== null && v !== undefined) : [value]
}
