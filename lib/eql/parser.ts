import type { Diagnostic, Span } from '@/lib/lang/diagnostic'
import { diagnosticAt } from '@/lib/lang/diagnostic'
import { LIMITS } from '@/lib/limits'
import type {
  ArithmeticOp,
  CompareOp,
  EventFilter,
  Expr,
  Literal,
  MatchOp,
  Maxspan,
  MaxspanUnit,
  Pipe,
  Query,
  SequenceBody,
  Term,
} from './ast'
import { lex } from './lexer'
import type { SymbolText, Token } from './tokens'

export interface ParseResult {
  readonly query: Query | null
  /** The tree as far as it could be made out in spite of errors: good for finding more of them, never for running. */
  readonly draft: Query | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Thrown inside the parser only, to unwind to the nearest place from which it can read on; the diagnostic is already made. */
class Unwind extends Error {}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])
const MATCHES: ReadonlySet<string> = new Set([':', 'like', 'like~', 'regex', 'regex~'])
const UNITS: ReadonlySet<string> = new Set(['ms', 's', 'm', 'h', 'd'])

/**
 * Parses a query. Every mistake of syntax that can be told apart is reported, not the first only: the parser reads on after
 * the next `and`, `or`, closing bracket or pipe. `query` is null when there was any error.
 */
export function parse(source: string): ParseResult {
  const { tokens, diagnostics } = lex(source)
  const found = [...diagnostics]
  let draft: Query | null = null
  // Tokens were cut off or absent altogether: a second error about the end would only mislead.
  const unreadable = diagnostics.some((d) => d.code === 'query-too-long' || d.code === 'too-many-tokens')
  if (!unreadable) draft = new Parser(source, tokens, found).parseQuery()
  found.sort((a, b) => a.offset - b.offset)
  return { query: found.length > 0 ? null : draft, draft, diagnostics: found.slice(0, LIMITS.eqlDiagnostics) }
}

class Parser {
  private position = 0
  private depth = 0
  /** A term or a pipe was given up: counting what is left would only raise false alarms. */
  private incomplete = false

  constructor(
    private readonly source: string,
    private readonly tokens: readonly Token[],
    private readonly diagnostics: Diagnostic[],
  ) {}

  parseQuery(): Query | null {
    try {
      const body = this.body()
      const pipes = this.pipes()
      return this.incomplete ? null : { body, pipes, span: { start: 0, end: this.source.length } }
    } catch (error) {
      if (error instanceof Unwind) return null
      throw error
    }
  }

  // ---- tokens

  private peek(ahead = 0): Token {
    return this.tokens[Math.min(this.position + ahead, this.tokens.length - 1)] as Token
  }

  private next(): Token {
    const token = this.peek()
    if (this.position < this.tokens.length - 1) this.position++
    return token
  }

  private isSymbol(text: SymbolText, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'symbol' && token.text === text
  }

  private isKeyword(text: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'keyword' && token.text === text
  }

  private takeSymbol(text: SymbolText): Token | null {
    return this.isSymbol(text) ? this.next() : null
  }

  private takeKeyword(text: string): Token | null {
    return this.isKeyword(text) ? this.next() : null
  }

  private previousEnd(): number {
    return this.tokens[this.position - 1]?.end ?? 0
  }

  private spanFrom(start: number): Span {
    return { start, end: Math.max(this.previousEnd(), start) }
  }

  // ---- mistakes

  private report(span: Span, code: string, message: string): void {
    if (this.diagnostics.length < LIMITS.eqlDiagnostics) this.diagnostics.push(diagnosticAt(this.source, span, code, message))
  }

  private fail(span: Span, code: string, message: string): never {
    this.report(span, code, message)
    throw new Unwind()
  }

  private describe(token: Token): string {
    return token.kind === 'end' ? 'the end of the query' : `[${this.source.slice(token.start, token.end)}]`
  }

