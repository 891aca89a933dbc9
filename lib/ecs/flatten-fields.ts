import type { EcsEvent } from './event'

export interface FlatField {
  readonly field: string
  /** Values as text, in order: strings as they are, everything else as JSON. */
  readonly values: readonly string[]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? '')
}

/**
 * Every leaf of a record under its dotted name, by name; arrays of objects as Elasticsearch flattens them. At most `limit`
 * fields; the caller says what was left out.
 */
export function flattenFields(event: EcsEvent, limit: number): { readonly fields: readonly FlatField[]; readonly cut: number } {
  const found = new Map<string, string[]>()
  const valuesOf = (name: string): string[] => {
    let values = found.get(name)
    if (values === undefined) found.set(name, (values = []))
    return values
  }
  const visit = (value: unknown, name: string): void => {
    if (isObject(value)) {
      const entries = Object.entries(value)
      if (entries.length === 0 && name !== '') valuesOf(name).push('{}')
      for (const [key, inner] of entries) visit(inner, name === '' ? key : `${name}.${key}`)
    } else if (Array.isArray(value)) {
      // An empty list is a field without values.
      const values = value.length === 0 || !value.every(isObject) ? valuesOf(name) : []
      for (const item of value) {
        if (isObject(item)) visit(item, name)
        else values.push(asText(item))
      }
    } else valuesOf(name).push(asText(value))
  }
  visit(event, '')
  const fields = [...found].map(([field, values]) => ({ field, values })).sort((a, b) => (a.field < b.field ? -1 : 1))
  return { fields: fields.slice(0, limit), cut: Math.max(0, fields.length - limit) }
}
