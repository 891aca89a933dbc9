import type { EcsEvent } from '@/lib/ecs/event'
import type { Schema } from '@/lib/ecs/fields'
import { parseTimestamp } from '@/lib/ecs/timestamp'
import { formatIp, parseIp } from '@/lib/lang/ip-address'
import { unreachable } from '@/lib/invariant'
import { LIMITS } from '@/lib/limits'
import type { Expr } from './ast'
import { makeColumn, scalarsOf } from './column'
import type { Column, Scalar } from './column'
import { compareKeys } from './key-order'
import { asBoolean, asDate, asNumber, comparisonKind } from './value-tests'

/** One component of a join key. Values of different types are different: "1" does not join 1. */
export type KeyValue = string | number | boolean | null

interface KeyPart {
  readonly column: Column
  readonly optional: boolean
}

/** The join keys of a term, compiled. */
export interface JoinKeys {
  readonly columns: readonly Column[]
  /**
   * The keys an event takes part under: every combination of the values of its key fields, each once, at most
   * `LIMITS.eqlKeyCombinations`. None when a key without `?` has no value; with `?` that is the null key.
   */
  readonly read: (event: EcsEvent) => readonly JoinKey[]
  /** The same for samples, which tell instants as milliseconds. */
  readonly readForSample: (event: EcsEvent) => readonly JoinKey[]
  /** The fields for want of which `read` answers none. */
  readonly missing: (event: EcsEvent) => readonly string[]
  /** Whether the event has so many combinations that the limit was met. */
  readonly areCut: (event: EcsEvent) => boolean
}

/** One value for each key field. */
export type JoinKey = readonly KeyValue[]

export function compileJoinKeys(keys: readonly Expr[], schema: Schema): JoinKeys {
  const parts = keys.flatMap((k): readonly KeyPart[] => (k.kind === 'field' ? [{ column: makeColumn(k.name, schema), optional: k.optional }] : []))
  const read = parts.length === 0 ? () => WITHOUT_KEYS : (event: EcsEvent) => readKeys(parts, event)
  return {
    columns: parts.map((p) => p.column),
    read,
    readForSample: (event) => read(event).map((row) => row.map((value, i) => sampleValue(value, parts[i]?.column))),
    missing: (event) => parts.filter((p) => valuesOf(p, event).length === 0).map((p) => p.column.name),
    areCut: (event) => combinationsOf(parts, event) >= LIMITS.eqlKeyCombinations,
  }
}

/** Nearly every event has one value of each: then one key is made, and nothing else. */
function readKeys(parts: readonly KeyPart[], event: EcsEvent): readonly JoinKey[] {
  const key: KeyValue[] = []
  for (const part of parts) {
    const raw = part.column.read(event)
    if (typeof raw === 'object' && raw !== null) return readCombinations(parts, event)
    if (typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean') key.push(canonical(raw, part.column))
    else if (part.optional) key.push(null)
    else return NO_KEYS
  }
  return [key]
}

function readCombinations(parts: readonly KeyPart[], event: EcsEvent): readonly JoinKey[] {
  const lists = parts.map((part) => valuesOf(part, event))
  const all = lists.reduce((n, list) => n * list.length, 1)
  let rows: KeyValue[][] = [[]]
  for (const list of lists) {
    // What is left out depends on the values alone, not on how the record lists them.
    const values = all > LIMITS.eqlKeyCombinations ? list.toSorted((a, b) => compareKeys([a], [b])) : list
    const next: KeyValue[][] = []
    for (const row of rows) {
      for (const value of values) {
        if (next.length === LIMITS.eqlKeyCombinations) break
        next.push([...row, value])
      }
    }
    rows = next
  }
  return rows
}

function combinationsOf(parts: readonly KeyPart[], event: EcsEvent): number {
  return parts.reduce((n, part) => n * valuesOf(part, event).length, 1)
}

/** The values of one key, each once: nulls are none where there are others, and alone they are one if the key is optional. */
function valuesOf({ column, optional }: KeyPart, event: EcsEvent): readonly KeyValue[] {
  const values = [...new Set(scalarsOf(column.read(event)).map((value) => canonical(value, column)))]
  return values.length === 0 && optional ? ONLY_NULL : values
}

/** The text under which equal keys meet. */
export function joinKeyText(keys: JoinKey): string {
  return JSON.stringify(keys)
}

const WITHOUT_KEYS: readonly JoinKey[] = [[]]
const NO_KEYS: readonly JoinKey[] = []
const ONLY_NULL: readonly KeyValue[] = [null]

/** Samples answer instants as milliseconds. */
function sampleValue(value: KeyValue, column: Column | undefined): KeyValue {
  if (typeof value !== 'string' || !column || comparisonKind(column) !== 'date') return value
  return parseTimestamp(value)?.ms ?? value
}

/** Beyond it `Date` has no text. */
const LATEST_DATE_MS = 8.64e15

/** The spelling of a value that its field's type makes of it: 1 and "1" are one keyword, ::ffff:10.0.0.1 and 10.0.0.1 one address. */
function canonical(value: Scalar, column: Column): KeyValue {
  const kind = comparisonKind(column)
  switch (kind) {
    case 'text':
    case 'version':
      return String(value)
    case 'number':
      return asNumber(value) ?? value
    case 'boolean':
      return asBoolean(value) ?? value
    case 'ip': {
      const ip = typeof value === 'string' ? parseIp(value) : null
      return ip ? formatIp(ip) : value
    }
    case 'date': {
      const date = asDate(value, column)
      return date && Math.abs(date.ms) <= LATEST_DATE_MS ? new Date(date.ms).toISOString() : value
    }
    case 'unknown':
      return value
    default:
      return unreachable(kind)
  }
}
