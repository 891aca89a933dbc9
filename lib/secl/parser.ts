import type { Diagnostic, Span } from '@/lib/lang/diagnostic'
import { diagnosticAt } from '@/lib/lang/diagnostic'
import { LIMITS } from '@/lib/limits'
import type { ArithmeticExpr, CompareOp, Expr, ListExpr, ListItem, MembershipOp, NetworkLiteral, Primary, TextLiteral } from './ast'
import { parseInt64, parseLiteral, toInt64 } from './int64'
import { lex } from './lexer'
import type { Token } from './tokens'

export interface ParseResult {
  /** Null when there are errors. */
  readonly expr: Expr | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Parses a rule: one boolean expression. Everything wrong is a diagnostic; nothing is thrown. */
export function parse(source: string): ParseResult {
  return run(source, (parser) => parser.rule())
}

/** Parses a macro: an expression of any type, or a list. */
export function parseMacro(source: string): ParseResult {
  return run(source, (parser) => parser.macro())
}

function run(source: string, read: (parser: Parser) => Expr): ParseResult {
  const lexed = lex(source)
  // The lexer stops at a cap: what follows is not there to be parsed.
  if (lexed.diagnostics.some((d) => d.code === 'too-long' || d.code === 'too-many-tokens')) return { expr: null, diagnostics: lexed.diagnostics }
  const parser = new Parser(source, lexed.tokens)
  try {
    const expr = read(parser)
    return { expr: lexed.diagnostics.length > 0 ? null : expr, diagnostics: [...lexed.diagnostics, ...parser.diagnostics] }
  } catch (error) {
    if (!(error instanceof Unwind)) throw error
    // A character that is no token explains what the parser then stumbles over.
    return { expr: null, diagnostics: lexed.diagnostics.length > 0 ? lexed.diagnostics : parser.diagnostics }
  }
}

/** Leaves the parser after an error is reported; never leaves this file. */
class Unwind extends Error {}

const COMPARISONS: ReadonlySet<string> = new Set(['>=', '>', '<=', '<', '!=', '==', '=~', '!~'])
const UNIT_NS: Readonly<Record<string, bigint>> = { ms: 1_000_000n, s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n }

class Parser {
  readonly diagnostics: Diagnostic[] = []
  private at = 0
  private depth = 0

  constructor(
    private readonly source: string,
    private readonly tokens: readonly Token[],
  ) {}

  rule(): Expr {
    const expr = this.bool()
    this.expectEnd()
    return expr
  }

  macro(): Expr {
    const expr = this.isSymbol('[') ? this.array() : this.bool()
    this.expectEnd()
    return expr
  }

  // ---- tokens

  private peek(ahead = 0): Token {
    return this.tokens[this.at + ahead] ?? this.tokens.at(-1) ?? { kind: 'end', text: '', start: 0, end: 0 }
  }

  private next(): Token {
    const token = this.peek()
    if (this.at < this.tokens.length - 1) this.at++
    return token
  }

  private isSymbol(text: string): boolean {
    const token = this.peek()
    return token.kind === 'symbol' && token.text === text
  }

  private isWord(text: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'identifier' && token.text === text
  }

  private takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false
    this.next()
    return true
  }

  private spanFrom(start: number): Span {
    return { start, end: this.tokens[this.at - 1]?.end ?? start }
  }

  private fail(span: Span, code: string, message: string): never {
    this.diagnostics.push(diagnosticAt(this.source, span, code, message))
    throw new Unwind()
  }

  private failExpected(what: string): never {
    const token = this.peek()
    const found = token.kind === 'end' ? 'the end' : `[${this.source.slice(token.start, Math.min(token.end, token.start + 40))}]`
    const previous = this.tokens[this.at - 1]
    // `1 -2` is two numbers: the sign belongs to the token.
    const signed = token.kind === 'integer' && /^[+-]/.test(token.text) && previous !== undefined && previous.kind !== 'symbol'
    const hint = signed ? '; put a space after the sign to add or subtract' : this.unitHint(previous, token)
    return this.fail(token, 'syntax', `expected ${what} but found ${found}${hint}`)
  }

  private unitHint(previous: Token | undefined, token: Token): string {
    const unit = previous?.kind === 'integer' && token.kind === 'identifier' && previous.end === token.start
    return unit ? '; a duration ends in ms, s, m or h' : ''
  }

