/** Between a record and what auditd adds to it when it resolves names (`log_format = ENRICHED`). */
const ENRICHED = '\u001d'

/** How log daemons write that character: rsyslog in octal, others as C or a terminal would. */
const SPELLINGS = ['#035', '\\035', '\\x1d', '\\x1D', '^]', '<1d>'] as const
const ESCAPED = /(?:#035|\\035|\\x1[dD]|\^\]|<1d>)(?=[A-Z][A-Z0-9_-]{0,62}=)/g

const QUOTE = 0x22
const EQUALS = 0x3d

/** Where what auditd resolved begins, and where the record ends in front of it. */
export interface Separator {
  readonly end: number
  readonly next: number
}

/**
 * Finds the separator of a record that begins at `from`; null for none. An escaped one counts right before a name in capitals
 * and outside of quotes: a program may be called `#035UID=root`, and the kernel quotes that.
 */
export function findSeparator(line: string, from: number): Separator | null {
  const at = line.indexOf(ENRICHED, from)
  if (at !== -1) return { end: at, next: at + 1 }
  if (!SPELLINGS.some((spelling) => line.includes(spelling, from))) return null
  let read = from
  let quoted = false
  ESCAPED.lastIndex = from
  for (let match = ESCAPED.exec(line); match !== null; match = ESCAPED.exec(line)) {
    for (; read < match.index; read++) {
      if (line.charCodeAt(read) !== QUOTE) continue
      quoted = !quoted && line.charCodeAt(read - 1) === EQUALS
    }
    if (!quoted) return { end: match.index, next: match.index + match[0].length }
  }
  return null
}
