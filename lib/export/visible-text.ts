/**
 * Characters that a reader cannot see or that reorder what is around them: C0 and C1 controls, bidirectional controls, zero
 * width, line and paragraph separators, fillers, tags, lone surrogates. Telemetry is written by attackers; a name that
 * shows as another one is theirs to use.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufffc]|(?! )\p{Zs}/gu

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, 'NUL'],
  [0x07, 'BEL'],
  [0x08, 'BS'],
  [0x09, 'TAB'],
  [0x0a, 'LF'],
  [0x0d, 'CR'],
  [0x1b, 'ESC'],
  [0x7f, 'DEL'],
])

/** What stands for a hidden character: its short name where it has a well-known one, else `U+202E`. */
function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return NAMES.get(code) ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

export interface TextPiece {
  readonly text: string
  /** The text is the name of a hidden character. */
  readonly hidden: boolean
}

/** Cuts a text into what shows as it is and the names of what does not. With `lines` a line feed shows as it is. */
export function visiblePieces(text: string, { lines = false } = {}): readonly TextPiece[] {
  const pieces: TextPiece[] = []
  let from = 0
  for (const match of text.matchAll(HIDDEN)) {
    if (lines && match[0] === '\n') continue
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), hidden: false })
    pieces.push({ text: nameOf(match[0]), hidden: true })
    from = match.index + match[0].length
  }
  if (from < text.length) pieces.push({ text: text.slice(from), hidden: false })
  return pieces
}

/** The text for a plain file or a terminal, hidden characters as `⟨U+202E⟩`. */
export function visibleText(text: string, options: { readonly lines?: boolean } = {}): string {
  return visiblePieces(text, options)
    .map((piece) => (piece.hidden ? `⟨${piece.text}⟩` : piece.text))
    .join('')
}
