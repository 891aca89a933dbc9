const UPPER = /[A-Z]/
const NOT_ASCII = /[\u0080-\uffff]/
const UPPER_RUNS = /[A-Z]+/g

// The same few values of an event are folded by many conditions one after another.
const SLOTS = 16
const seen: string[] = Array.from({ length: SLOTS }, () => '')
const folded: string[] = Array.from({ length: SLOTS }, () => '')

/**
 * Lower-cases A–Z and nothing else, as Lucene's case-insensitive term, prefix and wildcard queries do: `É` and `é` stay
 * different, and the Kelvin sign does not become a `k`.
 */
export function foldAscii(text: string): string {
  const slot = text.length & (SLOTS - 1)
  if (seen[slot] === text) return folded[slot] as string
  const result = fold(text)
  seen[slot] = text
  folded[slot] = result
  return result
}

function fold(text: string): string {
  // Paths and names are mostly lower case already: asking first avoids the copy.
  if (!UPPER.test(text)) return text
  if (!NOT_ASCII.test(text)) return text.toLowerCase()
  return text.replaceAll(UPPER_RUNS, (run) => run.toLowerCase())
}
