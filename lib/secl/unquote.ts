/** What a string in double quotes means, read as Go's strconv.Unquote does. Patterns and regular expressions are not unquoted. */
export interface Unquoted {
  readonly value: string
  /** What is no escape; `at` counts UTF-16 units from the first character after the quote. */
  readonly errors: readonly { readonly at: number; readonly length: number; readonly message: string }[]
}

// A backslash with what belongs to it, or a line break: Go ends a string in quotes at one.
const SPECIAL = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[^])|\n/g
const SIMPLE: Readonly<Record<string, string>> = { 'a': '\x07', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', '\\': '\\', '"': '"' }

/** Reads what stands between the quotes. Errors leave the text as it is written there, so that the rest can be checked. */
export function unquote(raw: string): Unquoted {
  if (!raw.includes('\\') && !raw.includes('\n')) return { value: raw, errors: [] }
  const errors: { at: number; length: number; message: string }[] = []
  let value = ''
  let bytes: number[] = []
  let last = 0
  const text = (part: string) => {
    if (part === '') return
    value += decode(bytes) + part
    bytes = []
  }
  for (const { 0: escape, index } of raw.matchAll(SPECIAL)) {
    text(raw.slice(last, index))
    last = index + escape.length
    const read = readEscape(escape)
    if (typeof read === 'number') bytes.push(read)
    else if (typeof read === 'string') text(read)
    else {
      errors.push({ at: index, length: escape.length, message: read.error })
      text(escape)
    }
  }
  text(raw.slice(last))
  return { value: value + decode(bytes), errors }
}

/** The text of an escape, the byte it names (`\xHH` and `\NNN` are bytes of UTF-8), or why it is none. */
function readEscape(escape: string): string | number | { readonly error: string } {
  if (escape === '\n') return { error: String.raw`a string ends on the line it begins; write \n for a line break` }
  const kind = escape[1] ?? ''
  const simple = Object.hasOwn(SIMPLE, kind) ? SIMPLE[kind] : undefined
  if (simple !== undefined) return simple
  if (escape.length === 4 && /[0-7]/.test(kind)) {
    const byte = Number.parseInt(escape.slice(1), 8)
    return byte <= 0xff ? byte : { error: `[${escape}] is more than a byte; octal escapes end at \\377` }
  }
  if (escape.length === 4) return Number.parseInt(escape.slice(2), 16)
  if (escape.length > 4) {
    const point = Number.parseInt(escape.slice(2), 16)
    const valid = point <= 0x10_ffff && (point < 0xd800 || point > 0xdfff)
    return valid ? String.fromCodePoint(point) : { error: `[${escape}] is no character` }
  }
  return { error: `[${escape}] is no escape; write [\\\\] for a backslash` }
}

/** Bytes that are no UTF-8 become U+FFFD, as they do in the events they are compared with. */
function decode(bytes: readonly number[]): string {
  return bytes.length === 0 ? '' : new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes))
}
