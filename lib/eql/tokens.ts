import type { Span } from '@/lib/lang/diagnostic'

export type TokenKind =
  | 'identifier'
  | 'quoted-identifier'
  | 'tilde-identifier'
  | 'keyword'
  | 'integer'
  | 'decimal'
  | 'string'
  | 'symbol'
  | 'end'

/** `text` is the value: quotes taken off and escapes resolved for strings and quoted identifiers, the `~` left off a name. */
export interface Token extends Span {
  readonly kind: TokenKind
  readonly text: string
}

export const KEYWORDS: ReadonlySet<string> = new Set([
  'and',
  'any',
  'by',
  'false',
  'in',
  'in~',
  'join',
  'like',
  'like~',
  'maxspan',
  'not',
  'null',
  'of',
  'or',
  'regex',
  'regex~',
  'runs',
  'sample',
  'sequence',
  'true',
  'until',
  'where',
  'with',
])

/** Longest first where one begins another. */
export const SYMBOLS = ['![', '==', '!=', '<=', '>=', '<', '>', '=', ':', '+', '-', '*', '/', '%', '.', ',', '[', ']', '(', ')', '|', '?'] as const

export type SymbolText = (typeof SYMBOLS)[number]
