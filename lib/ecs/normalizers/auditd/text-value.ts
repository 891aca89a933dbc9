const HEX = /^(?:[0-9A-Fa-f]{2})+$/

/** The bytes that audit writes as hex because a character among them would end a field; null when it is not hex. */
export function decodeHex(text: string): Buffer | null {
  return HEX.test(text) ? Buffer.from(text, 'hex') : null
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
