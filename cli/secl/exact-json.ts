/** An integer literal of sixteen digits or more, or a string: what stands in strings is left alone. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g
const MARK = '\u0000int:'

/** `JSON.parse` that keeps every integer: one that a number cannot hold exactly becomes a bigint. */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text)
  const marked = text.replaceAll(TOKEN, (token) => (token.startsWith('"') ? token : JSON.stringify(MARK + token)))
  return JSON.parse(marked, (_, value: unknown) => (typeof value === 'string' && value.startsWith(MARK) ? exact(value.slice(MARK.length)) : value))
}

function exact(digits: string): number | bigint {
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : BigInt(digits)
}
