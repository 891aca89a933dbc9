/**
 * Wildcard patterns with an escape, as Lucene's and so Elasticsearch's: `*` is any run of characters, `?` exactly one, and a
 * backslash makes the next character an ordinary one. A backslash at the end is itself. EQL's and SECL's patterns have no
 * escape: see wildcard.ts.
 */
import { foldAscii } from './ascii-fold'
import { compileSegments } from './wildcard'
import type { TextTest } from './wildcard'

export interface EscapedPattern {
  /** What stands between the stars: its text without escapes, and the places in it that any character fits. */
  readonly segments: ReadonlyArray<{ readonly text: string; readonly jokers: ReadonlySet<number> }>
  /** It has a `*` or `?` that is not escaped. */
  readonly hasJoker: boolean
  /** A backslash stands before a character that needs none, which often means that a plain backslash was meant. */
  readonly hasNeedlessEscape: boolean
}

export function parseEscapedPattern(pattern: string): EscapedPattern {
  const segments: { text: string; jokers: Set<number> }[] = [{ text: '', jokers: new Set() }]
  let last = segments[0]
  let hasNeedlessEscape = false
  for (let at = 0; at < pattern.length && last; at++) {
    const char = pattern.charAt(at)
    if (char === '*') {
      // A run of stars is one star; the middle segments in between would be empty.
      if (pattern.charAt(at + 1) !== '*') segments.push((last = { text: '', jokers: new Set() }))
    } else if (char === '?') {
      last.jokers.add(last.text.length)
      last.text += char
    } else if (char === '\\' && at + 1 < pattern.length) {
      at++
      const escaped = pattern.charAt(at)
      if (!isSpecial(escaped)) hasNeedlessEscape = true
      last.text += escaped
    } else last.text += char
  }
  return { segments, hasJoker: segments.length > 1 || segments.some(({ jokers }) => jokers.size > 0), hasNeedlessEscape }
}

/** Compiles a pattern to a test of a whole text, in the cost that `compileWildcard` has. With `ignoreCase` only A–Z are folded. */
export function compileEscapedWildcard(pattern: string, ignoreCase: boolean): TextTest {
  const test = compileSegments(parseEscapedPattern(ignoreCase ? foldAscii(pattern) : pattern).segments)
  return ignoreCase ? (text) => test(foldAscii(text)) : test
}

/** A text as the pattern that fits it alone. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[\\*?]/g, (char) => `\\${char}`)
}

/** The only text that a pattern fits, or null where it fits several. */
export function unescapePattern(pattern: string): string | null {
  const { segments, hasJoker } = parseEscapedPattern(pattern)
  return hasJoker ? null : (segments[0]?.text ?? '')
}

/** The runs of ordinary characters in a pattern: every text that it fits contains them. */
export function literalRuns(pattern: string): readonly string[] {
  return parseEscapedPattern(pattern).segments.flatMap(({ text, jokers }) => {
    const ends = [...jokers, text.length]
    return ends.map((end, at) => text.slice(at === 0 ? 0 : (ends[at - 1] ?? 0) + 1, end)).filter((run) => run !== '')
  })
}

function isSpecial(char: string): boolean {
  return char === '*' || char === '?' || char === '\\'
}