  private failExpected(what: string): never {
    const token = this.peek()
    const upper = token.kind === 'identifier' && /^(AND|OR|NOT|IN|WHERE|BY|LIKE|REGEX|WITH|UNTIL|TRUE|FALSE|NULL)$/i.test(token.text)
    const hint = upper ? `; keywords are written in lower case: ${token.text.toLowerCase()}` : ''
    this.fail(token, 'syntax', `expected ${what} but found ${this.describe(token)}${hint}`)
  }

  private expectSymbol(text: SymbolText, where: string): Token {
    return this.takeSymbol(text) ?? this.failExpected(`[${text}] ${where}`)
  }

  /** Runs a reader; when it unwinds, skips to a place from which the surrounding construct can be read on. */
  private recovering<T>(read: () => T, skip: () => void): T | null {
    const depth = this.depth
    try {
      return read()
    } catch (error) {
      if (!(error instanceof Unwind)) throw error
      this.depth = depth
      skip()
      return null
    }
  }

  /** Skips to a token of this nesting that ends an operand: `and`, `or`, a comma, a closing bracket, a pipe, the end. */
  private skipOperand(): void {
    let open = 0
    for (;;) {
      const token = this.peek()
      if (token.kind === 'end') return
      if (token.kind === 'symbol') {
        if (token.text === '(') open++
        else if (token.text === ')' && open-- === 0) return
        else if (token.text === '[' || token.text === '![' || token.text === ']' || token.text === '|') return
      } else if (open === 0 && token.kind === 'keyword' && (token.text === 'and' || token.text === 'or')) return
      this.next()
    }
  }

  /** Skips to the start of the next term, `until`, a pipe or the end. */
  private skipTerm(): void {
    for (;;) {
      const token = this.peek()
      if (token.kind === 'end' || this.isSymbol('[') || this.isSymbol('![') || this.isSymbol('|') || this.isKeyword('until')) return
      this.next()
    }
  }

  // ---- queries

  private body(): Query['body'] {
    const token = this.peek()
    const startsFilter = this.isKeyword('where', 1)
    if (!startsFilter && token.kind === 'keyword' && (token.text === 'sequence' || token.text === 'sample' || token.text === 'join')) {
      return this.sequence(token.text)
    }
    const filter = this.eventFilter()
    return { kind: 'event', filter, span: filter.span }
  }

  private eventFilter(): EventFilter {
    const token = this.peek()
    const isName = token.kind === 'identifier' || token.kind === 'string' || token.kind === 'quoted-identifier'
    if (!isName && !(token.kind === 'keyword' && this.isKeyword('where', 1) && token.text !== 'where')) {
      this.failExpected('an event category such as [process], or [any],')
    }
    this.next()
    const category = token.kind === 'keyword' && token.text === 'any' ? null : token.text
    if (token.kind === 'keyword' && category !== null) {
      this.report(token, 'keyword', `[${token.text}] is a keyword; write the category in quotes: "${token.text}"`)
    }
    if (token.kind === 'quoted-identifier') {
      this.report(token, 'syntax', `back-quotes are for fields; write the event category as a text: ${JSON.stringify(token.text)}`)
    }
    if (!this.takeKeyword('where')) this.failExpected('[where] after the event category')
    const condition = this.expression()
    return { category, categorySpan: { start: token.start, end: token.end }, condition, span: this.spanFrom(token.start) }
  }

