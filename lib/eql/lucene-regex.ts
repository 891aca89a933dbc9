import { ANY_CODE_POINT, AutomatonBuilder, AutomatonTooLarge, MAX_CODE_POINT } from '@/lib/lang/automaton'
import type { Automaton, CodeRange, Fragment } from '@/lib/lang/automaton'
import { LIMITS } from '@/lib/limits'
import { unreachable } from '@/lib/invariant'

/** Lucene's regular expressions with all of its optional operators, always anchored to the whole text. */
export type LuceneRegex =
  | { readonly ok: true; readonly automaton: Automaton; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly message: string }

type Pattern =
  | { readonly kind: 'set'; readonly ranges: readonly CodeRange[] }
  | { readonly kind: 'nothing' | 'never' | 'anything' }
  | { readonly kind: 'concat' | 'union' | 'intersect'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly least: number; readonly most: number | null }
  | { readonly kind: 'complement'; readonly part: Pattern }

class BadPattern extends Error {}

const DIGITS: readonly CodeRange[] = [[48, 57]]
const WORD: readonly CodeRange[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
]
const SPACE: readonly CodeRange[] = [
  [9, 13],
  [32, 32],
]
const CLASSES: Readonly<Record<string, readonly CodeRange[]>> = { d: DIGITS, w: WORD, s: SPACE }

/** Compiles a pattern; what Lucene cannot express is refused with the place and the remedy in the message. */
export function compileLuceneRegex(pattern: string, options: { readonly ignoreCase: boolean }): LuceneRegex {
  if (pattern.length > LIMITS.eqlRegexLength) {
    return { ok: false, message: `the pattern has ${pattern.length} characters; at most ${LIMITS.eqlRegexLength} are accepted` }
  }
  try {
    const reader = new PatternReader(pattern)
    const tree = reader.read()
    const builder = new AutomatonBuilder(LIMITS.eqlRegexStates)
    const automaton = builder.finish(build(tree, builder, options.ignoreCase))
    return { ok: true, automaton, warnings: reader.warnings }
  } catch (error) {
    if (error instanceof BadPattern) return { ok: false, message: error.message }
    if (error instanceof AutomatonTooLarge) {
      return { ok: false, message: `the pattern is too complex: it needs more than ${LIMITS.eqlRegexStates} states; write smaller repetitions` }
    }
    throw error
  }
}

class PatternReader {
  readonly warnings: string[] = []
  private readonly chars: readonly string[]
  private at = 0
  private depth = 0

  constructor(pattern: string) {
    this.chars = Array.from(pattern)
  }

  read(): Pattern {
    if (this.chars[0] === '^') this.fail('[^] is not an anchor in Elasticsearch: a pattern always matches the whole value. Leave it out, or write [\\^] for the character')
    if (this.chars.at(-1) === '$' && this.chars.at(-2) !== '\\') {
      this.fail('[$] is not an anchor in Elasticsearch: a pattern always matches the whole value. Leave it out, or write [\\$] for the character')
    }
    if (this.chars.length === 0) return { kind: 'nothing' }
    const tree = this.union()
    if (this.at < this.chars.length) this.fail(`unexpected [${this.chars[this.at]}] at position ${this.at + 1} of the pattern`)
    return tree
  }

  private fail(message: string): never {
    throw new BadPattern(message)
  }

  private peek(text: string): boolean {
    return this.chars[this.at] === text
  }

  private take(text: string): boolean {
    if (!this.peek(text)) return false
    this.at++
    return true
  }

