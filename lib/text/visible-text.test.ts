import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { visiblePieces, visibleText } from '@/lib/text/visible-text'

describe('visibleText', () => {
  it.each([
    ['curl -s http://x', 'curl -s http://x'],
    ['évidence 日本語 😀', 'évidence 日本語 😀'],
    ['a\u202egpj.sh', 'a⟨U+202E⟩gpj.sh'],
    ['\u001b[31mred', '⟨\\e⟩[31mred'],
    ['a\tb\r\nc', 'a⟨\\t⟩b⟨\\r⟩⏎c'],
    ['cu\u200brl', 'cu⟨U+200B⟩rl'],
    ['a\u00a0b', 'a⟨U+00A0⟩b'],
    ['\u0000', '⟨\\0⟩'],
    ['\ud800x', '⟨U+D800⟩x'],
    ['a\u{e0041}', 'a⟨U+E0041⟩'],
  ])('shows %j as %s', (text, shown) => {
    expect(visibleText(text)).toBe(shown)
  })

  it('names the mark', () => {
    expect(visiblePieces('\u202e')[0]).toEqual({ kind: 'mark', text: 'U+202E', title: 'U+202E right-to-left override' })
  })

  it('never lets an invisible character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
      }),
    )
  })
})
