import type { Diagnostic, Span } from '@/lib/lang/diagnostic'
import { diagnosticAt } from '@/lib/lang/diagnostic'
import { LIMITS } from '@/lib/limits'
import { SYMBOLS } from './tokens'
import type { Token, TokenKind } from './tokens'
import { unquote } from './unquote'

const SPACE = /[ \t\r\n]+/y
const COMMENT = /(?:#|\/\/)[^\n]*/y
const NETWORK = /(?:\d+\.\d+\.\d+\.\d+|[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F]*(?:[:.][0-9a-fA-F]*)*)(\/\d+)?/y
const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_.]*)\}/y
const DURATION = /\d+(?:ms|[smhd])(?![A-Za-z0-9_])/y
// Brackets belong to a name in pairs only: in `[O_RDWR]` the last one closes the list.
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_.]*(?:\[[A-Za-z0-9_]*\][A-Za-z0-9_.]*)*/y
const INTEGER = /[+-]?\d+/y
// A quote is taken up by the backslash before it, whatever that means to the string.
const QUOTED = /"([^"\\]*(?:\\[^][^"\\]*)*)("?)/y

/** What people write who come from other languages, and what SECL calls it. */
const FOREIGN: Readonly<Record<string, string>> = {
  '=': 'SECL has no [=]; write [==]',
  "'": 'strings are written with double quotes',
  '*': 'SECL has no multiplication; a pattern is written ~"…*…"',
  '/': 'SECL has no division; a comment begins with [//] or [#]',
  '$': 'a variable is written ${name}, the name being letters, digits, [_] and [.]',
  '~': 'a pattern is written ~"…"',
}

/** Splits an expression into tokens and never fails: what cannot be one is reported and skipped, so that the parser sees the rest. */
export function lex(source: string): { readonly tokens: readonly Token[]; readonly diagnostics: readonly Diagnostic[] } {
  const tokens: Token[] = []
  const diagnostics: Diagnostic[] = []
  let at = 0

  const report = (span: Span, code: string, message: string) => {
    if (diagnostics.length < LIMITS.seclDiagnostics) diagnostics.push(diagnosticAt(source, span, code, message))
  }
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(source)
  }
  const push = (kind: TokenKind, text: string, length: number) => {
    tokens.push({ kind, text, start: at, end: at + length })
    at += length
  }
  const quoted = (kind: 'string' | 'pattern' | 'regex', prefix: number) => {
    const start = at
    at += prefix
    const found = match(QUOTED)
    const raw = found?.[1] ?? ''
    const length = prefix + (found?.[0].length ?? 1)
    at = start
    if (found?.[2] !== '"') report({ start, end: start + length }, 'unterminated-string', 'the string has no closing "')
    if (kind !== 'string') {
      push(kind, raw, length)
      return
    }
    const text = unquote(raw)
    for (const { at: place, length: span, message } of text.errors) {
      const from = start + prefix + 1 + place
      report({ start: from, end: from + span }, 'escape', message)
    }
    push(kind, text.value, length)
  }

  if (source.length > LIMITS.seclLength) {
    report({ start: 0, end: 1 }, 'too-long', `the expression has ${source.length} characters; at most ${LIMITS.seclLength} are accepted`)
    return { tokens: [{ kind: 'end', text: '', start: 0, end: 0 }], diagnostics }
  }

  while (at < source.length) {
    const skipped = match(SPACE) ?? match(COMMENT)
    if (skipped) {
      at += skipped[0].length
      continue
    }
    if (tokens.length >= LIMITS.seclTokens) {
      report({ start: at, end: at + 1 }, 'too-many-tokens', `the expression has more than ${LIMITS.seclTokens} tokens`)
      break
    }
    const c = source[at] ?? ''
    const next = source[at + 1]
    const network = match(NETWORK)
    if (network) push(network[1] === undefined ? 'ip' : 'cidr', network[0], network[0].length)
    else if (c === '"') quoted('string', 0)
    else if (c === '~' && next === '"') quoted('pattern', 1)
    else if (c === 'r' && next === '"') quoted('regex', 1)
    else {
      const variable = match(VARIABLE)
      const plain = variable ?? match(DURATION) ?? match(IDENTIFIER) ?? match(INTEGER)
      if (variable) push('variable', variable[1] ?? '', variable[0].length)
      else if (plain) push(kindOf(plain[0]), plain[0], plain[0].length)
      else readSymbol(c)
    }
  }

  function readSymbol(c: string): void {
    const symbol = SYMBOLS.find((s) => source.startsWith(s, at))
    if (symbol !== undefined) {
      push('symbol', symbol, symbol.length)
      return
    }
    const shown = String.fromCodePoint(source.codePointAt(at) ?? 32)
    const known = Object.hasOwn(FOREIGN, c) ? FOREIGN[c] : undefined
    report({ start: at, end: at + shown.length }, known === undefined ? 'unknown-character' : 'unknown-operator', known ?? `[${shown}] has no meaning here`)
    // One equals sign stands in for what was meant, so that the rest is readable to the parser.
    if (c === '=') push('symbol', '==', 1)
    else at += shown.length
  }

  tokens.push({ kind: 'end', text: '', start: source.length, end: source.length })
  return { tokens, diagnostics }
}

function kindOf(text: string): TokenKind {
  const c = text.charCodeAt(0)
  const digit = c >= 48 && c <= 57
  if (digit && /[a-z]$/.test(text)) return 'duration'
  return digit || text.startsWith('+') || text.startsWith('-') ? 'integer' : 'identifier'
}
