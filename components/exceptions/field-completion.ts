import { ecsFields } from '@/lib/ecs/fields'
import type { DraftField } from '@/lib/exceptions/schema'

export interface FieldCompletion {
  /** Field names for an Autocomplete: those of the alert first, then the rest of ECS. */
  readonly groups: ReadonlyArray<{ readonly group: string; readonly items: string[] }>
  readonly valuesOf: (field: string) => readonly string[]
  /** Whether some field of the alert has this value. */
  readonly isKnown: (value: string) => boolean
}

/** What to offer for a condition's field and value. A name is offered once: an Autocomplete refuses doubles. */
export function fieldCompletion(fields: readonly DraftField[]): FieldCompletion {
  const values = new Map(fields.map((one) => [one.field, one.values]))
  const known = new Set(fields.flatMap((one) => one.values))
  const rest = [...ecsFields()].flatMap(([name, { type }]) => (values.has(name) || type === 'object' || type === 'nested' ? [] : [name]))
  const ecs = { group: 'Elastic Common Schema', items: rest }
  return {
    groups: fields.length === 0 ? [ecs] : [{ group: 'In this alert', items: fields.map(({ field }) => field) }, ecs],
    valuesOf: (field) => values.get(field) ?? [],
    isKnown: (value) => known.has(value),
  }
}
