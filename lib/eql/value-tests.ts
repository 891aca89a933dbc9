import { END_OF_MS } from '@/lib/ecs/date-format'
import type { DateFormat, DateSpan } from '@/lib/ecs/date-format'
import { parseTimestamp, compareTimestamps } from '@/lib/ecs/timestamp'
import type { Timestamp } from '@/lib/ecs/timestamp'
import { foldAscii } from '@/lib/lang/ascii-fold'
import { blockContains, compareIp, parseCidr, parseIp } from '@/lib/lang/ip-address'
import { compareText } from '@/lib/lang/text-order'
import { unreachable } from '@/lib/invariant'
import type { CompareOp, Literal } from './ast'
import type { Column, Scalar } from './column'
import { evaluateDateMath } from './date-math'
import { compareVersions } from './version-order'

/**
 * Tests of one value of a field against constants, chosen by the field's type. A column of unknown type goes by the value:
 * the data that would have made Elasticsearch map the field as text makes us compare text.
 */
export type ValueTest = (value: Scalar) => boolean

const never: ValueTest = () => false

/** The class of comparison that a column's type asks for. */
type Kind = 'text' | 'number' | 'boolean' | 'date' | 'ip' | 'version' | 'unknown'

export function comparisonKind(column: Column): Kind {
  switch (column.type) {
    case 'long':
    case 'double':
      return 'number'
    case 'boolean':
    case 'date':
    case 'ip':
    case 'version':
    case 'unknown':
      return column.type
    default:
      return 'text'
  }
}

/** The text of a constant as a keyword field would hold it. */
export function literalText(literal: Literal): string {
  return literal.kind === 'number' ? String(literal.value) : literal.kind === 'null' ? 'null' : String(literal.value)
}

function literalNumber(literal: Literal): number | null {
  if (literal.kind === 'number') return literal.value
  return literal.kind === 'string' ? numberIn(literal.value) : null
}

/** The number that a text is wholly made of, or null. */
export function numberIn(text: string): number | null {
  if (text.trim() === '') return null
  const value = Number(text)
  return Number.isFinite(value) ? value : null
}

/** A value of a numeric column: numbers, and texts of digits as Elasticsearch's coercion accepts them. */
export function asNumber(value: Scalar): number | null {
  return typeof value === 'number' ? value : typeof value === 'string' ? numberIn(value) : null
}

export function asBoolean(value: Scalar): boolean | null {
  if (typeof value === 'boolean') return value
  return value === 'true' ? true : value === 'false' || value === '' ? false : null
}

export function asDate(value: Scalar, column: Column): Timestamp | null {
  if (typeof value === 'boolean') return null
  const format = column.info?.format
  const date = format === undefined ? parseTimestamp(value) : ((typeof value === 'number' ? format.parseNumber(value) : format.parse(value))?.low ?? null)
  return date && kept(date, column)
}

/** An instant as precisely as the column keeps it. */
function kept(date: Timestamp, column: Column): Timestamp {
  return column.info?.millis && date.ns !== 0 ? { ms: date.ms, ns: 0 } : date
}

/** Equality with any of the constants (`==` with one, `in` with several); `insensitive` is `in~`. */
export function equalsAny(column: Column, literals: readonly Literal[], insensitive: boolean, now: number | null): ValueTest {
  const given = literals.filter((l) => l.kind !== 'null')
  const kind = comparisonKind(column)
  switch (kind) {
    case 'number': {
      const numbers = new Set(given.map(literalNumber).filter((n) => n !== null))
      return (value) => {
        const number = asNumber(value)
        return number !== null && numbers.has(number)
      }
    }
    case 'boolean': {
      const wanted = new Set(given.map((l) => (l.kind === 'boolean' ? l.value : asBoolean(literalText(l)))))
      return (value) => {
        const truth = asBoolean(value)
        return truth !== null && wanted.has(truth)
      }
    }
    case 'ip': {
      const blocks = given.map((l) => parseCidr(literalText(l))).filter((b) => b !== null)
      return (value) => {
        const ip = typeof value === 'string' ? parseIp(value) : null
        return ip !== null && blocks.some((b) => blockContains(b, ip))
      }
    }
    case 'date': {
      const spans = given.map((l) => dateSpan(l, now, column)).filter((s) => s !== null)
      return (value) => {
        const date = asDate(value, column)
        return date !== null && spans.some((s) => compareTimestamps(s.low, date) <= 0 && compareTimestamps(date, s.high) <= 0)
      }
    }
    case 'version':
      return (value) => given.some((l) => compareVersions(String(value), literalText(l)) === 0)
    case 'text':
    case 'unknown':
      return equalsAnyText(given, insensitive)
    default:
      return unreachable(kind)
  }
}