  private expectEnd(): void {
    if (this.peek().kind !== 'end') this.failExpected('[&&], [||] or the end')
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > LIMITS.seclDepth) this.fail(this.peek(), 'too-deep', `the expression is nested more than ${LIMITS.seclDepth} levels deep`)
    const value = read()
    this.depth--
    return value
  }

  // ---- the grammar, one method a production

  /** Terms and operators are collected first and folded from the right, so that a long chain needs no deep stack. */
  private bool(): Expr {
    const terms = [this.comparison()]
    const ops: ('and' | 'or')[] = []
    for (;;) {
      const op = this.takeLogic()
      if (op === null) break
      ops.push(op)
      terms.push(this.comparison())
    }
    let tail = terms[ops.length] ?? this.failExpected('an expression')
    for (let end = ops.length; end > 0; ) {
      const kind = ops[end - 1] ?? 'and'
      let start = end - 1
      while (start > 0 && ops[start - 1] === kind) start--
      const run: readonly Expr[] = [...terms.slice(start, end), tail]
      tail = { kind, terms: run, span: { start: run[0]?.span.start ?? 0, end: tail.span.end } }
      end = start
    }
    return tail
  }

  private takeLogic(): 'and' | 'or' | null {
    const op = this.isSymbol('&&') || this.isWord('and') ? 'and' : this.isSymbol('||') || this.isWord('or') ? 'or' : null
    if (op !== null) this.next()
    return op
  }

  private comparison(): Expr {
    const left = this.arithmetic()
    const token = this.peek()
    if (token.kind === 'symbol' && COMPARISONS.has(token.text)) {
      this.next()
      const right = this.nested(() => this.comparison())
      return { kind: 'compare', op: token.text as CompareOp, left, right, span: { start: left.span.start, end: right.span.end } }
    }
    const op = this.takeMembership()
    if (op === null) return left
    const right = this.array()
    return { kind: 'membership', op, left, right, span: { start: left.span.start, end: right.span.end } }
  }

  private takeMembership(): MembershipOp | null {
    if (this.isWord('in') || this.isWord('allin')) return this.next().text === 'in' ? 'in' : 'allin'
    if (!this.isWord('not') || !this.isWord('in', 1)) return null
    this.next()
    this.next()
    return 'not in'
  }

  private arithmetic(): Expr {
    const first = this.bits()
    const rest: ArithmeticExpr['rest'][number][] = []
    while (this.isSymbol('+') || this.isSymbol('-')) {
      const op = this.next().text === '+' ? '+' : '-'
      rest.push({ op, operand: this.bits() })
    }
    return rest.length === 0 ? first : { kind: 'arithmetic', first, rest, span: this.spanFrom(first.span.start) }
  }

  private bits(): Expr {
    const left = this.unary()
    const token = this.peek()
    if (!this.isSymbol('&') && !this.isSymbol('|') && !this.isSymbol('^')) return left
    this.next()
    const right = this.nested(() => this.bits())
    return { kind: 'bit', op: token.text as '&' | '|' | '^', left, right, span: { start: left.span.start, end: right.span.end } }
  }

  private unary(): Expr {
    const token = this.peek()
    const op = this.isWord('not') ? '!' : this.isSymbol('!') || this.isSymbol('-') || this.isSymbol('^') ? token.text : null
    if (op === null) return this.primary()
    this.next()
    const operand = this.nested(() => this.unary())
    return { kind: 'unary', op: op as '!' | '-' | '^', operand, span: { start: token.start, end: operand.span.end } }
  }

  private primary(): Expr {
    const token = this.peek()
    const value = this.takePrimary()
    if (value) return value
    if (this.takeSymbol('(')) {
      const inner = this.nested(() => this.bool())
      if (!this.takeSymbol(')')) this.failExpected('[)] to close the parenthesis')
      return { kind: 'group', inner, span: this.spanFrom(token.start) }
    }
    if (this.isSymbol('[')) this.fail(token, 'syntax', 'a list stands on the right of [in], [not in] or [allin] only')
    return this.failExpected('a field, a value or [(]')
  }

  private takePrimary(): Exclude<Primary, ListExpr> | null {
    const token = this.peek()
    const span = { start: token.start, end: token.end }
    switch (token.kind) {
      case 'identifier':
        if (['and', 'or', 'in', 'allin'].includes(token.text)) this.failExpected('a field or a value')
        this.next()
        return { kind: 'identifier', name: token.text, span }
      case 'variable':
        this.next()
        return { kind: 'variable', name: token.text, span }
      case 'integer': {
        const value = parseLiteral(token.text)
        if (value === 'octal') this.fail(span, 'number', `a number that begins with 0 is octal; [${token.text.slice(0, 40)}] has digits beyond 7`)
        if (value === 'range') this.fail(span, 'number', `the number [${token.text.slice(0, 40)}] does not fit in 64 bits`)
        this.next()
        return { kind: 'int', value, span }
      }
      case 'duration':
        this.next()
        return { kind: 'duration', ns: this.nanoseconds(token), text: token.text, span }
      case 'string':
      case 'pattern':
      case 'regex':
      case 'ip':
      case 'cidr':
        return this.takeText() ?? this.takeNetwork()
      default:
        return null
    }
  }

  private takeText(): TextLiteral | null {
    const token = this.peek()
    if (token.kind !== 'string' && token.kind !== 'pattern' && token.kind !== 'regex') return null
    this.next()
    return { kind: token.kind, value: token.text, span: { start: token.start, end: token.end } }
  }

  private takeNetwork(): NetworkLiteral | null {
    const token = this.peek()
    if (token.kind !== 'ip' && token.kind !== 'cidr') return null
    this.next()
    return { kind: token.kind, text: token.text, span: { start: token.start, end: token.end } }
  }

  private nanoseconds(token: Token) {
    const digits = /^\d+/.exec(token.text)?.[0] ?? ''
    const unit = token.text.slice(digits.length)
    const scale = UNIT_NS[unit]
    if (scale === undefined) this.fail(token, 'duration', `a duration has no unit [${unit}]; write ${Number(digits) * 24}h`)
    const count = parseInt64(digits)
    const ns = count === null ? null : BigInt(count) * scale
    if (ns === null || ns >= 2n ** 63n) this.fail(token, 'duration', `the duration [${token.text.slice(0, 40)}] is longer than 64 bits of nanoseconds`)
    return toInt64(ns)
  }

  private array(): Expr {
    const token = this.peek()
    if (this.isSymbol('[')) return this.list()
    if (token.kind === 'cidr' || token.kind === 'variable' || token.kind === 'identifier') return this.takePrimary() ?? this.failExpected('a list')
    if (token.kind === 'end' || token.kind === 'symbol') return this.failExpected('a list, a network, a macro, an array field or a variable')
    const text = this.source.slice(token.start, Math.min(token.end, token.start + 40))
    return this.fail(token, 'syntax', `expected a list but found one value; write [${text}] in brackets, or compare with ==`)
  }

  private list(): ListExpr {
    const start = this.next().start
    if (this.isSymbol(']')) this.fail({ start, end: this.peek().end }, 'empty-list', 'the list is empty; give it at least one value')
    const items = [this.listItem(null)]
    const [first] = items
    while (this.takeSymbol(',')) {
      if (items.length >= LIMITS.seclListItems) this.fail(this.peek(), 'too-many-items', `a list may have ${LIMITS.seclListItems} values at most`)
      items.push(this.listItem(first ?? null))
    }
    if (!this.takeSymbol(']')) this.failExpected('[,] or []] in the list')
    return { kind: 'list', items, span: this.spanFrom(start) }
  }

  /** A list is of texts, of addresses and networks, of numbers, or of constants. */
  private listItem(first: ListItem | null): ListItem {
    const token = this.peek()
    const value = this.takePrimary()
    if (!value || value.kind === 'variable' || value.kind === 'duration') {
      return this.fail(token, 'syntax', 'a list holds strings, patterns and regular expressions, or addresses and networks, or numbers')
    }
    if (first && familyOf(first) !== familyOf(value)) {
      this.fail(token, 'mixed-list', `this list is of ${familyOf(first)}; [${this.source.slice(token.start, Math.min(token.end, token.start + 40))}] is none of them`)
    }
    return value
  }
}

function familyOf(item: ListItem): string {
  switch (item.kind) {
    case 'ip':
    case 'cidr':
      return 'addresses and networks'
    case 'int':
      return 'numbers'
    case 'identifier':
      return 'constants'
    default:
      return 'strings, patterns and regular expressions'
  }
}
