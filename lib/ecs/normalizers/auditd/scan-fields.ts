import { LIMITS } from '@/lib/limits'

/** A field's value as written. Quoted text stands for itself; unquoted text may be hex. */
export interface AuditValue {
  readonly text: string
  readonly quoted: boolean
}

export type AuditFields = ReadonlyMap<string, AuditValue>

export interface ScannedFields {
  readonly fields: AuditFields
  /** The text ends inside of a quoted value. */
  readonly isCut: boolean
}

export interface ScanMode {
  /** Values of `ausearch -i` are not quoted and may hold blanks: they end where the next field begins. */
  readonly interpreted: boolean
  /** Of an interpreted EXECVE only `a1=` and the like begin a field: an argument may look like one. */
  readonly argumentsOnly?: boolean
}

const NEXT_FIELD = /\s(?=[A-Za-z_][\w-]{0,62}(?:\[\d{1,9}\])?=)/g
const NEXT_ARGUMENT = /\s(?=(?:a\d{1,9}|argc)=)/g
/** Between the values of a field that has several: what the kernel puts between the keys of a rule. */
export const SEVERAL = '\u0001'
/** The same as rsyslog writes it. */
const SEVERAL_ESCAPED = '#001'

/**
 * Where what auditd resolved begins without the separator in front of it: terminals and pasted text lose that character.
 * The names are auditd's; no value of the kernel's has them in it.
 */
const GLUED = /[^\s=]*?(?=(?:ARCH|SYSCALL|AUID|OLD-AUID|OAUID|OUID|UID|SADDR)=)/y

const EQUALS = 0x3d
const QUOTE = 0x22
const APOSTROPHE = 0x27
const COMMA = 0x2c
const PARENTHESIS = 0x28
const BRACE = 0x7b

function isBlank(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d
}

/** Old records put commas between fields; a comma in a value belongs to it. */
function isBetween(c: number): boolean {
  return isBlank(c) || c === COMMA
}

/** The end of a value that is not quoted. */
function wordEnd(text: string, from: number): number {
  let end = from
  let glued = false
  for (; end < text.length; end++) {
    const c = text.charCodeAt(end)
    if (isBlank(c)) break
    if (c === EQUALS) glued = true
  }
  if (!glued) return end
  GLUED.lastIndex = from
  return GLUED.test(text) ? GLUED.lastIndex : end
}

/**
 * Cuts `k=v k="v w" k='…' k={ … }` into fields. The first value of a name counts, because what the kernel says stands in
 * front; only `key` may have several. Words without `=` are passed over, except that `old auid=` is `old-auid`, as old
 * kernels meant it. Answers null when there are more than `LIMITS.auditFields`.
 */
export function scanFields(text: string, mode: ScanMode): ScannedFields | null {
  const fields = new Map<string, AuditValue>()
  let word = ''
  let at = 0
  let noBrace = false
  let isCut = false
  /** The quote that ends what begins behind the one at `from`. */
  const closing = (from: number): number => {
    const end = text.indexOf('"', from + 1)
    if (end === -1) isCut = true
    return end === -1 ? text.length : end
  }
  const interpretedEnd = (from: number): number => {
    const next = mode.argumentsOnly === true ? NEXT_ARGUMENT : NEXT_FIELD
    next.lastIndex = from
    return next.exec(text)?.index ?? text.length
  }
  while (at < text.length) {
    while (at < text.length && isBetween(text.charCodeAt(at))) at++
    const start = at
    let c = 0
    for (; at < text.length; at++) {
      c = text.charCodeAt(at)
      if (c === EQUALS || isBetween(c)) break
    }
    if (at >= text.length || c !== EQUALS) {
      word = text.slice(start, at)
      continue
    }
    const name = text.slice(text.charCodeAt(start) === PARENTHESIS ? start + 1 : start, at)
    at++
    let value: AuditValue
    const opening = text.charCodeAt(at)
    const brace = opening === BRACE && !noBrace ? text.indexOf('}', at) : -1
    if (opening === BRACE && brace === -1) noBrace = true
    if (opening === QUOTE && !mode.interpreted) {
      let end = closing(at)
      let content = text.slice(at + 1, end)
      at = end + 1
      // The keys of a rule that has several: "a"\x01"b".
      for (let next = nextOfSeveral(text, at); next !== -1; next = nextOfSeveral(text, at)) {
        end = closing(next)
        content += SEVERAL + text.slice(next + 1, end)
        at = end + 1
      }
      value = { text: content, quoted: true }
    } else if (opening === APOSTROPHE) {
      const last = text.lastIndexOf("'")
      const end = last > at ? last : text.length
      if (end === text.length) isCut = true
      value = { text: text.slice(at + 1, end), quoted: true }
      at = end + 1
    } else if (brace !== -1) {
      value = { text: text.slice(at + 1, brace).trim(), quoted: true }
      at = brace + 1
    } else {
      const end = mode.interpreted ? interpretedEnd(at) : wordEnd(text, at)
      value = { text: text.slice(at, end).trimEnd(), quoted: false }
      at = end
    }
    const key = word === 'old' || word === 'new' ? `${word}-${name}` : name
    word = ''
    const known = fields.get(key)
    if (known === undefined) fields.set(key, value)
    else if (key === 'key') fields.set(key, { text: known.text + SEVERAL + value.text, quoted: true })
    if (fields.size > LIMITS.auditFields) return null
  }
  return { fields, isCut }
}

/** The quote of the next of several values, -1 when there is none. */
function nextOfSeveral(text: string, at: number): number {
  const next = text[at] === SEVERAL ? at + 1 : text.startsWith(SEVERAL_ESCAPED, at) ? at + SEVERAL_ESCAPED.length : -1
  return next !== -1 && text[next] === '"' ? next : -1
}
