/**
 * lib/ecs: an event as the Elastic Common Schema sees it, the table of its fields, and one normaliser a source.
 */

import { LIMITS } from '@/lib/limits'
import { noteAsked } from './asked-fields'

/** One record, parsed: nested objects, dotted keys, or a mixture (`{"process.name": …}` and `{"process": {"name": …}}`). */
export type EcsEvent = Readonly<Record<string, unknown>>

type Reader = (event: EcsEvent) => unknown

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A key to try at some depth, and the part of the field's name that comes after it. */
interface Step {
  readonly key: string
  readonly next: number
}

/** For each part of a name the keys that may stand there: `b`, then `b.c`, then `b.c.d`. */
function stepsOf(field: string): readonly (readonly Step[])[] {
  const parts = field.split('.')
  return parts.map((_, at) => parts.slice(at).map((__, n) => ({ key: parts.slice(at, at + n + 1).join('.'), next: at + n + 1 })))
}

function readFrom(value: unknown, steps: readonly (readonly Step[])[], at: number, depth: number): unknown {
  const here = steps[at]
  if (!here) return value
  if (Array.isArray(value)) return depth > LIMITS.recordDepth ? undefined : readFromAll(value, steps, at, depth + 1)
  if (!isObject(value)) return undefined
  for (const { key, next } of here) {
    if (!Object.hasOwn(value, key)) continue
    const found = readFrom(value[key], steps, next, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/** As Elasticsearch flattens arrays of objects: the field has the values of all of them. */
function readFromAll(list: readonly unknown[], steps: readonly (readonly Step[])[], at: number, depth: number): unknown {
  const found: unknown[] = []
  for (const item of list) {
    const inner = readFrom(item, steps, at, depth)
    if (Array.isArray(inner)) for (const value of inner as unknown[]) found.push(value)
    else if (inner !== undefined && inner !== null) found.push(inner)
  }
  return found.length === 0 ? undefined : found
}

/**
 * A reader of one field, prepared once. It answers the raw JSON value (a scalar, an array, or undefined when the field is
 * absent); names are own properties only, so `__proto__` and `constructor` read nothing. The empty text as an id is absent.
 */
export function fieldReader(field: string): Reader {
  noteAsked(field)
  const read = valueReader(field)
  return IDS.test(field) ? (event) => withoutEmpty(read(event)) : read
}

/**
 * Fields that tell things apart. Some sensors write an id they do not have as the empty text, which would make one process of
 * all processes without one, and one event of all events of a millisecond.
 */
const IDS = /(?:^|\.)entity_id$|^(?:event|agent|host)\.id$/

function withoutEmpty(value: unknown): unknown {
  if (value === '') return undefined
  if (!Array.isArray(value) || !value.includes('')) return value
  const rest: unknown[] = value.filter((item) => item !== '')
  return rest.length === 0 ? undefined : rest
}

function valueReader(field: string): Reader {
  const steps = stepsOf(field)
  const parts = field.split('.')
  // Asking an object whether a property is its own costs as much as reading it; names that nothing inherits need not ask.
  if (parts.some((part) => part in Object.prototype || part in Array.prototype)) return (event) => readFrom(event, steps, 0, 0)
  let nested = nestedReader(parts)
  let elsewhere: (event: EcsEvent) => boolean = () => true
  let calls = 0
  return (event) => {
    if (calls >= 0 && ++calls > READS_BEFORE_GENERATING) {
      calls = -1
      nested = generate(readingCode(parts)) ?? nested
      elsewhere = (generate(searchingCode(steps)) as typeof elsewhere | null) ?? elsewhere
    }
    const value = nested(event)
    // Absent as nested objects, it may still be written with dots or stand in an array of objects.
    return value === undefined && elsewhere(event) ? readFrom(event, steps, 0, 0) : value
  }
}

/** Reads through nested objects; undefined for anything else. */
function nestedReader(parts: readonly string[]): Reader {
  return (event) => {
    let value: unknown = event
    for (const part of parts) {
      if (typeof value !== 'object' || value === null) return undefined
      value = (value as Record<string, unknown>)[part]
    }
    return value
  }
}

// Making a function costs some 50 µs: a field that is read a few times (a query being checked, an alert shown) is not worth it.
const READS_BEFORE_GENERATING = 1_000

/** Code that reads through nested objects, undefined for anything else. */
function readingCode(parts: readonly string[]): string {
  const enter = "if (typeof v !== 'object' || v === null) return undefined"
  return parts.map((part, i) => (i === parts.length - 1 ? `return v[${JSON.stringify(part)}]` : `v = v[${JSON.stringify(part)}]; ${enter}`)).join('\n')
}

/** Code that tells whether anything on the way to a field is written with dots or is an array. */
function searchingCode(steps: readonly (readonly Step[])[]): string {
  const lines = steps.map((here) => {
    const [straight, ...dotted] = here.map(({ key }) => `v[${JSON.stringify(key)}]`)
    const found = dotted.map((key) => `if (${key} !== undefined) return true`)
    return [...found, `v = ${straight}`, "if (typeof v !== 'object' || v === null) return false", 'if (Array.isArray(v)) return true'].join('\n')
  })
  return [...lines, 'return false'].join('\n')
}

/**
 * Makes a function of `v` from code. All closures made in one place share what the engine learns of the objects they see, so
 * that reading many fields through one is several times slower than through a function with the field's keys written out
 * (docs/adr/0004-eql-closures-and-generated-readers.md). Keys are written as JSON strings, so that a name cannot become code. Null in a
 * browser, where the console's policy forbids making functions; then the closures stay.
 */
function generate(body: string): ((v: EcsEvent) => unknown) | null {
  // A page's policy forbids it, and would report every attempt.
  if (typeof document !== 'undefined') return null
  try {
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- see above
    return new Function('v', body) as (v: EcsEvent) => unknown
  } catch {
    return null
  }
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
  return textOf(readField(event, field))
}

/** What `readText` answers of a value that was read already. */
export function textOf(value: unknown): string | undefined {
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

/**
 * What of some values is text, or a number or boolean as text; arrays within arrays are looked into. An object has no text: `String`
 * throws at `{"toString":1}`, which a document may hold anywhere.
 */
export function textsIn(values: readonly unknown[]): readonly string[] {
  const texts: string[] = []
  for (const value of values) {
    // Not spread: an array may have more items than a call takes arguments.
    if (Array.isArray(value)) for (const text of textsIn(value)) texts.push(text)
    else {
      const text = textOf(value)
      if (text !== undefined) texts.push(text)
    }
  }
  return texts
}

/** All values of a field as text, in order. */
export function readTexts(event: EcsEvent, field: string): readonly string[] {
  return textsIn(readValues(event, field))
}
