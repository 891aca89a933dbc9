const HEX = /^(?:[0-9A-Fa-f]{2})+$/

/** The bytes that audit writes as hex because a character among them would end a field; null when it is not hex. */
export function decodeHex(text: string): Buffer | null {
  return HEX.test(text) ? Buffer.from(text, 'hex') : null
}

/** Text in which audit finds a reason for hex: a blank, a control character, a quote, anything beyond ASCII. */
const NEEDS_HEX = /[^!\u0023-\u007e]/
/** The largest id has so many. */
const ID_DIGITS = 10
/** What no name has; the character between several keys aside. */
// oxlint-disable-next-line no-control-regex -- it is about them
const UNPRINTABLE = /[\u0000\u0002-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\ufffd]/

/**
 * The text that audit wrote as hex, null when it is not hex. Digits alone may as well be a number or a name as some programs
 * write it without quotes: they are hex only if that gives text for which audit uses hex.
 */
export function decodeText(written: string): string | null {
  const text = decodeHex(written)?.toString('utf8')
  if (text === undefined) return null
  return /^\d+$/.test(written) && (!NEEDS_HEX.test(text) || (written.length <= ID_DIGITS && UNPRINTABLE.test(text))) ? null : text
}

/** As `decodeText`, of what may be a name without quotes (`acct=added`): the library of audit writes capitals, and what it writes is UTF-8. */
export function decodeName(written: string): string | null {
  const text = /[a-f]/.test(written) ? null : decodeText(written)
  return text !== null && Buffer.from(text).equals(Buffer.from(written, 'hex')) ? text : null
}

/** A path made absolute in a directory, with `.` and `..` resolved as the kernel's names would be without links. */
export function absolutePath(name: string, directory: string | undefined): string {
  if (!name.startsWith('/') && directory?.startsWith('/') !== true) return name
  const whole = name.startsWith('/') ? name : `${directory}/${name}`
  const parts: string[] = []
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path
}

/** A whole number that JavaScript holds exactly, or undefined. */
export function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined
  return Number(text)
}
