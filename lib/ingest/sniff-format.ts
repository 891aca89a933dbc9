import { HEADER_LENGTH, readHeader } from '@/lib/ecs/normalizers/auditd/header'
import { HitsFinder, beginsLikeAnswer } from './find-hits'
import type { RecordFormat } from './split-records'

const NEWLINE = 0x0a
const NUL = 0x00
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d])
const QUOTE = 0x22
const BACKSLASH = 0x5c
const BRACE = 0x7b
const BRACKET = 0x5b
const OPEN = new Set([BRACE, BRACKET])
const CLOSE = new Set([0x7d, 0x5d])
/** So many bytes of a line are enough to see an audit record in it. */
const LINE_BYTES = 4 * HEADER_LENGTH
/** How audit.log and the ways ausearch prints it begin. */
const AUDIT_STARTS = ['type=', 'node=', '----', 'time->'].map((text) => Buffer.from(text))

/** What a stream turned out to be, and how many bytes of lines stand in front that tell nothing. */
export interface Sniffed {
  readonly format: RecordFormat
  readonly odd: number
}

/** The first balanced value of the text ends here (index after it), or -1 when it does not end in these bytes. */
function endOfValue(bytes: Buffer, from: number): number {
  let depth = 0
  let inString = false
  for (let i = from; i < bytes.length; i++) {
    const c = bytes[i] ?? 0
    if (inString) {
      if (c === BACKSLASH) i++
      else if (c === QUOTE) inString = false
    } else if (c === QUOTE) inString = true
    else if (OPEN.has(c)) depth++
    else if (CLOSE.has(c) && --depth === 0) return i + 1
  }
  return -1
}

/** The format of what begins with a brace: an object a line, objects over several lines, or answers of a search; null for too few bytes. */
function formatOfObjects(bytes: Buffer, start: number, complete: boolean): RecordFormat | null {
  const answers = beginsLikeAnswer(bytes, start, complete)
  if (answers === null) return null
  const newline = bytes.indexOf(NEWLINE, start)
  const end = endOfValue(bytes, start)
  if (answers) {
    if (new HitsFinder().find(bytes, start) !== -1) return 'search-response'
    if (end === -1 && !complete) return null
  }
  if (end !== -1 && (newline === -1 || end <= newline)) {
    let next = end
    while (next < bytes.length && next !== newline && SPACE.has(bytes[next] ?? 0)) next++
    // Another object right behind the first: they stand one after the other, not one a line.
    if (bytes[next] === BRACE) return 'json'
    return next < bytes.length || complete ? 'ndjson' : null
  }
  if (newline === -1) return complete ? 'ndjson' : null
  // The first line is not a whole object. A brace alone on it opens a pretty-printed one; anything else is a cut-off line.
  const firstLine = bytes.subarray(start + 1, newline)
  return firstLine.every((c) => SPACE.has(c)) ? 'json' : 'ndjson'
}

/** Whether a bracket opens an array of JSON and not the time of a log line; null for too few bytes. */
function opensArray(bytes: Buffer, start: number, complete: boolean): boolean | null {
  let next = start + 1
  while (next < bytes.length && SPACE.has(bytes[next] ?? 0)) next++
  const c = bytes[next]
  if (c === undefined) return complete ? true : null
  if (c === BRACE || c === BRACKET || c === QUOTE || c === 0x5d) return true
  const newline = bytes.indexOf(NEWLINE, next)
  const line = bytes.toString('latin1', next, newline === -1 ? next + 64 : Math.min(newline, next + 64))
  if (/^(?:-?\d{1,30}(?:\.\d{1,30})?(?:e[+-]?\d{1,5})?|true|false|null)\s*(?:,|\]\s*$)/i.test(line)) return newline !== -1 || complete || line.includes(',') ? true : null
  return complete || newline !== -1 || line.length === 64 ? false : null
}

/** What the line that begins here tells: a format, nothing ('odd'), or null for too few bytes. */
function tell(bytes: Buffer, start: number, complete: boolean): RecordFormat | 'odd' | null {
  if (bytes[start] === BRACE) return formatOfObjects(bytes, start, complete)
  const head = bytes.subarray(start)
  if (AUDIT_STARTS.some((text) => head.subarray(0, text.length).equals(text))) return 'auditd'
  const newline = bytes.indexOf(NEWLINE, start)
  const isWhole = newline !== -1 || complete || head.length >= LINE_BYTES
  const isAudit = isWhole && readHeader(bytes.toString('utf8', start, newline === -1 ? start + LINE_BYTES : Math.min(newline, start + LINE_BYTES))) !== null
  if (isAudit) return 'auditd'
  if (bytes[start] === BRACKET) {
    const array = opensArray(bytes, start, complete)
    if (array === null || array) return array === null ? null : 'json-array'
  }
  return isWhole ? 'odd' : null
}

/**
 * Tells the format of a stream from its beginning: by the first line that tells any. Lines that tell nothing (a comment, the end
 * of a record that was cut, NULs that a crash left) may stand in front. Null while too few bytes are there.
 */
export function sniffFormat(bytes: Buffer, complete: boolean): Sniffed | null {
  // Half of a byte order mark.
  if (bytes[0] === 0xef && bytes.length < 3 && !complete) return null
  for (let line = 0; ; ) {
    let start = line
    while (start < bytes.length && (SPACE.has(bytes[start] ?? 0) || bytes[start] === NUL)) start++
    if (start === bytes.length) return complete ? { format: 'ndjson', odd: 0 } : null
    const format = tell(bytes, start, complete)
    if (format === null) return null
    // NULs on its own line belong to what they stand in front of.
    if (format !== 'odd') return { format, odd: bytes.lastIndexOf(NEWLINE, start) + 1 > line ? bytes.lastIndexOf(NEWLINE, start) + 1 : line }
    const newline = bytes.indexOf(NEWLINE, start)
    if (newline === -1) return complete ? { format: 'ndjson', odd: 0 } : null
    line = newline + 1
  }
}
