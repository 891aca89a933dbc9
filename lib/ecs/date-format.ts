import { NAMED_FORMATS } from './named-date-formats'
import { compileDatePattern } from './date-pattern'
import type { DateParts } from './date-pattern'
import { parseTimestamp } from './timestamp'
import type { Timestamp } from './timestamp'

/** The first and the last instant that a text stands for: what it leaves out is filled in downwards and upwards. */
export interface DateSpan {
  readonly low: Timestamp
  readonly high: Timestamp
}

/** A date format of an Elasticsearch mapping, compiled. */
export interface DateFormat {
  /** As it was written. */
  readonly text: string
  /** Null for a text that is of none of its formats. */
  readonly parse: (text: string) => DateSpan | null
  /** The same for a number: seconds or milliseconds since 1970 where the format has them, else its digits as a text. */
  readonly parseNumber: (value: number) => DateSpan | null
}

type Parse = DateFormat['parse']

/** Compiles `dd-MM-yyyy||epoch_second`: names of Elasticsearch's and patterns of Java's, tried in turn. Null if one is neither. */
export function compileDateFormat(text: string): DateFormat | null {
  const parsers = text.split('||').map((part) => compileOne(part.trim()))
  if (parsers.some((parser) => parser === null)) return null
  const known = parsers.filter((parser): parser is Parse => parser !== null)
  const parse: Parse = (value) => {
    for (const parser of known) {
      const span = parser(value)
      if (span) return span
    }
    return null
  }
  const unit = /\bepoch_(?:millis|second)\b/.exec(text)?.[0]
  const parseEpoch = unit === undefined ? null : compileOne(unit)
  return { text, parse, parseNumber: (value) => parseEpoch?.(plainNumber(value)) ?? parse(plainNumber(value)) }
}

/** Never with an exponent, which no format reads. */
function plainNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(6)
}

const DEFAULT = compileDateFormat('strict_date_optional_time||epoch_millis')

/** What a date field of a mapping reads that gives no format. What else we take for an instant is read too. */
export const DEFAULT_DATE_FORMAT: DateFormat = {
  text: 'strict_date_optional_time||epoch_millis',
  parse: (text) => DEFAULT?.parse(text) ?? instant(parseTimestamp(text)),
  parseNumber: (value) => instant(parseTimestamp(value)),
}

function instant(at: Timestamp | null): DateSpan | null {
  return at && { low: at, high: { ms: at.ms, ns: END_OF_MS } }
}

/** The last nanosecond of a millisecond. */
export const END_OF_MS = 999_999

function compileOne(format: string): Parse | null {
  if (format === 'epoch_millis') return (text) => epoch(text, 1)
  if (format === 'epoch_second') return (text) => epoch(text, 1_000)
  // `strict_` asks for all digits of a part; the others take fewer.
  const strict = format.startsWith('strict_')
  const pattern = NAMED_FORMATS[strict ? format.slice('strict_'.length) : format]
  const read = compileDatePattern(pattern ?? format, { lenient: pattern !== undefined && !strict })
  return read && ((text) => toSpan(read(text)))
}

function epoch(text: string, scale: 1 | 1_000): DateSpan | null {
  const match = /^(-?)(\d{1,16})(?:\.(\d{1,9}))?$/.exec(text)
  if (!match) return null
  const [, sign, whole = '', fraction = ''] = match
  const digits = scale === 1 ? 6 : 9
  const nanos = Number(fraction.padEnd(digits, '0').slice(0, digits))
  const ms = Number(whole) * scale + Math.floor(nanos / 1e6)
  const ns = nanos % 1e6
  const at = sign === '' ? { ms, ns } : ns === 0 ? { ms: -ms, ns: 0 } : { ms: -ms - 1, ns: 1e6 - ns }
  return { low: at, high: scale === 1 && fraction === '' ? { ms: at.ms, ns: END_OF_MS } : at }
}

const DAY_MS = 86_400_000

/** Elasticsearch fills in the first month and day either way, and of the time of day the first or the last. */
function toSpan(parts: DateParts | null): DateSpan | null {
  const day = parts && dayOf(parts)
  if (!parts || day === null) return null
  const fill = (last: boolean): Timestamp => {
    const { nanos = last ? 999_999_999 : 0 } = parts
    const seconds = (parts.hour ?? (last ? 23 : 0)) * 3_600 + (parts.minute ?? (last ? 59 : 0)) * 60 + (parts.second ?? (last ? 59 : 0))
    const local = day * DAY_MS + seconds * 1_000 + Math.floor(nanos / 1e6)
    return { ms: local - (parts.offsetMs?.(local) ?? 0), ns: nanos % 1e6 }
  }
  return { low: fill(false), high: fill(true) }
}

/** Days since 1970, or null for a day that there is not. */
function dayOf(parts: DateParts): number | null {
  const { year = 1970, month, dayOfYear, day } = parts
  if (parts.weekYear !== undefined) return weekDay(parts.weekYear, parts.week ?? 1, parts.weekday ?? 1)
  if (dayOfYear !== undefined) return checked(year, 0, dayOfYear, (date) => date.getUTCFullYear() === year)
  const monthIndex = (month ?? 1) - 1
  return checked(year, monthIndex, day ?? 1, (date) => date.getUTCMonth() === monthIndex)
}

function checked(year: number, monthIndex: number, day: number, isThere: (date: Date) => boolean): number | null {
  const date = new Date(0)
  date.setUTCFullYear(year, monthIndex, day)
  return Number.isFinite(date.getTime()) && isThere(date) ? date.getTime() / DAY_MS : null
}

/** ISO weeks: they begin on Monday, and the first is that of 4 January. */
function weekDay(year: number, week: number, weekday: number): number | null {
  const fourth = checked(year, 0, 4, () => true)
  if (fourth === null) return null
  const monday = fourth - ((((fourth + 3) % 7) + 7) % 7)
  return monday + (week - 1) * 7 + weekday - 1
}