function equalsAnyText(literals: readonly Literal[], insensitive: boolean): ValueTest {
  const texts = new Set(literals.map((l) => (insensitive ? foldAscii(literalText(l)) : literalText(l))))
  // As written too: a keyword `1.0` equals the constant 1.0, which as a number is 1.
  for (const l of literals) if (l.kind === 'number') texts.add(l.text)
  const numbers = new Set(literals.map(literalNumber).filter((n) => n !== null))
  if (insensitive) return (value) => (typeof value === 'string' ? texts.has(foldAscii(value)) : texts.has(String(value)))
  const [only] = texts
  const single = texts.size === 1 && only !== undefined ? only : null
  return (value) => {
    if (typeof value === 'string') return single === null ? texts.has(value) : value === single
    return texts.has(String(value)) || (typeof value === 'number' && numbers.has(value))
  }
}

/** `<`, `<=`, `>`, `>=` against a constant. */
export function ordered(column: Column, op: Exclude<CompareOp, '==' | '!='>, literal: Literal, now: number | null): ValueTest {
  if (literal.kind === 'null') return never
  const holds = holder(op)
  const number = literalNumber(literal)
  const text = literalText(literal)
  const kind = comparisonKind(column)
  switch (kind) {
    case 'number':
      return (value) => {
        const other = asNumber(value)
        return other !== null && number !== null && holds(other - number)
      }
    case 'ip': {
      const bound = parseIp(text)
      return (value) => {
        const ip = typeof value === 'string' ? parseIp(value) : null
        return ip !== null && bound !== null && holds(compareIp(ip, bound))
      }
    }
    case 'date': {
      const span = dateSpan(literal, now, column)
      if (!span) return never
      // A day without an hour is all of the day: after it begins when it ends, up to it includes its end.
      const bound = op === '>' || op === '<=' ? span.high : span.low
      return (value) => {
        const date = asDate(value, column)
        return date !== null && holds(compareTimestamps(date, bound))
      }
    }
    case 'version':
      return (value) => holds(compareVersions(String(value), text))
    case 'text':
    case 'boolean':
      return (value) => holds(compareText(String(value), text))
    case 'unknown':
      return (value) => {
        if (typeof value === 'boolean') return false
        const other = asNumber(value)
        if (number !== null && other !== null && (typeof value === 'number' || literal.kind === 'number')) return holds(other - number)
        return typeof value === 'string' && literal.kind === 'string' && holds(compareText(value, literal.value))
      }
    default:
      return unreachable(kind)
  }
}

/** Whether an order (negative, zero, positive) is the one the operator asks for. */
export function holder(op: Exclude<CompareOp, '==' | '!='>): (order: number) => boolean {
  switch (op) {
    case '<':
      return (order) => order < 0
    case '<=':
      return (order) => order <= 0
    case '>':
      return (order) => order > 0
    case '>=':
      return (order) => order >= 0
    default:
      return unreachable(op)
  }
}

/** All instants that a date constant stands for: Elasticsearch fills in what is not written, down or up as the operator needs. */
function dateSpan(literal: Literal, now: number | null, column: Column): DateSpan | null {
  const span = wholeSpan(literal, now, column.info?.format)
  return span && { low: kept(span.low, column), high: kept(span.high, column) }
}

function wholeSpan(literal: Literal, now: number | null, format: DateFormat | undefined): DateSpan | null {
  const formatted = format ? formattedSpan(literal, now, format) : null
  if (formatted) return formatted
  if (literal.kind === 'number') {
    const at = parseTimestamp(literal.value)
    return at && { low: at, high: { ms: at.ms, ns: END_OF_MS } }
  }
  if (literal.kind !== 'string') return null
  const text = literal.value
  const low = parseTimestamp(text)
  if (!low) return mathSpan(text, now, parseTimestamp)
  const match = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(:\d{2}(?:[.,](\d+))?)?)?/.exec(text)
  if (!match) return { low, high: { ms: low.ms, ns: END_OF_MS } }
  const fraction = match[2]
  if (fraction !== undefined && fraction.length > 3) return { low, high: low }
  const missing = fraction !== undefined ? 1 : match[1] !== undefined ? 1_000 : /[T ]/.test(match[0]) ? 60_000 : 86_400_000
  return { low, high: { ms: low.ms + missing - 1, ns: END_OF_MS } }
}

function formattedSpan(literal: Literal, now: number | null, format: DateFormat): DateSpan | null {
  if (literal.kind === 'number') return format.parseNumber(literal.value)
  if (literal.kind !== 'string') return null
  return format.parse(literal.value) ?? mathSpan(literal.value, now, (text) => format.parse(text)?.low ?? null)
}

function mathSpan(text: string, now: number | null, parse: (text: string) => Timestamp | null): DateSpan | null {
  const math = evaluateDateMath(text, now ?? Number.NaN, parse)
  return math && { low: math, high: { ms: math.ms, ns: END_OF_MS } }
}
