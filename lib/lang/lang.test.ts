import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldAscii } from './ascii-fold'
import { didYouMean, suggestion } from './did-you-mean'
import { blockContains, compareIp, formatIp, parseCidr, parseIp } from './ip-address'
import { compareText } from './text-order'
import { compileWildcard } from './wildcard'

describe('wildcards', () => {
  test.each<readonly [pattern: string, text: string, expected: boolean]>([
    ['', '', true],
    ['*', '', true],
    ['?', '', false],
    ['a*', 'abc', true],
    ['*c', 'abc', true],
    ['*b*', 'abc', true],
    ['a*c', 'ac', true],
    ['a*bc*c', 'abc', false],
    ['a**c', 'abc', true],
    ['a?c', 'abc', true],
    ['??', 'a', false],
    ['*?', 'a', true],
    ['?*?', 'a', false],
    ['*a?', 'xab', true],
    ['a*?b', 'ab', false],
    ['*.ex?', 'setup.exe', true],
    ['[a]*', '[a]b', true],
    ['a\\*', 'a\\b', true],
  ])('%s on %s is %s', (pattern, text, expected) => {
    expect(compileWildcard(pattern, false)(text)).toBe(expected)
  })

  test('agrees with a regular expression', () => {
    const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?', '\u{1F600}'), { maxLength: 8 }).map((p) => p.join(''))
    const text = fc.array(fc.constantFrom('a', 'b', '\u{1F600}', '\n'), { maxLength: 10 }).map((p) => p.join(''))
    fc.assert(
      fc.property(pattern, text, (p, t) => {
        const regex = new RegExp(`^${p.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'su')
        expect(compileWildcard(p, false)(t)).toBe(regex.test(t))
      }),
      { numRuns: 5_000 },
    )
  })

  test('hostile patterns do not backtrack', () => {
    // With backtracking each of these would outlive the test by years.
    const text = 'a'.repeat(20_000)
    expect(compileWildcard('*a'.repeat(50) + '*b', false)(text)).toBe(false)
    expect(compileWildcard('*a?a'.repeat(30) + '*b', true)(text)).toBe(false)
    expect(compileWildcard('*?'.repeat(200), false)(text)).toBe(true)
  })
})

describe('addresses', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::1', '::1'],
    ['::', '::'],
    ['FE80:0:0:0:0:0:0:1', 'fe80::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1::', '1::'],
  ])('%s is %s', (text, expected) => {
    expect(formatIp(parseIp(text)!)).toBe(expected)
  })

  test.each(['', '1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '1.2.3.4 ', ':::', '1::2::3', '1:2:3:4:5:6:7', '12345::', 'fe80::1%eth0', 'g::', '1:2:3:4:5:6:7:8:9', 'x'])('%j is none', (text) => {
    expect(parseIp(text)).toBeNull()
  })

  test.each<readonly [block: string, address: string, expected: boolean]>([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.6.48.157/8', '10.0.0.1', true],
    ['0.0.0.0/0', '255.1.2.3', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '10.0.0.1', true],
    ['192.0.2.5', '192.0.2.5', true],
    ['fe80::/10', 'febf::1', true],
    ['fe80::/10', 'fec0::1', false],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['2001:db8::/33', '2001:db8:7fff::', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
  ])('%s has %s: %s', (block, address, expected) => {
    expect(blockContains(parseCidr(block)!, parseIp(address)!)).toBe(expected)
  })

  test.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '::/129', 'x/8'])('%s is no block', (text) => {
    expect(parseCidr(text)).toBeNull()
  })

  test('the spelling of an address reads back as the address', () => {
    const word = fc.nat(0xffff_ffff)
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), (ip) => {
        expect(compareIp(parseIp(formatIp(ip))!, ip)).toBe(0)
      }),
    )
  })
})

test('texts are ordered by code point', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (a, b) => {
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b))
      expect(Math.sign(compareText(a, b))).toBe(bytes)
    }),
  )
})

test('only A–Z are folded', () => {
  expect(['Curl', 'ÉA', 'already', '\u212A', 'İ'].map(foldAscii)).toEqual(['curl', 'Éa', 'already', '\u212A', 'İ'])
})

test('names that were meant', () => {
  const names = ['process.name', 'process.pid', 'host.name', 'length']
  expect(didYouMean('proces.name', names)).toEqual(['process.name'])
  expect(didYouMean('lenght', names)).toEqual(['length'])
  expect(didYouMean('nothing.like.it', names)).toEqual([])
  expect(suggestion(['a', 'b'])).toBe(', did you mean any of [a], [b]?')
})
