import { hasHidden, longName, replaceHidden, shortName } from './hidden-characters'

export interface TextPiece {
  /** `mark` stands for one character that would be invisible or would change how its neighbours look. */
  readonly kind: 'text' | 'mark' | 'newline'
  /** The text itself, or the mark's short name. */
  readonly text: string
  /** For a mark: what it is, in words. */
  readonly title?: string
}

/**
 * Splits a sender's text, for a page or a report, into what can be shown as it is and marks for what cannot. A line feed is a
 * piece of its own, so that a view can show it and break.
 */
export function visiblePieces(text: string): TextPiece[] {
  if (!hasHidden(text)) return text === '' ? [] : [{ kind: 'text', text }]
  const pieces: TextPiece[] = []
  let plain = ''
  const flush = () => {
    if (plain !== '') pieces.push({ kind: 'text', text: plain })
    plain = ''
  }
  for (const character of text) {
    if (!hasHidden(character)) {
      plain += character
      continue
    }
    flush()
    pieces.push(character === '\n' ? { kind: 'newline', text: '\n' } : { kind: 'mark', text: shortName(character), title: longName(character) })
  }
  flush()
  return pieces
}

/**
 * A sender's text as one string, for a plain file, a title attribute or an accessible name: marks in angle brackets, a line
 * feed as `⏎`, or with `lines` as itself.
 */
export function visibleText(text: string, { lines = false } = {}): string {
  const newline = lines ? '\n' : '⏎'
  return replaceHidden(text, (character) => (character === '\n' ? newline : `⟨${shortName(character)}⟩`))
}
