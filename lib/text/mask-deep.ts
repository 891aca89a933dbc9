import { MASK, maskSecrets, secretSpans } from './secrets'

/**
 * Words of a command line with the secrets masked. An option and its value are two words, so all are read as one line; of a
 * word that begins with a secret nothing stays, since it may hold blanks.
 */
export function maskWords(words: readonly string[]): string[] {
  const spans = secretSpans(words.join(' '))
  let at = 0
  return words.map((word) => {
    const begin = at
    at += word.length + 1
    let masked = ''
    let from = 0
    for (const { start, end } of spans) {
      if (end <= begin || start >= begin + word.length) continue
      if (start <= begin) return MASK
      masked += word.slice(from, start - begin) + MASK
      from = end - begin
    }
    return masked + word.slice(from)
  })
}

function isWords(value: readonly unknown[]): value is readonly string[] {
  return value.length > 0 && value.every((item) => typeof item === 'string')
}

/** A copy of plain data with the secrets in all its texts masked; what is no plain data is passed on. */
export function maskDeep<T>(value: T): T {
  if (typeof value === 'string') return maskSecrets(value) as T
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    return (isWords(items) ? maskWords(items) : items.map((item) => maskDeep(item))) as T
  }
  if (typeof value !== 'object' || value === null) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskDeep(item)])) as T
}
