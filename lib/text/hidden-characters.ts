/**
 * text: what may stand unseen in a sender's text, and how it is shown on a terminal, on a page and in a file. Telemetry is
 * written by attackers: nothing in it may hide, reorder or restyle what is around it.
 *
 * One set serves every rendering, so that what is marked on a page is marked in a report and on a terminal too: controls;
 * whatever Unicode says to ignore when it cannot be drawn (bidirectional controls, zero widths, fillers, variation selectors,
 * tags); lone surrogates; private use; noncharacters; line separators; spaces that only look like one; letters and symbols
 * that are drawn as nothing; the two replacement characters, behind which anything may have stood.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufffc\ufffd\u{16fe4}\u{1d159}]|(?! )\p{Zs}/u
const EVERY_HIDDEN = new RegExp(HIDDEN, 'gu')

const NAMES: Readonly<Record<number, string>> = {
  0x00: 'null', 0x07: 'bell', 0x08: 'backspace', 0x09: 'tab', 0x0a: 'line feed', 0x0b: 'vertical tab', 0x0c: 'form feed',
  0x0d: 'carriage return', 0x1b: 'escape', 0x7f: 'delete', 0xa0: 'no-break space', 0xad: 'soft hyphen',
  0x034f: 'combining grapheme joiner', 0x061c: 'Arabic letter mark', 0x115f: 'Hangul filler', 0x1160: 'Hangul filler',
  0x180e: 'Mongolian vowel separator', 0x200b: 'zero width space', 0x200c: 'zero width non-joiner', 0x200d: 'zero width joiner',
  0x200e: 'left-to-right mark', 0x200f: 'right-to-left mark', 0x2028: 'line separator', 0x2029: 'paragraph separator',
  0x202a: 'left-to-right embedding', 0x202b: 'right-to-left embedding', 0x202c: 'pop directional formatting',
  0x202d: 'left-to-right override', 0x202e: 'right-to-left override', 0x2060: 'word joiner', 0x2066: 'left-to-right isolate',
  0x2067: 'right-to-left isolate', 0x2068: 'first strong isolate', 0x2069: 'pop directional isolate', 0x2800: 'blank Braille pattern',
  0x3164: 'Hangul filler', 0xfeff: 'byte order mark', 0xffa0: 'Hangul filler', 0xfffc: 'object replacement',
  0xfffd: 'replacement character',
}

const ESCAPES: Readonly<Record<number, string>> = {
  0x00: '\\0', 0x07: '\\a', 0x08: '\\b', 0x09: '\\t', 0x0a: '\\n', 0x0d: '\\r', 0x1b: '\\e',
}

function hexOf(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0')
}

export function hasHidden(text: string): boolean {
  return HIDDEN.test(text)
}

export function replaceHidden(text: string, shown: (character: string) => string): string {
  return text.replace(EVERY_HIDDEN, shown)
}

/** What stands for a hidden character: `\e`, `\x01` or `U+202E`. */
export function shortName(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return ESCAPES[code] ?? (code < 0x20 ? `\\x${hexOf(code).slice(2)}` : `U+${hexOf(code)}`)
}

/** What a hidden character is, in words: `U+202E right-to-left override`. */
export function longName(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return `U+${hexOf(code)} ${NAMES[code] ?? (/\p{Cc}/u.test(character) ? 'control character' : 'invisible or unassigned character')}`
}
