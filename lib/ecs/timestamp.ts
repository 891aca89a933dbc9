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

/**
 * Reads a timestamp as Elasticsearch's `strict_date_optional_time||epoch_millis` does: ISO 8601 (a missing zone is UTC,
 * nine fraction digits are kept), a number of milliseconds, or a string of digits that is one. Answers null for anything else.
 */
export function parseTimestamp(value: unknown): Timestamp | null {
  if (typeof value === 'number') return Number.isFinite(value) ? fromMilliseconds(value) : null
  if (typeof value !== 'string') return null
  const match = ISO.exec(value)
  if (!match) return /^-?\d{1,16}(?:\.\d+)?$/.test(value) ? fromMilliseconds(Number(value)) : null
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
