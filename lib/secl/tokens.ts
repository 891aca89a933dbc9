import type { Span } from '@/lib/lang/diagnostic'

export type TokenKind = 'identifier' | 'variable' | 'string' | 'pattern' | 'regex' | 'integer' | 'duration' | 'ip' | 'cidr' | 'symbol' | 'end'

/**
 * `text` is the value: escapes resolved for strings; patterns and regular expressions as they are written between their
 * quotes; a variable without `${` and `}`; everything else as it is written.
 */
export interface Token extends Span {
  readonly kind: TokenKind
  readonly text: string
}

/** Longest first where one begins another. `and`, `or`, `not`, `in` and `allin` are identifiers until the parser reads them. */
export const SYMBOLS = ['||', '&&', '>=', '<=', '!=', '==', '=~', '!~', '>', '<', '!', '&', '|', '^', '+', '-', '(', ')', '[', ']', ','] as const

export type SymbolText = (typeof SYMBOLS)[number]
