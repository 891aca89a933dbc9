export const UTC = 'UTC'

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone)
  if (!found) {
    found = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
      timeZoneName: 'longOffset',
    })
    formatters.set(zone, found)
  }
  return found
}

/** Whether the running JavaScript engine knows this IANA time zone; a name out of a cookie may be anything. */
export function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone: name }))
  } catch {
    return false
  }
}

/** Epoch milliseconds of an ISO 8601 text, a number of milliseconds or a Date; NaN when it is none. */
export function toEpochMs(value: string | number | Date): number {
  if (typeof value === 'number') return value
  return value instanceof Date ? value.getTime() : Date.parse(value)
}

export interface InstantParts {
  readonly date: string
  /** With milliseconds. */
  readonly time: string
  /** `UTC`, or the zone's offset at that instant: `+02:00`. */
  readonly offset: string
}

/**
 * An instant as date, time with milliseconds, and offset, in UTC or an IANA zone. Undefined for what is not a date.
 * Written by us rather than by a locale: the same in every browser, sortable by eye, the same as in exports.
 */
export function instantParts(value: string | number | Date, zone: string): InstantParts | undefined {
  const ms = toEpochMs(value)
  if (Number.isNaN(ms) || Math.abs(ms) > 8.64e15) return undefined
  if (zone === UTC) {
    const iso = new Date(ms).toISOString()
    const split = iso.indexOf('T')
    return { date: iso.slice(0, split), time: iso.slice(split + 1, -1), offset: UTC }
  }
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const { type, value: text } of formatter(zone).formatToParts(ms)) part[type] = text
  const offset = (part.timeZoneName ?? '').replace('GMT', '') || '+00:00'
  return {
    date: `${part.year ?? ''}-${part.month ?? ''}-${part.day ?? ''}`,
    time: `${part.hour ?? ''}:${part.minute ?? ''}:${part.second ?? ''}.${part.fractionalSecond ?? ''}`,
    offset,
  }
}

/** `2026-01-15 12:00:00.250 UTC`, or with the offset of a zone; `–` for what is not a date. */
export function formatInstant(value: string | number | Date, zone: string = UTC): string {
  const parts = instantParts(value, zone)
  return parts ? `${parts.date} ${parts.time} ${parts.offset}` : '–'
}
