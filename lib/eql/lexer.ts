import type { Diagnostic, Span } from '@/lib/lang/diagnostic'
import { diagnosticAt } from '@/lib/lang/diagnostic'
import { LIMITS } from '@/lib/limits'
import { KEYWORDS, SYMBOLS } from './tokens'
import type { Token } from './tokens'

/** What people write who come from other languages, and what EQL calls it. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ['&&', 'EQL has no [&&]; write [and]'],
  ['||', 'EQL has no [||]; write [or]'],
  ['=~', 'EQL has no [=~]; write [:] for a case-insensitive match or [regex~] for a pattern'],
  ['!~', 'EQL has no [!~]; write [not field : "…"]'],
  ['!:', 'EQL has no [!:]; write [not field : "…"]'],
  ['<>', 'EQL has no [<>]; write [!=]'],
  ['!', 'EQL has no [!]; write [not]'],
]

// Elasticsearch's lexer knows these; its documentation leaves out the last three, published rules use them.
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', '"': '"', "'": "'", b: '\b', f: '\f' }

const IDENTIFIER = /[A-Za-z_@](?:[A-Za-z0-9_@]|-(?=[A-Za-z_]))*/y
const NUMBER = /(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?/y
const SPACE = /[ \t\r\n\u00a0\ufeff]+/y
const LINE_COMMENT = /\/\/[^\r\n]*/y
const BLOCK_COMMENT = /\/\*[^]*?\*\//y
// Up to two more quotes belong to the text: """say "hi"""" ends with a quote.
const RAW_STRING = /"""[^\r\n]*?"""("{0,2})/y
const REST_OF_LINE = /[^\r\n]*/y
const QUOTED_IDENTIFIER = /`((?:[^`\r\n]|``)*)(`?)/y
const UNICODE_ESCAPE = /u\{([0-9a-fA-F]{0,12})\}/y

/**
 * Splits a query into tokens and never fails: what cannot be one is reported and skipped, so that the parser sees the rest.
 * A dash belongs to an identifier only before a letter (`pod-name`); `pid-1` is a subtraction.
 */
export function lex(source: string): { readonly tokens: readonly Token[]; readonly diagnostics: readonly Diagnostic[] } {
  const tokens: Token[] = []
  const diagnostics: Diagnostic[] = []
  let at = 0

  const report = (span: Span, code: string, message: string) => {
    if (diagnostics.length < LIMITS.eqlDiagnostics) diagnostics.push(diagnosticAt(source, span, code, message))
  }
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0] ?? null
  }

  if (source.length > LIMITS.eqlQueryLength) {
    report({ start: 0, end: 1 }, 'query-too-long', `the query has ${source.length} characters; at most ${LIMITS.eqlQueryLength} are accepted`)
    return { tokens: [{ kind: 'end', text: '', start: 0, end: 0 }], diagnostics }
  }

  const readRawString = (start: number) => {
    const whole = take(RAW_STRING)
    const end = start + (whole ?? take(REST_OF_LINE) ?? '').length
    at = end
    if (whole === null) report({ start, end }, 'unterminated-string', 'a raw string must end with """ on the line it began')
    tokens.push({ kind: 'string', text: source.slice(start + 3, whole === null ? end : end - 3), start, end })
  }

  const readEscape = (slash: number): { readonly text: string; readonly end: number } => {
    const letter = source[slash + 1] ?? ''
    const simple = Object.hasOwn(SIMPLE_ESCAPES, letter) ? SIMPLE_ESCAPES[letter] : undefined
    if (simple !== undefined) return { text: simple, end: slash + 2 }
    if (letter === 'u') {
      UNICODE_ESCAPE.lastIndex = slash + 1
      const match = UNICODE_ESCAPE.exec(source)
      const digits = match?.[1] ?? ''
      const end = slash + 1 + (match?.[0].length ?? 1)
      const code = Number.parseInt(digits, 16)
      if (match && digits.length >= 2 && digits.length <= 8 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)) {
        return { text: String.fromCodePoint(code), end }
      }
      const why = !match || digits.length < 2 || digits.length > 8 ? 'write it as \\u{HHHH} with 2 to 8 hexadecimal digits' : 'no character has that number'
      report({ start: slash, end: Math.max(end, slash + 2) }, 'bad-escape', `invalid unicode escape; ${why}`)
      return { text: '', end }
    }
    const shown = String.fromCodePoint(source.codePointAt(slash + 1) ?? 32)
    report(
      { start: slash, end: slash + 1 + shown.length },
      'bad-escape',
      `unknown escape [\\${shown}]; write [\\\\] for a backslash, or a raw string: """…"""`,
    )
    return { text: `\\${shown}`, end: slash + 1 + shown.length }
  }

  const readString = (start: number, quote: '"' | "'") => {
    let text = ''
    let i = start + 1
    for (;;) {
      const c = source[i]
      if (c === undefined || c === '\n' || c === '\r') {
        report({ start, end: i }, 'unterminated-string', `the string has no closing ${quote}; a string ends on the line it began`)
        break
      }
      if (c === quote) {
        i++
        break
      }
      if (c === '\\' && i + 1 < source.length && source[i + 1] !== '\n' && source[i + 1] !== '\r') {
        if (quote === "'") {
          text += source[i + 1] ?? ''
          i += 2
          continue
        }
        const escape = readEscape(i)
        text += escape.text
        i = escape.end
      } else {
        text += c
        i++
      }
    }
    at = i
    if (quote === "'") report({ start, end: i }, 'single-quotes', `strings are written with double quotes: "${text.slice(0, 40)}"`)
    tokens.push({ kind: 'string', text, start, end: i })
  }

  const readQuotedIdentifier = (start: number) => {
    QUOTED_IDENTIFIER.lastIndex = start
    const match = QUOTED_IDENTIFIER.exec(source)
    const text = (match?.[1] ?? '').replaceAll('``', '`')
    at = start + (match?.[0].length ?? 1)
    if (match?.[2] !== '`') report({ start, end: at }, 'unterminated-identifier', 'the quoted field has no closing back-quote')
    else if (text === '') report({ start, end: at }, 'empty-identifier', 'a quoted field cannot be empty')
    tokens.push({ kind: 'quoted-identifier', text, start, end: at })
  }

  const readIdentifier = (start: number, name: string) => {
    const tilde = source[start + name.length] === '~'
    const text = tilde ? `${name}~` : name
    const end = start + text.length
    at = end
    if (KEYWORDS.has(text)) tokens.push({ kind: 'keyword', text, start, end })
    else if (tilde) tokens.push({ kind: 'tilde-identifier', text: name, start, end })
    else tokens.push({ kind: 'identifier', text, start, end })
  }

  while (at < source.length) {
    const start = at
    const skipped = take(SPACE) ?? take(LINE_COMMENT) ?? take(BLOCK_COMMENT)
    if (skipped !== null) {
      at += skipped.length
      continue
    }
    if (tokens.length >= LIMITS.eqlTokens) {
      report({ start, end: start + 1 }, 'too-many-tokens', `the query has more than ${LIMITS.eqlTokens} tokens`)
      break
    }
    const c = source[at] ?? ''
    if (source.startsWith('/*', at)) {
      report({ start, end: start + 2 }, 'unterminated-comment', 'the comment has no closing */')
      break
    }
    if (source.startsWith('"""', at)) {
      readRawString(start)
      continue
    }
    if (c === '"' || c === "'") {
      readString(start, c)
      continue
    }
    if (c === '?' && (source[at + 1] === '"' || source[at + 1] === "'")) {
      report({ start, end: start + 2 }, 'old-raw-string', 'the raw string ?"…" is gone; write """…"""')
      at++
      continue
    }
    if (c === '`') {
      readQuotedIdentifier(start)
      continue
    }
    const name = take(IDENTIFIER)
    if (name !== null) {
      readIdentifier(start, name)
      continue
    }
    const number = take(NUMBER)
    if (number !== null) {
      at += number.length
      tokens.push({ kind: /^\d+$/.test(number) ? 'integer' : 'decimal', text: number, start, end: at })
      continue
    }
    const foreign = source.startsWith('![', at) || source.startsWith('!=', at) ? undefined : FOREIGN.find(([text]) => source.startsWith(text, at))
    if (foreign) {
      const [text, message] = foreign
      at += text.length
      report({ start, end: at }, 'unknown-operator', message)
      // Standing in for what was meant keeps the rest of the query readable to the parser.
      const meant = { '&&': 'and', '||': 'or', '!': 'not' }[text]
      if (meant !== undefined) tokens.push({ kind: 'keyword', text: meant, start, end: at })
      else tokens.push({ kind: 'symbol', text: '==', start, end: at })
      continue
    }
    const symbol = SYMBOLS.find((s) => source.startsWith(s, at))
    if (symbol !== undefined) {
      at += symbol.length
      tokens.push({ kind: 'symbol', text: symbol, start, end: at })
      continue
    }
    const shown = String.fromCodePoint(source.codePointAt(at) ?? 32)
    at += shown.length
    report({ start, end: at }, 'unexpected-character', `unexpected character [${shown}]`)
  }
  tokens.push({ kind: 'end', text: '', start: source.length, end: source.length })
  return { tokens, diagnostics }
}
