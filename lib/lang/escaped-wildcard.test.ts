import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileEscapedWildcard, escapePattern, literalRuns, parseEscapedPattern, unescapePattern } from './escaped-wildcard'

// [pattern, text, matches]: written as they stand in an exception, without JSON's own escapes.
const r = String.raw
test.each([
  [r`/opt/a\\b/*`, r`/opt/a\b/run`, true],
  [r`/opt/a\\b/*`, r`/opt/ab/run`, false],
  [r`\*`, '*', true],
  [r`\*`, 'x', false],
  [r`a\?`, 'a?', true],
  [r`a\?`, 'ab', false],
  [r`a\b`, 'ab', true],
  [r`a\b`, r`a\b`, false],
  ['\\', '\\', true],
  ['\\', '', false],
  ['a*\\', 'abc\\', true],
  [r`\\*`, r`\x`, true],
  [r`\\\*`, r`\*`, true],
  [r`\\\*`, r`\x`, false],
  ['*', '', true],
  ['a**b', 'ab', true],
  ['?', '😀', true],
  [r`*\?`, 'what?', true],
  [r`?\?*`, 'a?b', true],
  ['', '', true],
])('%s on %s: %s', (pattern, text, matches) => {
  expect(compileEscapedWildcard(pattern, false)(text)).toBe(matches)
})

test('without case only A–Z are folded, escapes stay', () => {
  expect(compileEscapedWildcard(r`C:\\TEMP\\*`, true)('c:\\temp\\X')).toBe(true)
  expect(compileEscapedWildcard('É*', true)('é')).toBe(false)
})

const piece = fc.constantFrom('a', 'b', '*', '?', '\\')
test('agrees with a regular expression', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(piece, { maxLength: 8 }), (pattern, text) => {
      const p = pattern.join('')
      const source = p.replaceAll(/\\([\s\S])|[*?\\]/g, (all: string, escaped: string | undefined) =>
        escaped !== undefined ? `[${escaped === '\\' ? '\\\\' : escaped}]` : all === '*' ? '[^]*' : all === '?' ? '[^]' : '\\\\',
      )
      expect(compileEscapedWildcard(p, false)(text.join(''))).toBe(new RegExp(`^${source}$`).test(text.join('')))
    }),
    { numRuns: 3_000 },
  )
})

test('an escaped text fits itself alone and comes back', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.array(piece, { maxLength: 6 }), (one, other) => {
      const pattern = escapePattern(one.join(''))
      expect(compileEscapedWildcard(pattern, false)(other.join(''))).toBe(one.join('') === other.join(''))
      expect(unescapePattern(pattern)).toBe(one.join(''))
    }),
  )
  expect(unescapePattern('a*')).toBeNull()
})

test('what every text that it fits contains', () => {
  expect(literalRuns(r`/opt/a\\b/*x?y`)).toEqual([r`/opt/a\b/`, 'x', 'y'])
  expect(literalRuns(r`\**\?`)).toEqual(['*', '?'])
  expect(literalRuns('??')).toEqual([])
})

test('a needless escape is noticed', () => {
  expect(parseEscapedPattern(r`C:\Windows\*`).hasNeedlessEscape).toBe(true)
  expect(parseEscapedPattern(r`C:\\Windows\\*`).hasNeedlessEscape).toBe(false)
  expect(parseEscapedPattern('\\').hasNeedlessEscape).toBe(false)
})
