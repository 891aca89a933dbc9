/** The head of an audit record: which host, which kind, which event. */
import { readLineHead } from './line-head'
import { recordType } from './record-types'

export interface AuditHeader {
  /** The host that `node=` names, else the one that the log's own head does. */
  readonly node: string | null
  /** SYSCALL, EXECVE, … by name, however it was written; `UNKNOWN[1420]` as auditd writes what it has no name for. */
  readonly type: string
  /** Milliseconds since the epoch. */
  readonly ms: number
  /** Its digits: they may be more than a number holds. */
  readonly serial: string
  /** Written by `ausearch -i`: values are names and unquoted text instead of numbers and hex. */
  readonly interpreted: boolean
  /** Where the fields begin. */
  readonly body: number
}

/** A head is found within these characters or not at all, so that a long line costs no more than a short one. */
export const HEADER_LENGTH = 1_024

/** `msg=` is what auditd adds; the kernel's own log leaves it out. */
const HEADER = /(?:node=(\S{1,256})[ \t]+)?type=(\S{1,64})[ \t]+(?:msg=)?audit\(([^()]{3,64})\)[ \t]*:?[ \t]*/y
const RAW_STAMP = /^(\d{1,12})\.(\d{1,3}):(\d{1,20})$/
const HUMAN_STAMP = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4}) (\d{2}):(\d{2}):(\d{2})\.(\d{1,3}):(\d{1,20})$/
const YEAR_9999 = Date.UTC(9999, 11, 31)

/**
 * The date of `ausearch -i` has the order of its host's locale and no zone. Month first is its default; a first number that
 * can only be a day is one. The zone is taken for UTC: nothing in the record tells it.
 */
function humanTime(parts: readonly string[]): number | null {
  const [first = 0, second = 0, year = 0, hour = 0, minute = 0, secs = 0] = parts.map(Number)
  const [month, day] = first > 12 ? [second, first] : [first, second]
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || secs > 59) return null
  return Date.UTC(year < 100 ? 2000 + year : year, month - 1, day, hour, minute, secs, Number((parts[6] ?? '').padEnd(3, '0')))
}

function bareSerial(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '')
}

/** What stands between the brackets of `audit(…)`: a time and a serial; null when it is neither of the ways they are written. */
export function readStamp(stamp: string): Pick<AuditHeader, 'ms' | 'serial' | 'interpreted'> | null {
  const raw = RAW_STAMP.exec(stamp)
  const human = raw ? null : HUMAN_STAMP.exec(stamp)
  const ms = raw ? Number(raw[1]) * 1000 + Number((raw[2] ?? '').padEnd(3, '0')) : human ? humanTime(human.slice(1, 8)) : null
  if (ms === null || ms > YEAR_9999) return null
  return { ms, serial: bareSerial(raw?.[3] ?? human?.[8] ?? '0'), interpreted: raw === null }
}

interface ReadHeader {
  readonly header: AuditHeader
  /** Where the type stands, as it is written. */
  readonly typeAt: number
  readonly written: string
}

function headerAt(text: string, at: number): RegExpExecArray | null {
  HEADER.lastIndex = at
  return HEADER.exec(text)
}

function readWhole(line: string): ReadHeader | null {
  const text = line.length > HEADER_LENGTH ? line.slice(0, HEADER_LENGTH) : line
  let match = headerAt(text, 0)
  let logHost: string | null = null
  if (match === null) {
    const head = readLineHead(text, (at) => headerAt(text, at) !== null)
    if (head === null) return null
    logHost = head.host
    match = headerAt(text, head.end)
  }
  if (match === null) return null
  const [head, node = logHost, written = '', stamp = ''] = match
  const time = readStamp(stamp)
  if (time === null) return null
  const body = match.index + head.length
  const typeAt = text.indexOf(TYPE, match.index + (match[1] === undefined ? 0 : NODE.length + match[1].length)) + TYPE.length
  const header = { node, type: recordType(written), ...time, body }
  return { header, typeAt, written }
}

/** Reads the head of a line; null when the line is not an audit record or its time is not between 1970 and 9999. */
export function readHeader(line: string): AuditHeader | null {
  return readWhole(line)?.header ?? null
}

const NODE = 'node='
const TYPE = 'type='
const SPACE = 0x20
const TAB = 0x09

/**
 * Reads the head of a line after another one. Lines of one event come together and differ in the type alone, which needs no
 * regular expression to see; any other line is read as `readHeader` reads it.
 */
export class HeaderReader {
  #last: AuditHeader | null = null
  /** The last head before its type and behind it. */
  #front = ''
  #back = ''

  read(line: string): AuditHeader | null {
    const last = this.#last
    const written = last === null ? null : this.#typeOf(line)
    if (last !== null && written !== null) return { ...last, type: recordType(written), body: this.#front.length + written.length + this.#back.length }
    const read = readWhole(line)
    if (read === null) return null
    const { header, typeAt } = read
    if (!header.interpreted) {
      const back = line.slice(typeAt + read.written.length, header.body)
      // Without the colon the next line's might be taken for a part of its fields.
      this.#last = back.includes('):') ? header : null
      this.#front = line.slice(0, typeAt)
      this.#back = back
    }
    return header
  }

  #typeOf(line: string): string | null {
    const from = this.#front.length
    if (!line.startsWith(this.#front)) return null
    let end = from
    while (end < line.length && end - from <= 64) {
      const c = line.charCodeAt(end)
      if (c === SPACE || c === TAB) break
      // Other blanks end a type as well; they are not what auditd writes.
      if (c < SPACE || c > 0x7e) return null
      end++
    }
    if (end === from || end - from > 64 || end + this.#back.length > HEADER_LENGTH || !line.startsWith(this.#back, end)) return null
    return line.slice(from, end)
  }
}

/** `1700000000.123:456`: what audit calls an event, in one spelling however the line gave it. */
export function stampText({ ms, serial }: Pick<AuditHeader, 'ms' | 'serial'>): string {
  return `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}:${serial}`
}
