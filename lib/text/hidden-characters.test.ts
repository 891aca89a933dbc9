import { expect, test } from 'vitest'
import { hasHidden, longName, shortName } from '@/lib/text/hidden-characters'
import { printable, printableJson } from '@/lib/text/printable'
import { visiblePieces, visibleText } from '@/lib/text/visible-text'

function* everyCodePoint(): Generator<string> {
  for (let code = 0; code <= 0x10ffff; code++) yield String.fromCodePoint(code)
}

test('terminal, page and file mark the same characters, of all that there are', () => {
  const differing: string[] = []
  for (const character of everyCodePoint()) {
    const hidden = hasHidden(character)
    const marked = [printable(character) !== character, visibleText(character) !== character, visiblePieces(character)[0]?.kind !== 'text']
    if (marked.some((is) => is !== hidden)) differing.push(shortName(character))
  }
  expect(differing).toEqual([])
})

test('nothing that Unicode draws as nothing, or that redirects what is around it, goes through', () => {
  const unmarked: string[] = []
  for (const character of everyCodePoint()) {
    if (/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Variation_Selector}]/u.test(character) && character !== ' ' && !hasHidden(character)) {
      unmarked.push(shortName(character))
    }
  }
  expect(unmarked).toEqual([])
})

test.each(['a', ' ', 'é', 'e\u0301', '日本語', 'עברית', 'العربية', 'हिन्दी', '😀', '👩🏽', '⟨⏎⟩', '€', '…', '“”', '𝒳', '─└·'])('what is seen stays: %s', (text) => {
  expect(hasHidden(text)).toBe(false)
  expect(printable(text)).toBe(text)
})

test.each([
  ['\u001b[2J', '\\u{1b}[2J'],
  ['a\nb', 'a\\u{a}b'],
  ['\u009b31m', '\\u{9b}31m'],
  ['\ue000', '\\u{e000}'],
  ['\u{e0041}', '\\u{e0041}'],
  ['\u2800', '\\u{2800}'],
  ['\u3164', '\\u{3164}'],
  ['\ufe0f', '\\u{fe0f}'],
  ['\u00a0', '\\u{a0}'],
  ['\ud800x', '\\u{d800}x'],
])('a terminal gets %j as %s', (text, shown) => {
  expect(printable(text)).toBe(shown)
})

test('JSON for a terminal has no hidden character and parses to the same value', () => {
  const value = { ['k\u202e']: ['\u009b31m', '\u{e0041}', '\ud800', 'a\nb\tc', '\u2028', '日本'], n: [1, null] }
  for (const json of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
    const shown = printableJson(json)
    expect(JSON.parse(shown)).toEqual(value)
    expect(Array.from(shown).filter((character) => hasHidden(character) && character !== '\n')).toEqual([])
  }
  expect(printableJson('"\u{e0041}\u202e"')).toBe('"\\udb40\\udc41\\u202e"')
})

test.each([
  ['\u001b', '\\e', 'U+001B escape'],
  ['\u0001', '\\x01', 'U+0001 control character'],
  ['\u009b', 'U+009B', 'U+009B control character'],
  ['\u202e', 'U+202E', 'U+202E right-to-left override'],
  ['\u{e0041}', 'U+E0041', 'U+E0041 invisible or unassigned character'],
])('%j is called %s, in words %s', (character, short, long) => {
  expect(shortName(character)).toBe(short)
  expect(longName(character)).toBe(long)
})

test('a file keeps line feeds where it is asked to', () => {
  expect(visibleText('a\nb\r\u202e')).toBe('a⏎b⟨\\r⟩⟨U+202E⟩')
  expect(visibleText('a\nb\r\u202e', { lines: true })).toBe('a\nb⟨\\r⟩⟨U+202E⟩')
})
