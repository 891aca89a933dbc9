/**
 * Java's date patterns (`dd-MM-yyyy HH:mm[:ss]`) as regular expressions with a group for every part. Letters that read nothing
 * a date is made of, or that Elasticsearch's own formats never use, are not known.
 */

/** What a text says of a date; what it leaves out is undefined. */
export interface DateParts {
  year?: number
  month?: number
  day?: number
  dayOfYear?: number
  weekYear?: number
  week?: number
  weekday?: number
  hour?: number
  minute?: number
  second?: number
  /** Nanoseconds of the second. */
  nanos?: number
  /** How far the zone is ahead of UTC at a local time, in milliseconds. */
  offsetMs?: (local: number) => number
}

interface Draft extends DateParts {
  isPm?: boolean
  halfHour?: number
  isBc?: boolean
}

interface Part {
  readonly regex: string
  /** Takes what its group matched; false if it is out of range. */
  readonly take: (text: string, into: Draft) => boolean
}

export interface PatternOptions {
  /** Parts may have fewer digits than letters. */
  readonly lenient: boolean
}

/** A reader of texts of the pattern; null if the pattern has letters that are not known or is not well formed. */
export function compileDatePattern(pattern: string, { lenient }: PatternOptions): ((text: string) => DateParts | null) | null {
  const parts: Part[] = []
  const regex = translate(pattern, lenient, parts)
  if (regex === null || parts.length === 0) return null
  const whole = new RegExp(`^${regex}$`, 'i')
  return (text) => {
    const match = text.length > LONGEST_DATE ? null : whole.exec(text)
    if (!match) return null
    const found: Draft = {}
    for (const [i, part] of parts.entries()) {
      const group = match[i + 1]
      if (group !== undefined && !part.take(group, found)) return null
    }
    return settle(found)
  }
}

const LONGEST_DATE = 100
/** Longer patterns are no dates. */
const LONGEST_PATTERN = 200

function translate(pattern: string, lenient: boolean, parts: Part[]): string | null {
  if (pattern.length > LONGEST_PATTERN) return null
  let regex = ''
  let open = 0
  for (let at = 0; at < pattern.length; ) {
    const c = pattern[at] ?? ''
    if (c === "'") {
      const end = pattern.indexOf("'", at + 1)
      if (end < 0) return null
      regex += escape(end === at + 1 ? "'" : pattern.slice(at + 1, end))
      at = end + 1
    } else if (c === '[') {
      regex += '(?:'
      open++
      at++
    } else if (c === ']') {
      if (open-- === 0) return null
      regex += ')?'
      at++
    } else if (/[A-Za-z]/.test(c)) {
      let end = at
      while (pattern[end] === c) end++
      const part = partOf(c, end - at, lenient, /[A-Za-z]/.test(pattern[end] ?? ''))
      if (!part) return null
      parts.push(part)
      regex += `(${part.regex})`
      at = end
    } else {
      // The fraction may be written with a comma.
      regex += c === '.' && pattern[at + 1] === 'S' ? '[.,]' : escape(c)
      at++
    }
  }
  return open === 0 ? regex : null
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, (c) => `\\${c}`)
}

const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

type NumberField = 'year' | 'month' | 'day' | 'dayOfYear' | 'weekYear' | 'week' | 'weekday' | 'hour' | 'halfHour' | 'minute' | 'second'

/** `followed` by another letter a part takes as many digits as letters: `yyyyMMdd`. */
function number(count: number, most: number, followed: boolean, lenient: boolean, field: NumberField, low: number, high: number, adjust = 0): Part {
  const least = lenient ? 1 : count
  const digits = followed ? `\\d{${count === 1 ? `1,${most}` : count}}` : `\\d{${least},${Math.max(count === 1 || lenient ? most : count, least)}}`
  return {
    regex: digits,
    take: (text, into) => {
      const value = Number(text)
      if (value < low || value > high) return false
      into[field] = value + adjust
      return true
    },
  }
}

function year(count: number, followed: boolean, lenient: boolean, field: 'year' | 'weekYear'): Part {
  if (count === 2) return number(2, 2, true, false, field, 0, 99, 2_000)
  const digits = followed || (count >= 4 && !lenient) ? `\\d{${count}}` : '\\d{1,9}'
  return {
    regex: `[+-]?${digits}`,
    take: (text, into) => {
      into[field] = Number(text)
      return true
    },
  }
}

function named(names: readonly string[], count: number, take: (index: number, into: Draft) => void): Part {
  const shown = names.map((name) => (count >= 4 ? name : name.slice(0, 3)))
  return {
    regex: shown.join('|'),
    take: (text, into) => {
      take(shown.indexOf(text.toLowerCase()), into)
      return true
    },
  }
}

function scaled(digits: string, nanosPerUnit: number): Part {
  return {
    regex: digits,
    take: (text, into) => {
      const value = Number(text) * nanosPerUnit
      into.nanos = value
      return true
    },
  }
}

