/**
 * Orders strings by code point, which is the order of their UTF-8 bytes and so of a keyword field. JavaScript's own `<`
 * orders by UTF-16 unit and puts U+FF00 after U+1F600.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return codePointRank(x) - codePointRank(y)
  }
  return a.length - b.length
}

// A surrogate stands for a code point above every other unit.
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
