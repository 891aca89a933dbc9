/**
 * machine-text: how the console shows what machines said. All of it may have been chosen by an attacker, so nothing in it
 * may hide, reorder or restyle anything around it.
 */

export interface TextPiece {
  /** `mark` stands for one character that would be invisible or would change how its neighbours look. */
  readonly kind: 'text' | 'mark' | 'newline'
  /** The text itself, or the mark's short name. */
  readonly text: string
  /** For a mark: what it is, in words. */
  readonly title?: string
}

const NAMES: Readonly<Record<number, string>> = {
  0x00: 'null', 0x07: 'bell', 0x08: 'backspace', 0x09: 'tab', 0x0b: 'vertical tab', 0x0c: 'form feed', 0x0d: 'carriage return',
  0x1b: 'escape', 0x7f: 'delete', 0xa0: 'no-break space', 0xad: 'soft hyphen', 0x034f: 'combining grapheme joiner',
  0x061c: 'Arabic letter mark', 0x115f: 'Hangul filler', 0x1160: 'Hangul filler', 0x180e: 'Mongolian vowel separator',
  0x200b: 'zero width space', 0x200c: 'zero width non-joiner', 0x200d: 'zero width joiner', 0x200e: 'left-to-right mark',
  0x200f: 'right-to-left mark', 0x2028: 'line separator', 0x2029: 'paragraph separator', 0x202a: 'left-to-right embedding',
  0x202b: 'right-to-left embedding', 0x202c: 'pop directional formatting', 0x202d: 'left-to-right override',
  0x202e: 'right-to-left override', 0x2060: 'word joiner', 0x2066: 'left-to-right isolate', 0x2067: 'right-to-left isolate',
  0x2068: 'first strong isolate', 0x2069: 'pop directional isolate', 0x3164: 'Hangul filler', 0xfeff: 'byte order mark',
  0xffa0: 'Hangul filler', 0xfffc: 'object replacement', 0xfffd: 'replacement character',
}

// Controls; whatever Unicode says to ignore when it cannot be drawn (bidi controls, zero widths, fillers, variation
// selectors, tags, all of which can carry hidden data); lone surrogates; private use; spaces that only look like one.
const MARKED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufffc\ufffd]|(?! )\p{Zs}/u

const ESCAPES: Readonly<Record<number, string>> = { 0x09: '\\t', 0x0d: '\\r', 0x1b: '\\e', 0x00: '\\0', 0x07: '\\a', 0x08: '\\b' }

function mark(code: number): TextPiece {
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  const name = NAMES[code] ?? (code < 0x20 || (code >= 0x80 && code < 0xa0) ? 'control character' : 'invisible or unassigned character')
  return { kind: 'mark', text: ESCAPES[code] ?? (code < 0x20 ? `\\x${hex.slice(2)}` : `U+${hex}`), title: `U+${hex} ${name}` }
}

/**
 * Splits machine text into what can be shown as it is and marks for what cannot: control characters, bidirectional
 * overrides, zero-width and look-alike spaces. A line feed is a piece of its own, so that a view can show it and break.
 */
export function visiblePieces(text: string): TextPiece[] {
  if (!text.includes('\n') && !MARKED.test(text)) return text === '' ? [] : [{ kind: 'text', text }]
  const pieces: TextPiece[] = []
  let plain = ''
  const flush = () => {
    if (plain !== '') pieces.push({ kind: 'text', text: plain })
    plain = ''
  }
  for (const character of text) {
    if (character === '\n') {
      flush()
      pieces.push({ kind: 'newline', text: '\n' })
    } else if (MARKED.test(character)) {
      flush()
      pieces.push(mark(character.codePointAt(0) ?? 0))
    } else plain += character
  }
  flush()
  return pieces
}

/** The same as one string, for a title attribute or an accessible name: marks in angle brackets. */
export function visibleText(text: string): string {
  return visiblePieces(text)
    .map((piece) => (piece.kind === 'mark' ? `⟨${piece.text}⟩` : piece.kind === 'newline' ? '⏎' : piece.text))
    .join('')
}
