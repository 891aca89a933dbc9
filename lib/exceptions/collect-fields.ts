import type { EcsEvent } from '@/lib/ecs/event'
import type { DraftField } from './schema'

/** Enough for a form's completion; a record may have been made to have a million. */
const FIELDS = 1_000
const VALUES = 50
const DEPTH = 20

type Found = Omit<DraftField, 'highlighted' | 'own'>

/**
 * Every field of some records by its dotted name, with its values as the matcher compares them and the positions of the
 * records that have it. Values of an exception may be up to 32,766 characters; longer ones could not be saved.
 */
export function collectFields(records: ReadonlyArray<{ readonly position: number; readonly event: EcsEvent }>): readonly Found[] {
  const found = new Map<string, { values: Set<string>; positions: Set<number> }>()
  const visit = (value: unknown, field: string, position: number, depth: number): void => {
    if (value === null || value === undefined || depth > DEPTH) return
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) visit(item, field, position, depth + 1)
    } else if (typeof value === 'object') {
      for (const [name, inner] of Object.entries(value)) visit(inner, field === '' ? name : `${field}.${name}`, position, depth + 1)
    } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      add(field, String(value), position)
    }
  }
  const add = (field: string, text: string, position: number): void => {
    const known = found.get(field)
    if (!known && found.size >= FIELDS) return
    const entry = known ?? { values: new Set<string>(), positions: new Set<number>() }
    if (entry.values.size < VALUES && text !== '' && text.length <= 32_766) entry.values.add(text)
    entry.positions.add(position)
    found.set(field, entry)
  }
  for (const { position, event } of records) visit(event, '', position, 0)
  return [...found].map(([field, { values, positions }]) => ({ field, values: [...values], positions: [...positions] }))
}
