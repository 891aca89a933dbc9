import { fieldReader } from '@/lib/ecs/event'
import type { EcsEvent } from '@/lib/ecs/event'
import type { FieldInfo, FieldType, Schema } from '@/lib/ecs/fields'
import { LIMITS } from '@/lib/limits'

/** A field as a query reads it: its type settled, its alias followed, its reader made. */
export interface Column {
  readonly name: string
  /** The type that decides how values are compared; `unknown` takes it from each value. */
  readonly type: FieldType | 'unknown'
  readonly info: FieldInfo | undefined
  /** Two columns of the same key read and compare the same. */
  readonly key: string
  /** The raw JSON value: a scalar, an array, an object, null, or undefined when absent. */
  readonly read: (event: EcsEvent) => unknown
}

export type Scalar = string | number | boolean

export function makeColumn(name: string, schema: Schema): Column {
  const info = schema.lookup(name)
  const path = info?.path ?? name
  const raw = fieldReader(path)
  const constant = info?.constant
  const nullValue = info?.nullValue
  let read = raw
  // What a mapping lacks is not there, whatever the documents hold.
  if (info === undefined && schema.unknownFields === 'error') read = () => undefined
  else if (constant !== undefined) read = () => constant
  else if (nullValue !== undefined) {
    read = (event) => {
      const value = raw(event)
      if (value === null) return nullValue
      return Array.isArray(value) && value.includes(null) ? value.map((v: unknown) => v ?? nullValue) : value
    }
  }
  const type = info?.type ?? 'unknown'
  return { name, type, info, read, key: `${path} ${type}${constant === undefined ? '' : ` = ${constant}`}${info?.format ? ` ${info.format.text}` : ''}${info?.millis ? ' ms' : ''}${nullValue === undefined ? '' : ` ?? ${JSON.stringify(nullValue)}`}` }
}

/** Whether a raw value counts as there: nulls, empty arrays and arrays of nulls do not, nor do the fields below it. */
export function exists(raw: unknown, depth = 0): boolean {
  if (raw === undefined || raw === null) return false
  if (Array.isArray(raw)) return depth < LIMITS.recordDepth && raw.some((v) => exists(v, depth + 1))
  return typeof raw !== 'object'
}

/** The same for a flattened field, whose values are those below it. */
export function existsBelow(raw: unknown, depth = 0): boolean {
  if (typeof raw !== 'object' || raw === null) return exists(raw)
  return depth < LIMITS.recordDepth && Object.values(raw).some((v) => existsBelow(v, depth + 1))
}

/** Lifts a test of one value to a raw value: any value of an array satisfies it, an absent field does not. */
export function anyValue(test: (value: Scalar) => boolean): (raw: unknown) => boolean {
  const accepts = (raw: unknown, depth: number): boolean => {
    switch (typeof raw) {
      case 'string':
      case 'number':
      case 'boolean':
        return test(raw)
      case 'object':
        if (!Array.isArray(raw) || depth > LIMITS.recordDepth) return false
        for (const value of raw) if (accepts(value, depth + 1)) return true
        return false
      default:
        return false
    }
  }
  return (raw) => accepts(raw, 0)
}

/** All scalar values of a raw value, in order. */
export function scalarsOf(raw: unknown): readonly Scalar[] {
  if (typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean') return [raw]
  if (!Array.isArray(raw)) return []
  const found: Scalar[] = []
  const collect = (list: readonly unknown[], depth: number): void => {
    for (const value of list) {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') found.push(value)
      else if (Array.isArray(value) && depth < LIMITS.recordDepth) collect(value, depth + 1)
    }
  }
  collect(raw, 1)
  return found
}
