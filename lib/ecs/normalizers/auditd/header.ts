/** The head of an audit record: which host, which kind, which event. */

export interface AuditHeader {
  /** The host that `node=` names. */
  readonly node: string | null
  /** SYSCALL, EXECVE, …; `UNKNOWN[1420]` as auditd writes what it has no name for. */
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
export const HEADER_LENGTH = 512

const HEADER = /^(?:node=(\S{1,256})[ \t]+)?type=(\S{1,64})[ \t]+msg=audit\(([^()]{3,64})\)[ \t]*:?[ \t]*/
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

/** Reads the head of a line; null when the line is not an audit record or its time is not between 1970 and 9999. */
export function readHeader(line: string): AuditHeader | null {
  const match = HEADER.exec(line.length > HEADER_LENGTH ? line.slice(0, HEADER_LENGTH) : line)
  if (!match) return null
  const [head, node = null, type = '', stamp = ''] = match
  const raw = RAW_STAMP.exec(stamp)
  const human = raw ? null : HUMAN_STAMP.exec(stamp)
  const ms = raw ? Number(raw[1]) * 1000 + Number((raw[2] ?? '').padEnd(3, '0')) : human ? humanTime(human.slice(1, 8)) : null
  if (ms === null || ms > YEAR_9999) return null
  return { node, type, ms, serial: bareSerial(raw?.[3] ?? human?.[8] ?? '0'), interpreted: raw === null, body: head.length }
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
    const type = last === null ? null : this.#typeOf(line)
    if (last !== null && type !== null) return { ...last, type, body: this.#front.length + type.length + this.#back.length }
    const header = readHeader(line)
    if (header !== null && !header.interpreted) {
      const at = line.indexOf(TYPE, header.node === null ? 0 : NODE.length + header.node.length) + TYPE.length
      const back = line.slice(at + header.type.length, header.body)
      // Without the colon the next line's might be taken for a part of its fields.
      this.#last = back.includes('):') ? header : null
      this.#front = line.slice(0, at)
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