function ofDay(unitsPerSecond: number): Part {
  return {
    regex: '\\d{1,14}',
    take: (text, into) => {
      const seconds = Math.floor(Number(text) / unitsPerSecond)
      if (seconds >= 86_400) return false
      into.hour = Math.floor(seconds / 3_600)
      into.minute = Math.floor(seconds / 60) % 60
      into.second = seconds % 60
      into.nanos = (Number(text) % unitsPerSecond) * (1e9 / unitsPerSecond)
      return true
    },
  }
}

function partOf(letter: string, count: number, lenient: boolean, followed: boolean): Part | null {
  switch (letter) {
    case 'u':
    case 'y':
      return year(count, followed, lenient, 'year')
    case 'Y':
      return year(count, followed, lenient, 'weekYear')
    case 'M':
    case 'L':
      if (count >= 3) return named(MONTHS, count, (index, into) => void (into.month = index + 1))
      return number(count, 2, followed, lenient, 'month', 1, 12)
    case 'd':
      return number(count, 2, followed, lenient, 'day', 1, 31)
    case 'D':
      return number(count, 3, followed, lenient, 'dayOfYear', 1, 366)
    case 'w':
      return number(count, 2, followed, lenient, 'week', 1, 53)
    case 'e':
    case 'c':
      if (count >= 3) return named(DAYS, count, (index, into) => void (into.weekday = index + 1))
      return number(count, 1, followed, lenient, 'weekday', 1, 7)
    case 'E':
      return named(DAYS, count, () => undefined)
    case 'H':
      return number(count, 2, followed, lenient, 'hour', 0, 23)
    case 'k':
      return { ...number(count, 2, followed, lenient, 'hour', 1, 24), take: bounded(1, 24, (value, into) => void (into.hour = value % 24)) }
    case 'h':
      return { ...number(count, 2, followed, lenient, 'halfHour', 1, 12), take: bounded(1, 12, (value, into) => void (into.halfHour = value % 12)) }
    case 'K':
      return number(count, 2, followed, lenient, 'halfHour', 0, 11)
    case 'a':
      return { regex: '[ap]m', take: always((text, into) => void (into.isPm = text.toLowerCase() === 'pm')) }
    case 'G':
      return { regex: 'ad|bc', take: always((text, into) => void (into.isBc = text.toLowerCase() === 'bc')) }
    case 'm':
      return number(count, 2, followed, lenient, 'minute', 0, 59)
    case 's':
      return number(count, 2, followed, lenient, 'second', 0, 59)
    case 'S':
      return {
        // Elasticsearch reads up to nine digits wherever its own formats have a fraction.
        regex: count === 3 ? '\\d{1,9}' : `\\d{${Math.min(count, 9)}}`,
        take: always((text, into) => void (into.nanos = Number(text.padEnd(9, '0')))),
      }
    case 'n':
      return scaled('\\d{1,9}', 1)
    case 'A':
      return ofDay(1_000)
    case 'N':
      return ofDay(1e9)
    case 'X':
    case 'x':
    case 'Z':
    case 'O':
      return { regex: 'z|(?:gmt|utc)?[+-]\\d{1,2}(?::?\\d{2}){0,2}|gmt|utc', take: takeOffset }
    case 'V':
    case 'v':
    case 'z':
      return { regex: '[a-z][a-z0-9_+/-]*|[+-]\\d{1,2}(?::?\\d{2}){0,2}', take: (text, into) => takeOffset(text, into) || takeZone(text, into) }
    default:
      return null
  }
}

function always(put: (text: string, into: Draft) => void): Part['take'] {
  return (text, into) => {
    put(text, into)
    return true
  }
}

function bounded(low: number, high: number, put: (value: number, into: Draft) => void): Part['take'] {
  return (text, into) => {
    const value = Number(text)
    if (value < low || value > high) return false
    put(value, into)
    return true
  }
}

function takeOffset(text: string, into: Draft): boolean {
  const match = /^(?:gmt|utc)?(?:([+-])(\d{1,2}):?(\d{2})?:?(\d{2})?)?$/i.exec(text)
  if (!match && text.toLowerCase() !== 'z') return false
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match ?? []
  const ms = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000 * (sign === '-' ? -1 : 1)
  if (Math.abs(ms) > 18 * 3_600_000) return false
  into.offsetMs = () => ms
  return true
}

/** A zone by name, `Europe/Berlin`: what its clocks show is what the platform knows of them. */
function takeZone(text: string, into: Draft): boolean {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: text, timeZoneName: 'longOffset' })
  } catch {
    return false
  }
  const offsetAt = (ms: number): number => {
    const name = format.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? ''
    const draft: Draft = {}
    takeOffset(name, draft)
    return draft.offsetMs?.(ms) ?? 0
  }
  into.offsetMs = (local) => offsetAt(local - offsetAt(local))
  return true
}

/** Hours of a half of the day and years before Christ become what the rest of the date is told in. */
function settle(found: Draft): DateParts {
  const { isPm, halfHour, isBc, ...parts } = found
  if (halfHour !== undefined) parts.hour = halfHour + (isPm ? 12 : 0)
  if (isBc && parts.year !== undefined) parts.year = 1 - parts.year
  return parts
}
