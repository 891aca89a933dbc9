const UPPER = /[A-Z]/
const NOT_ASCII = /[\u0080-\uffff]/
const UPPER_RUNS = /[A-Z]+/g

/**
 * Lower-cases A–Z and nothing else, as Lucene's case-insensitive term, prefix and wildcard queries do: `É` and `é` stay
 * different, and the Kelvin sign does not become a `k`.
 */
export function foldAscii(text: string): string {
  // Paths and names are mostly lower case already: asking first avoids the copy.
  if (!UPPER.test(text)) return text
  if (!NOT_ASCII.test(text)) return text.toLowerCase()
  return text.replaceAll(UPPER_RUNS, (run) => run.toLowerCase())
}