  private sequence(kind: SequenceBody['kind']): SequenceBody {
    const start = this.next().start
    let keys: readonly Expr[] = []
    let maxspan: Maxspan | null = null
    if (this.isKeyword('by')) keys = this.joinKeys()
    if (this.isKeyword('with')) {
      const withSpan = this.peek()
      maxspan = this.recovering(() => this.maxspan(), () => this.skipTerm())
      if (this.isKeyword('by')) {
        this.report(this.peek(), 'by-after-with', 'Please specify sequence [by] before [with] not after')
        this.recovering(() => this.joinKeys(), () => this.skipTerm())
      }
      if (kind !== 'sequence') this.report(withSpan, 'with-not-allowed', `[with maxspan] belongs to [sequence]; a ${kind} has no order in time`)
    }
    const terms: Term[] = []
    let until: Term | null = null
    while (this.isSymbol('[') || this.isSymbol('![')) {
      if (terms.length >= LIMITS.eqlStages) {
        this.fail(this.peek(), 'too-many-stages', `a ${kind} may have ${LIMITS.eqlStages} terms at most`)
      }
      const term = this.recovering(() => this.term(), () => this.skipTerm())
      if (term) terms.push(term)
      else this.incomplete = true
    }
    if (this.takeKeyword('until')) {
      if (!this.isSymbol('[') && !this.isSymbol('![')) this.failExpected('[[] and an event filter after [until]')
      until = this.recovering(() => this.term(), () => this.skipTerm())
    }
    if (terms.length === 0 && !this.diagnostics.some((d) => d.severity === 'error')) {
      this.failExpected(`the first term of the ${kind}: [category where condition]`)
    }
    return { kind, keys, maxspan, terms, until, span: this.spanFrom(start) }
  }

  private maxspan(): Maxspan {
    const start = this.next().start
    if (!this.takeKeyword('maxspan')) this.failExpected('[maxspan] after [with]')
    if (this.isSymbol('==')) this.report(this.next(), 'single-equals', 'maxspan is set with one equals sign: with maxspan=1s')
    else this.expectSymbol('=', 'after [maxspan]')
    const minus = this.takeSymbol('-')
    const number = this.peek()
    if (number.kind === 'decimal') {
      this.fail(number, 'maxspan', `Decimal time interval [${number.text}] not supported; please use an positive integer`)
    }
    if (number.kind !== 'integer') this.failExpected('a whole number with a unit, such as [1s], after [maxspan=]')
    this.next()
    const unit = this.peek()
    if (unit.kind !== 'identifier') {
      this.fail(number, 'maxspan', `No time unit specified, did you mean [s] as in [${number.text}s]?`)
    }
    if (!UNITS.has(unit.text)) {
      const message = `Unrecognized time unit [${unit.text}] in [${number.text}${unit.text}], please specify one of [ms, s, m, h, d]`
      this.fail(unit, 'maxspan', message)
    }
    this.next()
    const value = Number(number.text) * (minus ? -1 : 1)
    if (value <= 0 || !Number.isSafeInteger(value * 86_400_000)) {
      const message = value > 0 ? `the maxspan [${number.text}${unit.text}] is too long` : `A positive maxspan value is required; found [${value}]`
      this.fail(number, 'maxspan', message)
    }
    return { value, unit: unit.text as MaxspanUnit, span: this.spanFrom(start) }
  }

  private term(): Term {
    const open = this.next()
    const missing = open.text === '!['
    const filter = this.recovering(
      () => this.eventFilter(),
      () => {
        while (this.peek().kind !== 'end' && !this.isSymbol(']') && !this.isSymbol('[') && !this.isSymbol('![')) this.next()
      },
    )
    if (!this.takeSymbol(']')) {
      if (filter) this.failExpected('[]] at the end of the term')
      throw new Unwind()
    }
    const keys = this.isKeyword('by') ? this.joinKeys() : []
    let runs = 1
    let runsSpan: Span | null = null
    if (this.peek().kind === 'identifier' && this.peek().text === 'fork') this.fail(this.peek(), 'fork', 'sequence [fork] is unsupported')
    if (this.isKeyword('with')) {
      const start = this.next().start
      if (!this.takeKeyword('runs')) this.failExpected('[runs] after [with] (maxspan belongs before the first term)')
      if (this.isSymbol('==')) this.report(this.next(), 'single-equals', 'runs is set with one equals sign: with runs=3')
      else this.expectSymbol('=', 'after [runs]')
      const minus = this.takeSymbol('-')
      const number = this.peek()
      if (number.kind !== 'integer') this.failExpected('a whole number from 1 to 100 after [runs=]')
      this.next()
      runs = Number(number.text) * (minus ? -1 : 1)
      runsSpan = this.spanFrom(start)
      if (this.isKeyword('by')) this.fail(this.peek(), 'by-after-with', 'Please specify [by] before [with runs] not after')
    }
    if (!filter) throw new Unwind()
    return { missing, filter, keys, runs, runsSpan, span: this.spanFrom(open.start) }
  }

