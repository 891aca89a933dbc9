import { lex } from '@/lib/eql/lexer'
import { KEYWORDS } from '@/lib/eql/tokens'

export type EqlPieceKind = 'plain' | 'keyword' | 'field' | 'function' | 'category' | 'string' | 'wildcard' | 'number' | 'comment'

/** A run of characters of one query that look alike. */
export interface EqlPiece {
  readonly kind: EqlPieceKind
  readonly text: string
}

/**
 * Cuts an EQL query into pieces to be coloured. The pieces put together are the query, character for character, also when it
 * has errors: highlighting must never show another query than the one that runs.
 */
export function highlightEql(query: string): readonly EqlPiece[] {
  const { tokens } = lex(query)
  const pieces: EqlPiece[] = []
  let at = 0
  const push = (kind: EqlPieceKind, end: number) => {
    if (end <= at) return
    const text = query.slice(at, end)
    const last = pieces.at(-1)
    if (last?.kind === kind) pieces[pieces.length - 1] = { kind, text: last.text + text }
    else pieces.push({ kind, text })
    at = end
  }
  // Between two tokens are spaces, comments, and what the lexer refused.
  const gap = (end: number) => push(/\/[/*]/.test(query.slice(at, end)) ? 'comment' : 'plain', end)

  tokens.forEach((token, i) => {
    if (token.kind === 'end') return
    gap(token.start)
    const next = tokens[i + 1]?.text
    switch (token.kind) {
      case 'keyword':
        return push('keyword', token.end)
      case 'string':
        return push(/[*?]/.test(token.text) ? 'wildcard' : 'string', token.end)
      case 'integer':
      case 'decimal':
        return push('number', token.end)
      case 'identifier':
      case 'quoted-identifier':
      case 'tilde-identifier':
        if (KEYWORDS.has(token.text) || token.text === 'maxspan') return push('keyword', token.end)
        // What stands before it is an event category; what hangs on a number is its unit.
        if (next === 'where') return push('category', token.end)
        if (pieces.at(-1)?.kind === 'number') return push('number', token.end)
        return push(next === '(' ? 'function' : 'field', token.end)
      case 'symbol':
        // The dots of a field's name belong to it.
        return push(token.text === '.' && pieces.at(-1)?.kind === 'field' ? 'field' : 'plain', token.end)
    }
  })
  gap(query.length)
  return pieces
}
