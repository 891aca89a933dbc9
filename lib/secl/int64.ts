/**
 * Integers of 64 bits, as SECL's are: a number while it is exact, a bigint beyond. Every value is kept in that one form, so
 * `===`, `<` and `>` compare them whatever they are made of.
 */
export type SeclInt = number | bigint

const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)

function normal(value: bigint): SeclInt {
  const wrapped = BigInt.asIntN(64, value)
  const number = Number(wrapped)
  return Number.isSafeInteger(number) ? number : wrapped
}

/** The one form of a whole number; a fraction is cut off, what is no number is 0. */
export function toInt64(value: number | bigint): SeclInt {
  if (typeof value === 'bigint') return normal(value)
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  return Number.isFinite(value) ? normal(BigInt(Math.trunc(value))) : 0
}

/** Reads decimal digits with an optional sign; null when they do not fit in 64 bits. */
export function parseInt64(text: string): SeclInt | null {
  if (!/^[+-]?\d{1,40}$/.test(text)) return null
  const value = BigInt(text.replace(/^\+/, ''))
  return value < MIN || value > MAX ? null : normal(value)
}

/**
 * Reads an integer as it is written in an expression: digits after a 0 are octal, so that `0777` is a file mode. Answers
 * 'octal' for digits that are none (`08`) and 'range' for what 64 bits do not hold. Source: Go's strconv.ParseInt with base 0.
 */
export function parseLiteral(text: string): SeclInt | 'octal' | 'range' {
  const [, sign, digits] = /^([+-]?)(\d+)$/.exec(text) ?? []
  if (digits === undefined || digits.length === 1 || !digits.startsWith('0')) return parseInt64(text) ?? 'range'
  if (/[89]/.test(digits)) return 'octal'
  // 22 octal digits hold 64 bits; zeros in front count for nothing.
  const octal = digits.replace(/^0+(?=\d)/, '')
  if (octal.length > 22) return 'range'
  const value = BigInt(`0o${octal}`) * (sign === '-' ? -1n : 1n)
  return value < MIN || value > MAX ? 'range' : normal(value)
}

export function add(a: SeclInt, b: SeclInt): SeclInt {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a + b)) return a + b
  return normal(BigInt(a) + BigInt(b))
}

export function subtract(a: SeclInt, b: SeclInt): SeclInt {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a - b)) return a - b
  return normal(BigInt(a) - BigInt(b))
}

export function negate(a: SeclInt): SeclInt {
  return subtract(0, a)
}

export function bitNot(a: SeclInt): SeclInt {
  return subtract(-1, a)
}

export function bitOperation(op: '&' | '|' | '^', a: SeclInt, b: SeclInt): SeclInt {
  // JavaScript's own operators work on 32 bits.
  if ((a as number) >= 0 && (b as number) >= 0 && (a as number) <= 0x7fff_ffff && (b as number) <= 0x7fff_ffff) {
    return op === '&' ? Number(a) & Number(b) : op === '|' ? Number(a) | Number(b) : Number(a) ^ Number(b)
  }
  const x = BigInt(a)
  const y = BigInt(b)
  return normal(op === '&' ? x & y : op === '|' ? x | y : x ^ y)
}