  private joinKeys(): readonly Expr[] {
    this.next()
    const keys = [this.operator()]
    while (this.takeSymbol(',')) keys.push(this.operator())
    return keys
  }

  private pipes(): readonly Pipe[] {
    const pipes: Pipe[] = []
    while (this.peek().kind !== 'end') {
      const pipe = this.recovering(
        () => this.pipe(),
        () => {
          while (this.peek().kind !== 'end' && !this.isSymbol('|')) this.next()
        },
      )
      if (pipe) pipes.push(pipe)
      else this.incomplete = true
    }
    return pipes
  }

  private pipe(): Pipe {
    const start = this.peek().start
    if (!this.takeSymbol('|')) {
      const token = this.peek()
      const chained = token.kind === 'symbol' && COMPARISONS.has(token.text)
      if (chained) this.fail(token, 'chained-comparison', `comparisons cannot be chained at ${this.describe(token)}; join two comparisons with [and]`)
      this.failExpected('[and], [or], [|] or the end of the query')
    }
    const name = this.peek()
    if (name.kind !== 'identifier') this.failExpected('the name of a pipe, [head] or [tail],')
    this.next()
    const span = { start: name.start, end: name.end }
    // The old dialect's pipes have a syntax of their own; saying that they are gone is more use than an error within them.
    if (name.text !== 'head' && name.text !== 'tail') {
      this.fail(span, 'unsupported-pipe', `Pipe [${name.text}] is not supported; the pipes are [head] and [tail]`)
    }
    const args: Expr[] = []
    if (this.peek().kind !== 'end' && !this.isSymbol('|')) {
      args.push(this.expression())
      while (this.takeSymbol(',')) args.push(this.expression())
    }
    return { name: name.text, nameSpan: span, args, span: this.spanFrom(start) }
  }

  // ---- expressions, loosest binding first

  private nested<T>(read: () => T): T {
    if (++this.depth > LIMITS.eqlDepth) {
      this.fail(this.peek(), 'too-deep', `the expression is nested more than ${LIMITS.eqlDepth} levels deep`)
    }
    const value = read()
    this.depth--
    return value
  }

  private expression(): Expr {
    return this.chain('or', () => this.chain('and', () => this.negation()))
  }

  private chain(kind: 'and' | 'or', read: () => Expr): Expr {
    const start = this.peek().start
    const terms: Expr[] = []
    let failed = false
    do {
      // An error in one operand does not hide those in the next.
      const term = this.recovering(read, () => this.skipOperand())
      if (term) terms.push(term)
      else failed = true
    } while (this.takeKeyword(kind))
    const [only] = terms
    // The error is reported: what stands here is never run, it only lets the parser go on.
    if (failed || !only) return { kind: 'null', span: this.spanFrom(start) }
    return terms.length === 1 ? only : { kind, terms, span: this.spanFrom(start) }
  }

  private negation(): Expr {
    const starts: number[] = []
    for (let token = this.takeKeyword('not'); token; token = this.takeKeyword('not')) {
      if (starts.push(token.start) > LIMITS.eqlDepth) {
        this.fail(token, 'too-deep', `the expression is nested more than ${LIMITS.eqlDepth} levels deep`)
      }
    }
    let expr = this.comparison()
    for (const start of starts.toReversed()) expr = { kind: 'not', operand: expr, span: { start, end: expr.span.end } }
    return expr
  }