  private union(): Pattern {
    if (++this.depth > LIMITS.eqlDepth) this.fail(`the pattern is nested more than ${LIMITS.eqlDepth} levels deep`)
    const parts = [this.intersection()]
    while (this.take('|')) parts.push(this.intersection())
    this.depth--
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'union', parts }
  }

  private intersection(): Pattern {
    const parts = [this.concatenation()]
    while (this.take('&')) parts.push(this.concatenation())
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'intersect', parts }
  }

  private concatenation(): Pattern {
    const parts: Pattern[] = []
    do {
      parts.push(this.repetition())
    } while (this.at < this.chars.length && !this.peek(')') && !this.peek('|') && !this.peek('&'))
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'concat', parts }
  }

  private repetition(): Pattern {
    let part = this.complement()
    for (let stacked = 0; ; stacked++) {
      if (stacked > LIMITS.eqlDepth) this.fail('too many repetition operators stand in a row')
      if (this.take('?')) part = { kind: 'repeat', part, least: 0, most: 1 }
      else if (this.take('*')) part = { kind: 'repeat', part, least: 0, most: null }
      else if (this.take('+')) part = { kind: 'repeat', part, least: 1, most: null }
      else if (this.take('{')) part = this.counted(part)
      else return part
    }
  }

  private counted(part: Pattern): Pattern {
    const least = this.integer()
    let most: number | null = least
    if (this.take(',')) most = this.peek('}') ? null : this.integer()
    if (!this.take('}')) this.fail(`expected [}] at position ${this.at + 1} of the pattern`)
    if (most !== null && most < least) this.fail(`the repetition {${least},${most}} has its bounds the wrong way round`)
    return { kind: 'repeat', part, least, most }
  }

  private integer(): number {
    let digits = ''
    while (/^\d$/.test(this.chars[this.at] ?? '')) digits += this.chars[this.at++]
    if (digits === '') this.fail(`expected a number at position ${this.at + 1} of the pattern; write [\\{] for a brace`)
    if (digits.length > 6) this.fail(`the number ${digits.slice(0, 12)} in the pattern is too large`)
    return Number(digits)
  }

  private complement(): Pattern {
    let negations = 0
    while (this.take('~')) negations++
    const part = this.characterClass()
    return negations % 2 === 1 ? { kind: 'complement', part } : part
  }

  private characterClass(): Pattern {
    if (!this.take('[')) return this.simple()
    const negated = this.take('^')
    const ranges: CodeRange[] = []
    do {
      const shorthand = this.shorthand()
      if (shorthand) {
        ranges.push(...shorthand)
        continue
      }
      const from = this.character()
      const to = this.take('-') ? this.character() : from
      if (to < from) this.fail(`the range ${String.fromCodePoint(from)}-${String.fromCodePoint(to)} in the pattern is the wrong way round`)
      ranges.push([from, to])
    } while (this.at < this.chars.length && !this.peek(']'))
    if (!this.take(']')) this.fail('a character class [ in the pattern has no closing ]')
    return { kind: 'set', ranges: negated ? invert(ranges) : ranges }
  }

  private simple(): Pattern {
    if (this.at >= this.chars.length) this.fail(`the pattern ends where something to match was expected`)
    if (this.take('.')) return { kind: 'set', ranges: ANY_CODE_POINT }
    if (this.take('#')) return { kind: 'never' }
    if (this.take('@')) return { kind: 'anything' }
    if (this.take('"')) return this.quoted()
    if (this.take('(')) {
      if (this.take(')')) return { kind: 'nothing' }
      if (this.peek('?')) this.fail('groups of the form (?…) do not exist in Lucene; [regex~] ignores case, and look-around cannot be expressed')
      const inner = this.union()
      if (!this.take(')')) this.fail('a group ( in the pattern has no closing )')
      return inner
    }
    if (this.take('<')) return this.interval()
    if (this.peek(')')) this.fail('a ) in the pattern closes no group; write [\\)] for the character')
    const first = this.chars[this.at] ?? ''
    if (first === '|' || first === '&') {
      this.fail(`[${first}] at position ${this.at + 1} of the pattern has nothing before it; write [\\${first}] for the character`)
    }
    if (first === '*' || first === '+' || first === '?') {
      this.warnings.push(`[${first}] at position ${this.at + 1} of the pattern has nothing to repeat and stands for itself; a wildcard is written [.*]`)
    }
    const shorthand = this.shorthand()
    if (shorthand) return { kind: 'set', ranges: shorthand }
    const code = this.character()
    return { kind: 'set', ranges: [[code, code]] }
  }

  private quoted(): Pattern {
    const close = this.chars.indexOf('"', this.at)
    if (close < 0) this.fail('a quoted part " of the pattern has no closing "; write [\\"] for the character')
    const parts = this.chars.slice(this.at, close).map((c): Pattern => ({ kind: 'set', ranges: [[c.codePointAt(0) ?? 0, c.codePointAt(0) ?? 0]] }))
    this.at = close + 1
    return { kind: 'concat', parts }
  }

  /** `<1-100>`: a decimal number of the interval; with bounds of equal length, written with that many digits. */
  private interval(): Pattern {
    const close = this.chars.indexOf('>', this.at)
    const match = /^(\d{1,9})-(\d{1,9})$/.exec(close < 0 ? '' : this.chars.slice(this.at, close).join(''))
    if (!match?.[1] || !match[2]) this.fail('[<] in a pattern begins a numeric interval such as <1-100>; write [\\<] for the character')
    this.at = close + 1
    const [low, high] = [match[1], match[2]].toSorted((a, b) => Number(a) - Number(b)) as [string, string]
    const width = match[1].length === match[2].length ? match[1].length : 0
    if (width > 0) return digitsBetween(low, high)
    const parts: Pattern[] = []
    for (let length = String(Number(low)).length; length <= String(Number(high)).length; length++) {
      const from = length === String(Number(low)).length ? String(Number(low)) : `1${'0'.repeat(length - 1)}`
      const to = length === String(Number(high)).length ? String(Number(high)) : '9'.repeat(length)
      parts.push(digitsBetween(from, to))
    }
    const zeros: Pattern = { kind: 'repeat', part: { kind: 'set', ranges: [[48, 48]] }, least: 0, most: null }
    return { kind: 'concat', parts: [zeros, { kind: 'union', parts }] }
  }

  /** `\d`, `\w`, `\s` and their opposites. */
  private shorthand(): readonly CodeRange[] | null {
    const letter = this.peek('\\') ? (this.chars[this.at + 1] ?? '') : ''
    const ranges = Object.hasOwn(CLASSES, letter.toLowerCase()) && letter !== '' ? CLASSES[letter.toLowerCase()] : undefined
    if (!ranges) {
      if (letter === 'b' || letter === 'B') this.warnings.push(`[\\${letter}] is the letter ${letter} in Lucene, not a word boundary`)
      return null
    }
    this.at += 2
    const spelled = { d: '[0-9]', w: '[A-Za-z0-9_]', s: '[ \\t\\n\\r]' }[letter.toLowerCase()] ?? ''
    const warning = `[\\${letter}] is known to Elasticsearch since version 8 only, before that it is the letter; write ${letter === letter.toLowerCase() ? spelled : spelled.replace('[', '[^')}`
    if (!this.warnings.includes(warning)) this.warnings.push(warning)
    return letter === letter.toLowerCase() ? ranges : invert(ranges)
  }

  /** One character, escaped or not. */
  private character(): number {
    this.take('\\')
    const char = this.chars[this.at]
    if (char === undefined) this.fail('the pattern ends in the middle of an escape or a character class')
    this.at++
    return char.codePointAt(0) ?? 0
  }
}

