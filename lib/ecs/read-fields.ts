/**
 * Reads some fields of a JSON document and passes over the rest: what `JSON.parse` would answer of those fields, at a good half of its
 * cost, since most of a sensor's record is looked at by nobody until somebody opens it. All of the document is checked: what is
 * answered is JSON. What is not, or is unusual, answers null, and `JSON.parse` says what is wrong with it.
 *
 * The grammar is RFC 8259's. Every function takes the bytes and the index of what it reads, and answers the index behind it, or -1;
 * what it read is in `value`.
 */
import { LIMITS } from '@/lib/limits'
import { expandNames, withoutDots } from './dotted-names'
import { keyHash } from './field-set'
import type { FieldNode, FieldSlot } from './field-set'

const FAIL = -1
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const MINUS = 0x2d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const SPACE = 0x20
const EXACT_DIGITS = 15

/** Bytes of a string that stand for themselves: ASCII without controls, quotes and backslashes. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, c) => (c >= 0x20 && c < 0x80 && c !== QUOTE && c !== BACKSLASH ? 1 : 0))
/** What may follow a backslash, besides `u` and four digits. */
const ESCAPES = Uint8Array.from({ length: 256 }, (_, c) => ('"\\/bfnrt'.includes(String.fromCharCode(c)) ? 1 : 0))

// Of the document being read: a call runs to its end before another begins. Left in the module, since carrying them along through
// every function took a tenth longer.
let text = ''
let value: unknown

/**
 * The members of a document that `fields` asks for, as plain objects with the keys as they stand in it; null when the bytes are not a
 * JSON object, are nested deeper than `LIMITS.recordDepth`, or have to be read whole for another reason.
 */
export function readFields(bytes: Buffer, fields: FieldNode): Record<string, unknown> | null {
  text = bytes.toString('latin1')
  const start = skipSpace(bytes, 0)
  const end = bytes[start] === OPEN_OBJECT ? readMembers(bytes, start + 1, fields, 1) : FAIL
  if (end === FAIL || skipSpace(bytes, end) !== bytes.length) return null
  return value as Record<string, unknown>
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39
}

function isHexDigit(c: number): boolean {
  return isDigit(c) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66)
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  let c = bytes[at] ?? 0
  while (c === SPACE || c === 0x0a || c === 0x0d || c === 0x09) c = bytes[++at] ?? 0
  return at
}

/** `from` is behind the opening quote. */
function skipString(bytes: Buffer, from: number): number {
  let at = from
  for (;;) {
    while (PLAIN[bytes[at] ?? 0] === 1) at++
    const c = bytes[at] ?? 0
    if (c === QUOTE) return at + 1
    if (c >= 0x80) at++
    else if (c !== BACKSLASH) return FAIL
    else {
      at = skipEscape(bytes, at + 1)
      if (at === FAIL) return FAIL
    }
  }
}

/** Half a pair may stand alone: then the document has to be read whole and made well-formed. D8 to DF. */
function isSurrogate(first: number, second: number): boolean {
  return (first | 0x20) === 0x64 && second >= 0x38 && second !== 0x3a
}

function skipEscape(bytes: Buffer, at: number): number {
  const c = bytes[at] ?? 0
  if (ESCAPES[c] === 1) return at + 1
  if (c !== 0x75) return FAIL
  for (let digit = 1; digit <= 4; digit++) if (!isHexDigit(bytes[at + digit] ?? 0)) return FAIL
  return isSurrogate(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0) ? FAIL : at + 5
}

function skipDigits(bytes: Buffer, from: number): number {
  let at = from
  while (isDigit(bytes[at] ?? 0)) at++
  return at === from ? FAIL : at
}

function skipNumber(bytes: Buffer, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from
  at = bytes[at] === 0x30 ? at + 1 : skipDigits(bytes, at)
  if (at !== FAIL && bytes[at] === 0x2e) at = skipDigits(bytes, at + 1)
  if (at !== FAIL && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    const sign = bytes[at + 1]
    at = skipDigits(bytes, sign === 0x2b || sign === MINUS ? at + 2 : at + 1)
  }
  return at
}

