import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '@/lib/limits'
import { compileLuceneRegex } from './lucene-regex'

function matches(pattern: string, text: string, ignoreCase = false): boolean {
  const result = compileLuceneRegex(pattern, { ignoreCase })
  if (!result.ok) throw new Error(result.message)
  return result.automaton.test(text)
}

describe('Lucene’s syntax', () => {
  test.each<readonly [pattern: string, text: string, expected: boolean]>([
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
    ['', '', true],
    ['a.c', 'a\nc', true],
    ['a.c', 'a\u{1F600}c', true],
    ['a|b', 'b', true],
    ['(ab)+', 'abab', true],
    ['(ab)*', '', true],
    ['ab?c', 'ac', true],
    ['a{2}', 'aa', true],
    ['a{2}', 'aaa', false],
    ['a{2,}', 'aaaa', true],
    ['a{1,2}', 'aaa', false],
    ['a{0}', '', true],
    ['[a-c]+', 'abcabc', true],
    ['[^a-c]+', 'xyz', true],
    ['[^a-c]+', 'xaz', false],
    ['[-a]', '-', true],
    ['[a\\-z]', '-', true],
    ['[\\]]', ']', true],
    ['[ʰ-˿]', 'ʱ', true],
    ['a\\.b', 'a.b', true],
    ['a\\.b', 'axb', false],
    ['a\\\\b', 'a\\b', true],
    ['"a.*b"', 'a.*b', true],
    ['@', 'anything\nat all', true],
    ['x@y', 'xabcy', true],
    ['#', '', false],
    ['a#|b', 'b', true],
    ['~(foo)', 'foo', false],
    ['~(foo)', 'bar', true],
    ['a~bc', 'axc', true],
    ['a~bc', 'abc', false],
    ['.*foo.*&~(.*bar.*)', 'a foo b', true],
    ['.*foo.*&~(.*bar.*)', 'a foo bar', false],
    ['<1-100>', '7', true],
    ['<1-100>', '007', true],
    ['<1-100>', '101', false],
    ['<01-12>', '07', true],
    ['<01-12>', '7', false],
    ['<95-105>', '100', true],
    ['v<3-12>\\.x', 'v10.x', true],
    ['\\d+', '123', true],
    ['\\D', '1', false],
    ['\\w+', 'a_9', true],
    ['[\\d\\s]+', '1 2', true],
    ['\\S+', 'a b', false],
    ['()', '', true],
    ['*a', '*a', true],
    ['a.*?b', 'axxb', true],
    ['x|y|z*', 'zzz', true],
    ['a^b$c', 'a^b$c', true],
  ])('%s on %j is %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected)
  })

  test.each(['(', 'a)', '[a', '[', 'a{', 'a{x}', 'a{3,1}', '"abc', '<', '<a-b>', 'a|', '|a', 'a&', '^a', 'a$', '(?:a)', 'a\\', '~'])('%s is refused', (pattern) => {
    expect(compileLuceneRegex(pattern, { ignoreCase: false }).ok).toBe(false)
  })

  test('ignoring case folds A–Z, in classes too', () => {
    expect(matches('aBc[x-z]', 'AbCY', true)).toBe(true)
    expect(matches('é', 'É', true)).toBe(false)
  })
})

test('agrees with JavaScript on what both can say', () => {
  const piece = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)', 'a|b')
  const pattern = fc.array(fc.tuple(piece, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}')).map(([p, q]) => (p === 'a|b' && q !== '' ? `(${p})${q}` : p + q)), { minLength: 1, maxLength: 6 }).map((p) => p.join(''))
  fc.assert(
    fc.property(pattern, fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }), (source, letters) => {
      const text = letters.join('')
      expect(matches(source, text)).toBe(new RegExp(`^(?:${source})$`, 's').test(text))
    }),
    { numRuns: 3_000 },
  )
})

describe('hostile patterns', () => {
  const HOSTILE = ['(a+)+b', '(a|a)*b', '(a|aa)+b', '(.*)*b', '(.*a){12}', '([a-z]+)*[0-9]', '((a*)*)*b', '.*.*.*.*.*.*x', '(a?){30}a{30}', '(x+x+)+y', '.*(a|b){10}c']
  test.each(HOSTILE)('%s builds few states on a long text', (pattern) => {
    const result = compileLuceneRegex(pattern, { ignoreCase: false })
    expect(result.ok).toBe(true)
    if (!result.ok) return
    const { automaton } = result
    automaton.test('ab'.repeat(500))
    automaton.test('a'.repeat(5_000))
    // Every further character is one look-up in states that are there.
    const before = automaton.built
    automaton.test('a'.repeat(100_000))
    expect(automaton.built - before).toBeLessThanOrEqual(2)
    expect(before).toBeLessThan(3_000)
  })

  test.each(['(((a{50}){50}){50}){50}', 'a{999999}', '(.*a.{999}){9}', '~((.*a.{14}){3})'])('%s is refused as too complex', (pattern) => {
    const result = compileLuceneRegex(pattern, { ignoreCase: false })
    expect(result.ok ? '' : result.message).toContain(`${LIMITS.eqlRegexStates} states`)
  })

  test('exponentially many subsets are never all held', () => {
    const result = compileLuceneRegex('(a|b)*a(a|b){18}', { ignoreCase: false })
    expect(result.ok).toBe(true)
    if (!result.ok) return
    let text = ''
    for (let i = 0, x = 1; i < 20_000; i++) {
      x = (x * 1_103_515_245 + 12_345) % 2_147_483_648
      text += x & 65_536 ? 'a' : 'b'
    }
    result.automaton.test(text)
    // At most one new state a character, each from fewer members than the pattern has states.
    expect(result.automaton.built).toBeLessThanOrEqual(text.length)
    expect(result.automaton.cached).toBeLessThanOrEqual(LIMITS.eqlRegexStates)
  })

  test('any pattern compiles or is refused with words', () => {
    const part = fc.constantFrom('a', '[', ']', '(', ')', '{', '}', '*', '+', '?', '|', '&', '~', '@', '#', '<', '>', '"', '\\', '^', '$', '.', '-', '1', ',', '1-5', 'é', '\u{1F600}')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }).map((p) => p.join('')), fc.string({ maxLength: 10 }), (pattern, text) => {
        const result = compileLuceneRegex(pattern, { ignoreCase: true })
        const answer = result.ok ? String(result.automaton.test(text)) : result.message
        expect(answer).not.toBe('')
      }),
      { numRuns: 5_000 },
    )
  })
})