function invert(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const result: CodeRange[] = []
  let from = 0
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (low > from) result.push([from, low - 1])
    from = Math.max(from, high + 1)
  }
  if (from <= MAX_CODE_POINT) result.push([from, MAX_CODE_POINT])
  return result
}

/** Texts of digits, all as long as `low` and `high`, that lie between them. */
function digitsBetween(low: string, high: string): Pattern {
  const digit = (from: number, to: number): Pattern => ({ kind: 'set', ranges: [[48 + from, 48 + to]] })
  const free = (count: number): Pattern => ({ kind: 'repeat', part: digit(0, 9), least: count, most: count })
  const [a, b] = [Number(low[0]), Number(high[0])]
  const rest = low.length - 1
  if (rest === 0) return digit(a, b)
  if (a === b) return { kind: 'concat', parts: [digit(a, a), digitsBetween(low.slice(1), high.slice(1))] }
  const parts: Pattern[] = [
    { kind: 'concat', parts: [digit(a, a), digitsBetween(low.slice(1), '9'.repeat(rest))] },
    { kind: 'concat', parts: [digit(b, b), digitsBetween('0'.repeat(rest), high.slice(1))] },
  ]
  if (b - a > 1) parts.push({ kind: 'concat', parts: [digit(a + 1, b - 1), free(rest)] })
  return { kind: 'union', parts }
}

/** Adds the other case of A–Z, which is all that Lucene folds. */
function bothCases(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const added: CodeRange[] = []
  for (const [from, to] of ranges) {
    const upper: CodeRange = [Math.max(from, 65), Math.min(to, 90)]
    const lower: CodeRange = [Math.max(from, 97), Math.min(to, 122)]
    if (upper[0] <= upper[1]) added.push([upper[0] + 32, upper[1] + 32])
    if (lower[0] <= lower[1]) added.push([lower[0] - 32, lower[1] - 32])
  }
  return [...ranges, ...added]
}

function build(pattern: Pattern, builder: AutomatonBuilder, ignoreCase: boolean): Fragment {
  switch (pattern.kind) {
    case 'set':
      return builder.oneOf(ignoreCase ? bothCases(pattern.ranges) : pattern.ranges)
    case 'nothing':
      return builder.nothing()
    case 'never':
      return builder.never()
    case 'anything':
      return builder.star(builder.oneOf(ANY_CODE_POINT))
    case 'concat':
      return builder.concat(pattern.parts.map((p) => build(p, builder, ignoreCase)))
    case 'union':
      return builder.union(pattern.parts.map((p) => build(p, builder, ignoreCase)))
    case 'intersect':
      return pattern.parts.map((p) => build(p, builder, ignoreCase)).reduce((a, b) => builder.intersect(a, b))
    case 'repeat': {
      const { part } = pattern
      return builder.repeat(() => build(part, builder, ignoreCase), pattern.least, pattern.most)
    }
    case 'complement':
      return builder.complement(build(pattern.part, builder, ignoreCase))
    default:
      return unreachable(pattern)
  }
}