function skipWord(bytes: Buffer, at: number): number {
  const c = bytes[at]
  if (c === 0x74) return bytes[at + 1] === 0x72 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x65 ? at + 4 : FAIL
  if (c === 0x66) return bytes[at + 1] === 0x61 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x73 && bytes[at + 4] === 0x65 ? at + 5 : FAIL
  if (c === 0x6e) return bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c ? at + 4 : FAIL
  return FAIL
}

function skipValue(bytes: Buffer, at: number, depth: number): number {
  const c = bytes[at] ?? 0
  if (c === QUOTE) return skipString(bytes, at + 1)
  if (c === OPEN_OBJECT) return skipMembers(bytes, at + 1, depth + 1)
  if (c === OPEN_LIST) return skipItems(bytes, at + 1, depth + 1)
  return c === MINUS || isDigit(c) ? skipNumber(bytes, at) : skipWord(bytes, at)
}

function skipItems(bytes: Buffer, from: number, depth: number): number {
  if (depth > LIMITS.recordDepth) return FAIL
  let at = skipSpace(bytes, from)
  if (bytes[at] === CLOSE_LIST) return at + 1
  for (;;) {
    at = skipValue(bytes, at, depth)
    if (at === FAIL) return FAIL
    if ((bytes[at] ?? 0) <= SPACE) at = skipSpace(bytes, at)
    if (bytes[at] === CLOSE_LIST) return at + 1
    if (bytes[at] !== COMMA) return FAIL
    if ((bytes[++at] ?? 0) <= SPACE) at = skipSpace(bytes, at)
  }
}

/** From behind a key to its value. */
function skipColon(bytes: Buffer, from: number): number {
  let at = from
  if (bytes[at] !== COLON) at = skipSpace(bytes, at)
  if (bytes[at] !== COLON) return FAIL
  return (bytes[at + 1] ?? 0) <= SPACE ? skipSpace(bytes, at + 1) : at + 1
}

function skipMembers(bytes: Buffer, from: number, depth: number): number {
  if (depth > LIMITS.recordDepth) return FAIL
  let at = skipSpace(bytes, from)
  if (bytes[at] === CLOSE_OBJECT) return at + 1
  for (;;) {
    if (bytes[at] !== QUOTE) return FAIL
    at = skipString(bytes, at + 1)
    if (at !== FAIL) at = skipColon(bytes, at)
    if (at !== FAIL) at = skipValue(bytes, at, depth)
    if (at === FAIL) return FAIL
    if ((bytes[at] ?? 0) <= SPACE) at = skipSpace(bytes, at)
    if (bytes[at] === CLOSE_OBJECT) return at + 1
    if (bytes[at] !== COMMA) return FAIL
    if ((bytes[++at] ?? 0) <= SPACE) at = skipSpace(bytes, at)
  }
}

/** What stands between two places, by JSON.parse. */
function parseSlice(bytes: Buffer, from: number, end: number): number {
  if (end === FAIL) return FAIL
  value = withoutDots(JSON.parse(bytes.toString('utf8', from, end)))
  return end
}

function readString(bytes: Buffer, from: number): number {
  let at = from
  while (PLAIN[bytes[at] ?? 0] === 1) at++
  if (bytes[at] !== QUOTE) return parseSlice(bytes, from - 1, skipString(bytes, at))
  value = text.substring(from, at)
  return at + 1
}

function readValue(bytes: Buffer, at: number, depth: number): number {
  const c = bytes[at] ?? 0
  if (c === QUOTE) return readString(bytes, at + 1)
  if (c === OPEN_OBJECT) return parseSlice(bytes, at, skipMembers(bytes, at + 1, depth + 1))
  if (c === OPEN_LIST) return readItems(bytes, at + 1, depth + 1)
  if (c === MINUS || isDigit(c)) return readNumber(bytes, at)
  value = c === 0x6e ? null : c === 0x74
  return skipWord(bytes, at)
}

