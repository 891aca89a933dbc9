import { foldAscii } from '@/lib/lang/ascii-fold'

export type TextTest = (text: string) => boolean

/** Compiled, or what is wrong with it. */
export type MatcherResult = { readonly ok: true; readonly test: TextTest } | { readonly ok: false; readonly message: string; readonly code?: string }

/**
 * A pattern of an ordinary field: `*` is any run of characters, slashes included, everything else is itself, and the whole
 * text must match. `**` is refused, so that nobody takes it for the one of paths.
 */
export function compilePattern(pattern: string, ignoreCase = false): MatcherResult {
  if (pattern.includes('**')) return { ok: false, message: '[**] has a meaning on paths only; write [*], which crosses slashes here' }
  return { ok: true, test: starTest(pattern, ignoreCase) }
}

/** Between two stars the first place that fits is as good as any other, so nothing is tried twice: one search a piece. */
export function starTest(pattern: string, ignoreCase: boolean): TextTest {
  const pieces = (ignoreCase ? foldAscii(pattern) : pattern).split('*')
  const test = testPieces(pieces)
  return ignoreCase ? (text) => test(foldAscii(text)) : test
}

function testPieces(pieces: readonly string[]): TextTest {
  const first = pieces[0] ?? ''
  const last = pieces.at(-1) ?? ''
  if (pieces.length === 1) return (text) => text === first
  const middle = pieces.slice(1, -1).filter((piece) => piece !== '')
  const ends = first.length + last.length
  return (text) => {
    if (text.length < ends || !text.startsWith(first) || !text.endsWith(last)) return false
    const end = text.length - last.length
    let at = first.length
    for (const piece of middle) {
      const found = text.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return at <= end
  }
}
