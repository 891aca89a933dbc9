import { unreachable } from '@/lib/invariant'
import { foldAscii } from './ascii-fold'

/**
 * A wildcard pattern taken apart: `*` is any run of characters, `?` exactly one (one code point), everything else itself;
 * the whole text must match. The shape lets a caller answer many patterns with one look-up.
 */
export type WildcardShape =
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'prefix'; readonly text: string }
  | { readonly kind: 'suffix'; readonly text: string }
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'general'; readonly segments: readonly string[] }

export type TextTest = (text: string) => boolean

export function hasWildcard(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?')
}

export function wildcardShape(pattern: string): WildcardShape {
  if (!hasWildcard(pattern)) return { kind: 'exact', text: pattern }
  const segments = pattern.replaceAll(/\*+/g, '*').split('*')
  const first = segments[0] ?? ''
  const last = segments.at(-1) ?? ''
  if (!pattern.includes('?')) {
    if (segments.length === 2 && first === '' && last === '') return { kind: 'any' }
    if (segments.length === 2 && last === '') return { kind: 'prefix', text: first }
    if (segments.length === 2 && first === '') return { kind: 'suffix', text: last }
    if (segments.length === 3 && first === '' && last === '') return { kind: 'contains', text: segments[1] ?? '' }
  }
  return { kind: 'general', segments }
}

/**
 * Compiles a pattern to a test of a whole text. With `ignoreCase` only A–Z are folded, and the text is expected unfolded.
 * Every text is answered in O(length of text × length of pattern) steps, without recursion: between two stars the first
 * place that fits is as good as any other, so nothing is ever tried twice.
 */
export function compileWildcard(pattern: string, ignoreCase: boolean): TextTest {
  const test = compileShape(wildcardShape(ignoreCase ? foldAscii(pattern) : pattern))
  return ignoreCase ? (text) => test(foldAscii(text)) : test
}

/** As `compileWildcard` for a shape already taken apart; the text must be folded by the caller if the pattern was. */
export function compileShape(shape: WildcardShape): TextTest {
  switch (shape.kind) {
    case 'exact':
      return (text) => text === shape.text
    case 'prefix':
      return beginsWith(shape.text)
    case 'suffix':
      return endsWith(shape.text)
    case 'contains': {
      const part = shape.text
      return (text) => text.indexOf(part) >= 0
    }
    case 'any':
      return () => true
    case 'general':
      return compileSegments(shape.segments.map((text) => ({ text, jokers: jokersIn(text) })))
    default:
      return unreachable(shape)
  }
}

// One unit is compared before the whole: startsWith and endsWith first ask whether they were given a regular expression,
// which costs more than nearly every comparison here. Paths differ at the end of a beginning, names at the start of an end.
function beginsWith(part: string): TextTest {
  const last = part.length - 1
  const unit = part.charCodeAt(last)
  return (text) => text.charCodeAt(last) === unit && text.startsWith(part)
}

function endsWith(part: string): TextTest {
  const { length } = part
  const unit = part.charCodeAt(0)
  return (text) => text.charCodeAt(text.length - length) === unit && text.endsWith(part)
}

interface Segment {
  /** Where the segment ends when laid at `at`, or -1. */
  readonly endAt: (text: string, at: number) => number
  /** The first place at or after `from` where it fits: start and end, or null. */
  readonly find: (text: string, from: number) => { readonly start: number; readonly end: number } | null
  readonly text: string
  /** Places in the text that stand for any character. */
  readonly jokers: ReadonlySet<number>
}

const NO_JOKERS: ReadonlySet<number> = new Set()

function jokersIn(segment: string): ReadonlySet<number> {
  return segment.includes('?') ? new Set([...segment.matchAll(/\?/g)].map(({ index }) => index)) : NO_JOKERS
}

function compileSegment(segment: string, jokers: ReadonlySet<number>): Segment {
  if (jokers.size === 0) {
    return {
      text: segment,
      jokers,
      endAt: (text, at) => (text.startsWith(segment, at) ? at + segment.length : -1),
      find: (text, from) => {
        const start = text.indexOf(segment, from)
        return start < 0 ? null : { start, end: start + segment.length }
      },
    }
  }
  const endAt = (text: string, at: number): number => {
    let i = at
    for (let k = 0; k < segment.length; k++) {
      if (i >= text.length) return -1
      if (jokers.has(k)) i += isPair(text, i) ? 2 : 1
      else if (segment.charCodeAt(k) === text.charCodeAt(i)) i++
      else return -1
    }
    return i
  }
  return {
    text: segment,
    jokers,
    endAt,
    find: (text, from) => {
      for (let start = from; start <= text.length; start++) {
        if (start > from && isPair(text, start - 1)) continue
        const end = endAt(text, start)
        if (end >= 0) return { start, end }
      }
      return null
    },
  }
}

function isPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  if (unit < 0xd800 || unit > 0xdbff) return false
  const next = text.charCodeAt(at + 1)
  return next >= 0xdc00 && next <= 0xdfff
}

/** A test of a whole text for what stands between the stars of a pattern, in order. */
export function compileSegments(parts: ReadonlyArray<{ readonly text: string; readonly jokers: ReadonlySet<number> }>): TextTest {
  const segments = parts.map(({ text, jokers }) => compileSegment(text, jokers))
  const first = segments[0]
  const last = segments.at(-1)
  if (!first || !last) return (text) => text === ''
  if (segments.length === 1) return (text) => first.endAt(text, 0) === text.length
  const middle = segments.slice(1, -1).filter((s) => s.text !== '')
  return (text) => {
    let at = first.endAt(text, 0)
    if (at < 0) return false
    for (const segment of middle) {
      const found = segment.find(text, at)
      if (!found) return false
      at = found.end
    }
    return endsWithSegment(text, at, last)
  }
}

/** The last segment must end the text and must not reach back before `from`. */
function endsWithSegment(text: string, from: number, last: Segment): boolean {
  if (last.text === '') return true
  // Each `?` may be one or two units, so count back over the text by characters.
  let at = text.length
  for (let k = last.text.length - 1; k >= 0; k--) {
    if (at <= from) return false
    if (last.jokers.has(k)) at -= at - 2 >= from && isPair(text, at - 2) ? 2 : 1
    else at--
  }
  return last.endAt(text, at) === text.length
}
