import type { EcsEvent } from '@/lib/ecs/event'
import type { Schema } from '@/lib/ecs/fields'
import { parseTimestamp } from '@/lib/ecs/timestamp'
import { formatIp, parseIp } from '@/lib/lang/ip-address'
import { unreachable } from '@/lib/invariant'
import { LIMITS } from '@/lib/limits'
import type { Expr } from './ast'
import { makeColumn, scalarsOf } from './column'
import type { Column, Scalar } from './column'
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
   * The keys of an event. Null when it cannot take part: a key without `?` is absent, or one has several values, which
   * Elasticsearch's sequences cannot join either.
   */
  readonly read: (event: EcsEvent) => readonly KeyValue[] | null
  /** For samples, where a key with several values stands for each of them: every tuple of keys. */
  readonly readAll: (event: EcsEvent) => readonly (readonly KeyValue[])[]
  /** The fields for want of which `read` answers null. */
  readonly missing: (event: EcsEvent) => readonly string[]
}

export function compileJoinKeys(keys: readonly Expr[], schema: Schema): JoinKeys {
  const parts = keys.flatMap((k): readonly KeyPart[] => (k.kind === 'field' ? [{ column: makeColumn(k.name, schema), optional: k.optional }] : []))
  return {
    columns: parts.map((p) => p.column),
    read: parts.length === 0 ? () => NO_KEYS : (event) => readOne(parts, event),
    readAll: (event) => readAll(parts, event).map((row) => row.map((value, i) => sampleValue(value, parts[i]?.column))),
    missing: (event) => parts.filter((p) => readOne([p], event) === null).map((p) => p.column.name),
  }
}

function readOne(parts: readonly KeyPart[], event: EcsEvent): readonly KeyValue[] | null {
  const found: KeyValue[] = []
  for (const { column, optional } of parts) {
    const raw = column.read(event)
    const value = typeof raw === 'string' ? raw : onlyScalar(raw)
    if (value === undefined || (value === null && !optional)) return null
    found.push(value === null ? null : canonical(value, column))
  }
  return found
}

function readAll(parts: readonly KeyPart[], event: EcsEvent): readonly (readonly KeyValue[])[] {
  let rows: (readonly KeyValue[])[] = [[]]
  for (const { column, optional } of parts) {
    const values = scalarsOf(column.read(event)).map((v) => canonical(v, column))
    const list: readonly KeyValue[] = values.length === 0 && optional ? [null] : [...new Set(values)]
    rows = rows.flatMap((row) => list.map((v) => [...row, v])).slice(0, LIMITS.eqlValueCombinations)
  }
  return rows
}

/** The text under which equal keys meet. */
export function joinKeyText(keys: readonly KeyValue[]): string {
  return JSON.stringify(keys)
}

const NO_KEYS: readonly KeyValue[] = []

/** The one value, null for none, undefined for several. */
function onlyScalar(raw: unknown): Scalar | null | undefined {
  const values = scalarsOf(raw)
  return values.length > 1 ? undefined : (values[0] ?? null)
}

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