/** Whole numbers that a double holds exactly are added up as they are met; the others are left to `Number`. */
function readNumber(bytes: Buffer, from: number): number {
  const end = skipNumber(bytes, from)
  if (end === FAIL) return FAIL
  let sum = 0
  for (let at = from; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30
    if (digit < 0 || digit > 9 || end - from > EXACT_DIGITS) {
      value = Number(text.substring(from, end))
      return end
    }
    sum = sum * 10 + digit
  }
  value = sum
  return end
}

function readItems(bytes: Buffer, from: number, depth: number): number {
  if (depth > LIMITS.recordDepth) return FAIL
  const list: unknown[] = []
  let at = skipSpace(bytes, from)
  if (bytes[at] === CLOSE_LIST) {
    value = list
    return at + 1
  }
  for (;;) {
    at = readValue(bytes, at, depth)
    if (at === FAIL) return FAIL
    list.push(value)
    if ((bytes[at] ?? 0) <= SPACE) at = skipSpace(bytes, at)
    if (bytes[at] === CLOSE_LIST) {
      value = list
      return at + 1
    }
    if (bytes[at] !== COMMA) return FAIL
    if ((bytes[++at] ?? 0) <= SPACE) at = skipSpace(bytes, at)
  }
}

/** Whether a key stands between two places; its hash is equal already. */
function isKey(bytes: Buffer, from: number, end: number, key: Uint8Array): boolean {
  if (key.length !== end - from) return false
  for (let i = 0; i < key.length; i++) if (bytes[from + i] !== key[i]) return false
  return true
}

function readObject(bytes: Buffer, at: number, { node, known }: FieldSlot, depth: number): number {
  const same = known.find(bytes, at, depth)
  if (same !== null) {
    value = same.value
    return at + same.bytes.length
  }
  const end = readMembers(bytes, at + 1, node, depth)
  if (end !== FAIL) known.keep(bytes, at, end, depth, value as Record<string, unknown>)
  return end
}

function readMembers(bytes: Buffer, from: number, { slots }: FieldNode, depth: number): number {
  if (depth > LIMITS.recordDepth) return FAIL
  const members: Record<string, unknown> = {}
  let hasDots = false
  const mask = slots.length - 1
  let at = skipSpace(bytes, from)
  if (bytes[at] === CLOSE_OBJECT) {
    value = members
    return at + 1
  }
  for (;;) {
    if (bytes[at] !== QUOTE) return FAIL
    const start = ++at
    while (PLAIN[bytes[at] ?? 0] === 1) at++
    // A key that is written in another way may still be one that is asked for.
    if (bytes[at] !== QUOTE) return FAIL
    const hash = keyHash(at - start, bytes[start] ?? 0, bytes[start + ((at - start) >> 1)] ?? 0, bytes[at - 1] ?? 0)
    let slot = slots[hash & mask]
    for (let next = hash + 1; slot != null && (slot.hash !== hash || !isKey(bytes, start, at, slot.bytes)); next++) slot = slots[next & mask]
    at = skipColon(bytes, at + 1)
    if (at === FAIL) return FAIL
    if (slot == null) at = skipValue(bytes, at, depth)
    else {
      at = bytes[at] === OPEN_OBJECT && !slot.node.whole ? readObject(bytes, at, slot, depth + 1) : readValue(bytes, at, depth)
      members[slot.key] = value
      hasDots ||= slot.dotted
    }
    if (at === FAIL) return FAIL
    if ((bytes[at] ?? 0) <= SPACE) at = skipSpace(bytes, at)
    if (bytes[at] === CLOSE_OBJECT) {
      value = hasDots ? expandNames(members) : members
      return at + 1
    }
    if (bytes[at] !== COMMA) return FAIL
    if ((bytes[++at] ?? 0) <= SPACE) at = skipSpace(bytes, at)
  }
}
