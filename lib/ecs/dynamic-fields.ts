import { LIMITS } from '@/lib/limits'
import { DEFAULT_DATE_FORMAT, compileDateFormat } from './date-format'
import type { EcsEvent } from './event'
import type { FieldInfo } from './fields'

/** What becomes of a field that a mapping lacks: it is added, left unmapped, or its document refused. */
export type Dynamic = 'add' | 'ignore' | 'refuse'

/** How texts look that become dates; the field then reads the format of its first value. */
const SLASHED_DATES = compileDateFormat('yyyy/MM/dd HH:mm:ss Z||yyyy/MM/dd HH:mm:ss||yyyy/MM/dd Z||yyyy/MM/dd||epoch_millis')
const ISO_DATES = compileDateFormat('strict_date_optional_time')

function detectDate(text: string): FieldInfo | null {
  // `2026` is too often no year.
  if (!/[^\d.-]|\d-/.test(text)) return null
  if (ISO_DATES?.parse(text)) return { type: 'date', format: DEFAULT_DATE_FORMAT, millis: true }
  return SLASHED_DATES?.parse(text) ? { type: 'date', format: SLASHED_DATES, millis: true } : null
}

/** Beyond so many, as Elasticsearch's index.mapping.total_fields.limit, though larger: a field more is not added. */
const MAX_FIELDS = 100_000

/** Completes a mapping by the fields of documents, as of the first value that each field has. */
export class DynamicFields {
  readonly #fields: Map<string, FieldInfo>
  readonly #dynamic: ReadonlyMap<string, Dynamic>
  readonly #sealed: ReadonlySet<string>
  readonly #detectsDates: boolean

  constructor(fields: Map<string, FieldInfo>, dynamic: ReadonlyMap<string, Dynamic>, sealed: ReadonlySet<string>, detectsDates: boolean) {
    this.#fields = fields
    this.#dynamic = dynamic
    this.#sealed = sealed
    this.#detectsDates = detectsDates
  }

  /** Takes in a document; answers why it would not be indexed, or null. A refused one adds nothing. */
  add(event: EcsEvent): string | null {
    const found = new Map<string, FieldInfo>()
    const refused = this.#object(event, '', this.#dynamic.get('') ?? 'add', found, 0)
    if (refused !== null) return `the mapping is strict and lacks the field [${refused}]`
    for (const [name, info] of found) if (this.#fields.size < MAX_FIELDS) this.#fields.set(name, info)
    return null
  }

  /** The first field that a strict mapping refuses, or null. */
  #object(object: object, prefix: string, inherited: Dynamic, found: Map<string, FieldInfo>, depth: number): string | null {
    if (depth > LIMITS.recordDepth) return null
    for (const [key, value] of Object.entries(object)) {
      const name = prefix === '' ? key : `${prefix}.${key}`
      const refused = this.#value(name, value, inherited, found, depth + 1)
      if (refused !== null) return refused
    }
    return null
  }

  #value(name: string, value: unknown, dynamic: Dynamic, found: Map<string, FieldInfo>, depth: number): string | null {
    if (value === null || value === undefined || this.#sealed.has(name)) return null
    const known = this.#fields.get(name) ?? found.get(name)
    if (Array.isArray(value)) {
      for (const item of value) {
        const refused = depth > LIMITS.recordDepth ? null : this.#value(name, item, dynamic, found, depth + 1)
        if (refused !== null) return refused
      }
      return null
    }
    if (typeof value === 'object') {
      if (known !== undefined && known.type !== 'object' && known.type !== 'nested') return null
      if (known === undefined && dynamic !== 'add') return dynamic === 'refuse' ? name : null
      return this.#object(value, name, this.#dynamic.get(name) ?? dynamic, found, depth)
    }
    if (known !== undefined) return null
    if (dynamic === 'refuse') return name
    if (dynamic === 'add') this.#leaf(name, value, found)
    return null
  }

  #leaf(name: string, value: unknown, found: Map<string, FieldInfo>): void {
    const date = typeof value === 'string' && this.#detectsDates ? detectDate(value) : null
    if (this.#isNested(name)) found.set(name, { type: 'nested' })
    else if (typeof value === 'boolean') found.set(name, { type: 'boolean' })
    else if (typeof value === 'number') found.set(name, { type: Number.isInteger(value) ? 'long' : 'double' })
    else if (date) found.set(name, date)
    else {
      found.set(name, { type: 'keyword' })
      found.set(`${name}.keyword`, { type: 'keyword', path: name })
    }
  }

  #isNested(name: string): boolean {
    for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) if (this.#fields.get(name.slice(0, at))?.type === 'nested') return true
    return false
  }
}