  private comparison(): Expr {
    const left = this.operator()
    const token = this.peek()
    if (this.isSymbol('=')) {
      this.report(token, 'single-equals', 'EQL has no [=]; write [==] to compare exactly or [:] to compare without case')
    } else if (token.kind !== 'symbol' || !COMPARISONS.has(token.text)) {
      if (this.isSymbol(':')) this.fail(token, 'syntax', '[:] stands after a field or a function, once; put parentheses around what it compares')
      if (this.isKeyword('of')) this.fail(token, 'lineage', 'the operators [child of], [descendant of] and [event of] are not supported')
      return left
    }
    this.next()
    const right = this.operator()
    const op = (token.text === '=' ? '==' : token.text) as CompareOp
    const again = this.peek()
    if (again.kind === 'symbol' && (COMPARISONS.has(again.text) || again.text === '=')) {
      this.fail(again, 'chained-comparison', `comparisons cannot be chained at ${this.describe(again)}; join two comparisons with [and]`)
    }
    return { kind: 'compare', op, left, right, span: { start: left.span.start, end: right.span.end } }
  }

  private operator(): Expr {
    return this.arithmetic(['+', '-'], () => this.arithmetic(['*', '/', '%'], () => this.unary()))
  }

  private arithmetic(ops: readonly ArithmeticOp[], read: () => Expr): Expr {
    let left = read()
    let length = 0
    for (;;) {
      const token = this.peek()
      const op = token.kind === 'symbol' ? ops.find((o) => o === token.text) : undefined
      if (!op) return left
      // A chain leans to the left, so its length is the depth of the tree.
      if (++length > LIMITS.eqlDepth) this.fail(token, 'too-deep', `more than ${LIMITS.eqlDepth} operators stand in one sum or product`)
      this.next()
      const right = read()
      left = { kind: 'arithmetic', op, left, right, span: { start: left.span.start, end: right.span.end } }
    }
  }

  private unary(): Expr {
    const signs: Token[] = []
    while (this.isSymbol('-') || this.isSymbol('+')) {
      if (signs.push(this.next()) > LIMITS.eqlDepth) this.fail(this.peek(), 'too-deep', `more than ${LIMITS.eqlDepth} signs stand in a row`)
    }
    let expr = this.predicated()
    for (const sign of signs.toReversed()) {
      expr = { kind: 'unary', op: sign.text as '-' | '+', operand: expr, span: { start: sign.start, end: expr.span.end } }
    }
    return expr
  }

  private predicated(): Expr {
    const operand = this.primary()
    const start = operand.span.start
    const token = this.peek()
    const negated = this.isKeyword('not') && (this.isKeyword('in', 1) || this.isKeyword('in~', 1))
    if (negated || this.isKeyword('in') || this.isKeyword('in~')) {
      if (negated) this.next()
      const insensitive = this.next().text === 'in~'
      const items = this.list(() => this.expression(), insensitive ? 'in~' : 'in')
      return { kind: 'in', insensitive, negated, operand, items, span: this.spanFrom(start) }
    }
    if (this.isKeyword('not') && this.peek(1).kind === 'keyword' && MATCHES.has(this.peek(1).text)) {
      this.fail(token, 'syntax', `write [not] before the field: not ${this.source.slice(start, operand.span.end)} ${this.peek(1).text} …`)
    }
    if ((token.kind === 'symbol' || token.kind === 'keyword') && MATCHES.has(token.text)) {
      this.next()
      const op = token.text as MatchOp
      const list = this.isSymbol('(')
      const patterns = list ? this.list(() => this.constant(op), op) : [this.constant(op)]
      return { kind: 'match', op, operand, patterns, list, span: this.spanFrom(start) }
    }
    return operand
  }

  private list<T>(read: () => T, op: string): readonly T[] {
    this.expectSymbol('(', `and a list after [${op}]`)
    if (this.isSymbol(')')) this.fail(this.peek(), 'empty-list', `the list after [${op}] is empty; give it at least one value`)
    const items = [this.nested(read)]
    while (this.takeSymbol(',')) {
      if (items.length >= LIMITS.eqlListItems) this.fail(this.peek(), 'too-many-items', `a list may have ${LIMITS.eqlListItems} values at most`)
      items.push(this.nested(read))
    }
    this.expectSymbol(')', 'or [,] in the list')
    return items
  }

