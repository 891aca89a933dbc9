import { replaceHidden } from './hidden-characters'

/** A sender's text for a terminal: what could move the cursor, hide or reorder is written as its code point, `\u{202e}`. */
export function printable(text: string): string {
  return replaceHidden(text, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/**
 * JSON for a terminal: hidden characters, which in JSON stand only inside of strings, as `\u202e`. It parses to the same
 * value. The white space between values stays.
 */
export function printableJson(json: string): string {
  return replaceHidden(json, (character) =>
    character === '\n' || character === '\t' || character === '\r'
      ? character
      : Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  )
}
