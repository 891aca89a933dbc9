/** A point in time: milliseconds since the epoch and the nanoseconds (0–999,999) within that millisecond. */
export interface Timestamp {
  readonly ms: number
  readonly ns: number
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9})\d*)?)?)?(Z|z|[+-]\d{2}(?::?\d{2})?)?$/

function offsetMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  const digits = zone.slice(1).replace(':', '')
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || '0'))
}

/** The two digits at a place, or a number above 99 where they are not digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 1_000
}

let knownDay = ''
let knownDayMs = 0

/**
 * `2026-03-01T10:00:00Z` with up to nine fraction digits, as nearly every sensor writes it, read without a regular expression;
 * null for any other spelling. Every event's time is read twice, so it counts. Events come day by day: the last is remembered.
 */
function parseUsual(text: string): Timestamp | null {
  const { length } = text
  if (length < 20 || length > 30 || text.charCodeAt(10) !== 0x54 || text.charCodeAt(length - 1) !== 0x5a) return null
  if (text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d) return null
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a || (length > 20 && (length === 21 || text.charCodeAt(19) !== 0x2e))) return null
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  if (hour > 23 || minute > 59 || second > 59) return null
  let nanos = 0
  for (let at = 20; at < length - 1; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return null
    nanos = nanos * 10 + digit
  }
  for (let digits = Math.max(0, length - 21); digits < 9; digits++) nanos *= 10
  const day = text.slice(0, 10)
  if (day !== knownDay) {
    const midnight = parseAny(day)
    if (midnight === null) return null
    knownDay = day
    knownDayMs = midnight.ms
  }
  const ns = nanos % 1e6
  return { ms: knownDayMs + hour * 3_600_000 + minute * 60_000 + second * 1_000 + (nanos - ns) / 1e6, ns }
}

/**
 * Reads a timestamp as Elasticsearch's `strict_date_optional_time||epoch_millis` does: ISO 8601 (a missing zone is UTC,
 * nine fraction digits are kept), a number of milliseconds, or a string of digits that is one. Answers null for anything else.
 */
export function parseTimestamp(value: unknown): Timestamp | null {
  if (typeof value === 'number') return Number.isFinite(value) ? fromMilliseconds(value) : null
  return typeof value === 'string' ? (parseUsual(value) ?? parseAny(value)) : null
}

function parseAny(text: string): Timestamp | null {
  const match = ISO.exec(text)
  if (!match) return /^-?\d{1,16}(?:\.\d+)?$/.test(text) ? fromMilliseconds(Number(text)) : null
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match
  const monthIndex = Number(month) - 1
  const base = Date.UTC(Number(year), monthIndex, Number(day), Number(hour), Number(minute), Number(second))
  const check = new Date(base)
  // Date.UTC rolls 30 February over into March; 24:00:00 and leap seconds roll too and are refused with it.
  if (check.getUTCMonth() !== monthIndex || check.getUTCDate() !== Number(day) || Number(minute) > 59 || Number(second) > 59) return null
  const nanos = Number(fraction.padEnd(9, '0'))
  return { ms: base - offsetMinutes(zone) * 60_000 + Math.floor(nanos / 1e6), ns: nanos % 1e6 }
}

function fromMilliseconds(value: number): Timestamp {
  const ms = Math.floor(value)
  return { ms, ns: Math.round((value - ms) * 1e6) }
}

/** Earlier is negative, later positive. */
export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return a.ms - b.ms || a.ns - b.ns
}