  private constant(op: string): Literal {
    const literal = this.takeLiteral()
    if (literal) return literal
    const token = this.peek()
    if (token.kind === 'identifier' || token.kind === 'quoted-identifier' || this.isSymbol('?')) {
      this.fail(token, 'field-comparison', `Comparisons against fields are not (currently) supported; [${op}] takes strings, and [${this.source.slice(token.start, token.end)}] is a field`)
    }
    return this.failExpected(`a string after [${op}]`)
  }

  private takeLiteral(): Literal | null {
    const token = this.peek()
    const span = { start: token.start, end: token.end }
    if (token.kind === 'string') {
      this.next()
      return { kind: 'string', value: token.text, span }
    }
    if (token.kind === 'integer' || token.kind === 'decimal') {
      this.next()
      const value = Number(token.text)
      if (!Number.isFinite(value)) this.fail(span, 'number', `the number [${token.text.slice(0, 40)}] is too large`)
      // Beyond 64 bits Elasticsearch reads the digits as a double.
      const integer = token.kind === 'integer' && value < 2 ** 64
      return { kind: 'number', value, integer, text: token.text, span }
    }
    if (token.kind !== 'keyword') return null
    if (token.text === 'null') {
      this.next()
      return { kind: 'null', span }
    }
    if (token.text === 'true' || token.text === 'false') {
      this.next()
      return { kind: 'boolean', value: token.text === 'true', span }
    }
    return null
  }

  private primary(): Expr {
    const literal = this.takeLiteral()
    if (literal) return literal
    const token = this.peek()
    if (this.takeSymbol('(')) {
      const inner = this.nested(() => this.expression())
      this.expectSymbol(')', 'to close the parenthesis')
      return inner
    }
    if (token.kind === 'tilde-identifier' || (token.kind === 'identifier' && this.isSymbol('(', 1))) return this.call()
    if (this.takeSymbol('?')) return this.field(token.start, true)
    if (token.kind === 'identifier' || token.kind === 'quoted-identifier') return this.field(token.start, false)
    if (token.kind === 'keyword' && !['and', 'or', 'not', 'where', 'by', 'with'].includes(token.text)) {
      this.fail(token, 'keyword', `[${token.text}] is a keyword; write \`${token.text}\` if it is a field`)
    }
    if (this.isSymbol('[')) this.fail(token, 'syntax', 'expected a field, a value or a function but found [[]; a list is written in parentheses')
    return this.failExpected('a field, a value or a function')
  }

  private call(): Expr {
    const name = this.next()
    const start = name.start
    this.expectSymbol('(', `after the function name [${name.text}~]`)
    const args: Expr[] = []
    if (!this.isSymbol(')')) {
      do {
        if (args.length >= LIMITS.eqlListItems) this.fail(this.peek(), 'too-many-items', `a call may have ${LIMITS.eqlListItems} arguments at most`)
        args.push(this.nested(() => this.expression()))
      } while (this.takeSymbol(','))
    }
    this.expectSymbol(')', `or [,] in the arguments of [${name.text}]`)
    return { kind: 'call', name: name.text, insensitive: name.kind === 'tilde-identifier', args, span: this.spanFrom(start) }
  }

  private field(start: number, optional: boolean): Expr {
    const parts = [this.fieldPart()]
    while (this.takeSymbol('.')) parts.push(this.fieldPart())
    if (this.isSymbol('[') && this.peek().start === this.previousEnd() && this.peek(1).kind === 'integer') {
      this.fail(this.peek(), 'array-index', 'elements of an array cannot be addressed; a condition on a field is true if any of its values satisfies it')
    }
    return { kind: 'field', name: parts.join('.'), optional, span: this.spanFrom(start) }
  }

  private fieldPart(): string {
    const token = this.peek()
    if (token.kind === 'keyword') this.fail(token, 'keyword', `[${token.text}] is a keyword; write \`${token.text}\` if it is a field`)
    if (token.kind !== 'identifier' && token.kind !== 'quoted-identifier') this.failExpected('the name of a field')
    return this.next().text
  }
}
