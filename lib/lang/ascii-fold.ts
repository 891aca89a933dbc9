const NOT_ASCII = /[\u0080-\uffff]/
const UPPER_RUNS = /[A-Z]+/g

/**
 * Lower-cases A–Z and nothing else, as Lucene's case-insensitive term, prefix and wildcard queries do: `É` and `é` stay
 * different, and the Kelvin sign does not become a `k`.
 */
export function foldAscii(text: string): string {
  // Paths and names are mostly lower case already. A loop tells sooner than a regular expression does.
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 65 && unit <= 90) return fold(text)
  }
  return text
}

function fold(text: string): string {
  if (!NOT_ASCII.test(text)) return text.toLowerCase()
  return text.replaceAll(UPPER_RUNS, (run) => run.toLowerCase())
}
