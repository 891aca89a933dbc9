/**
 * Text that UTF-8 can hold. A JSON document may spell half of a surrogate pair as an escape (`"\\ud800"`). Such a string changes on its way
 * through the database: what is read back is not what was bound, so a row that is looked for by it is never found. Every document is made
 * well-formed where it is read, once, so that nothing behind it meets such a string. Bytes that are no UTF-8 need no care: decoding
 * already makes U+FFFD of them.
 */
import { LIMITS } from '@/lib/limits'
import type { EcsEvent } from './event'

/** Whether JSON may hold half a pair: only an escape of a surrogate can spell one. Whole pairs are spelled like that too. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/

const REPLACEMENT = '\ufffd'

/** Our own facts about an event: what was filled in (`enriched`), and which of its text was repaired. */
const MARKS = 'linklocal'

interface Repair {
  /** Dotted names of the fields, the first ones. */
  readonly fields: Set<string>
}

function note({ fields }: Repair, path: string): void {
  if (fields.size < LIMITS.repairedFields) fields.add(path)
}

function repaired(value: unknown, path: string, repair: Repair): unknown {
  if (typeof value === 'string') {
    if (value.isWellFormed()) return value
    note(repair, path)
    return value.toWellFormed()
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => repaired(item, path, repair))
  // Not by assignment: a key may be called __proto__.
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = key.toWellFormed()
      const at = path === '' ? name : `${path}.${name}`
      if (name !== key) note(repair, at)
      return [name, repaired(inner, at, repair)]
    }),
  )
}

/** A parsed document with U+FFFD for every half of a pair, in keys as well, and the fields in which one stood. */
export function wellFormed<Document>(text: string, document: Document): { readonly document: Document; readonly fields: readonly string[] } {
  if (!SURROGATE_ESCAPE.test(text)) return { document, fields: [] }
  const fields = new Set<string>()
  return { document: repaired(document, '', { fields }) as Document, fields: [...fields] }
}

function replacedIn(value: unknown, path: string, repair: Repair): void {
  if (typeof value === 'string') {
    if (value.includes(REPLACEMENT)) note(repair, path)
  } else if (Array.isArray(value)) for (const item of value) replacedIn(item, path, repair)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const at = path === '' ? key : `${path}.${key}`
      if (key.includes(REPLACEMENT)) note(repair, at)
      replacedIn(inner, at, repair)
    }
  }
}

/** The fields of an event in which U+FFFD stands. */
export function replacedFields(event: EcsEvent): readonly string[] {
  const fields = new Set<string>()
  replacedIn(event, '', { fields })
  return [...fields]
}

/**
 * The event with our marks alone: only Linklocal says what it repaired or filled in. A sender's fields of that name stay in its record
 * and are not read.
 */
export function withMarks(event: EcsEvent, fields: readonly string[]): EcsEvent {
  const marks = fields.length === 0 ? {} : { [MARKS]: { repaired: fields } }
  for (const key in event) {
    if (isMark(key)) return { ...Object.fromEntries(Object.entries(event).filter(([name]) => !isMark(name))), ...marks }
  }
  return fields.length === 0 ? event : { ...event, ...marks }
}

/** Whether a field, or a key of a document, is one of our marks. */
export function isMark(field: string): boolean {
  return field === MARKS || field.startsWith(`${MARKS}.`)
}
