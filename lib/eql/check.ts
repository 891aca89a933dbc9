import { ECS_SCHEMA } from '@/lib/ecs/fields'
import type { DateFormat } from '@/lib/ecs/date-format'
import type { Schema } from '@/lib/ecs/fields'
import { parseTimestamp } from '@/lib/ecs/timestamp'
import type { Diagnostic, DiagnosticSeverity, Span } from '@/lib/lang/diagnostic'
import { diagnosticAt } from '@/lib/lang/diagnostic'
import { didYouMean, suggestion } from '@/lib/lang/did-you-mean'
import { parseCidr, parseIp } from '@/lib/lang/ip-address'
import { LIMITS } from '@/lib/limits'
import { unreachable } from '@/lib/invariant'
import { isFoldable, isLiteral } from './ast'
import type { CallExpr, CompareExpr, Expr, FieldExpr, InExpr, Literal, MatchExpr, Pipe, Query, SequenceBody, Term } from './ast'
import { isDateMath } from './date-math'
import { FUNCTION_NAMES, arity, findFunction, paramAt, signature } from './functions'
import type { Param } from './functions'
import { compileLuceneRegex } from './lucene-regex'
import { printExpr } from './print'
import { isNumeric, staticType, typeName } from './static-type'
import type { StaticType } from './static-type'

export interface CheckOptions {
  /** The fields and their types; ECS when absent. */
  readonly schema?: Schema
}

const NO_FIELDS = 'Comparisons against fields are not (currently) supported'

/**
 * Finds everything in a parsed query that Elasticsearch would refuse, and warns of what it would accept but the author can
 * hardly have meant. Collects all, never stops at the first; the order is that of the text.
 */
export function check(source: string, query: Query, options: CheckOptions = {}): readonly Diagnostic[] {
  const checker = new Checker(source, options.schema ?? ECS_SCHEMA)
  checker.query(query)
  return checker.diagnostics.sort((a, b) => a.offset - b.offset).slice(0, LIMITS.eqlDiagnostics)
}

class Checker {
  readonly diagnostics: Diagnostic[] = []
  private readonly unknown = new Set<string>()

  constructor(
    private readonly source: string,
    private readonly schema: Schema,
  ) {}

  private report(span: Span, code: string, message: string, severity: DiagnosticSeverity = 'error'): void {
    // Positions are counted from the start of the text: making thousands would be quadratic.
    if (this.diagnostics.length < LIMITS.eqlDiagnostics) this.diagnostics.push(diagnosticAt(this.source, span, code, message, severity))
  }

  private warn(span: Span, code: string, message: string): void {
    this.report(span, code, message, 'warning')
  }

  private text(expr: Expr): string {
    const text = printExpr(expr)
    return text.length > 80 ? `${text.slice(0, 79)}…` : text
  }

  query(query: Query): void {
    const { body } = query
    if (body.kind === 'event') this.condition(body.filter.condition)
    else this.sequence(body, query.pipes)
    for (const pipe of query.pipes) this.pipe(pipe)
  }

  // ---- sequences, samples, pipes

  private sequence(body: SequenceBody, pipes: readonly Pipe[]): void {
    const name = body.kind
    if (name === 'join') this.report({ start: body.span.start, end: body.span.start + 4 }, 'join', '[join] is not supported; write [sequence] for events in order or [sample] for events in any order')
    this.joinKeys(body.keys)
    for (const term of body.until ? [...body.terms, body.until] : body.terms) {
      this.condition(term.filter.condition)
      this.joinKeys(term.keys)
      this.runs(term)
    }
    this.keyCounts(body)
    this.keyTypes(body)
    if (name === 'sequence') this.sequenceShape(body)
    if (name === 'sample') this.sampleShape(body, pipes)
  }

  private sequenceShape(body: SequenceBody): void {
    const positive = body.terms.filter((t) => !t.missing)
    const length = body.terms.reduce((n, t) => n + t.runs, 0)
    if (body.terms.length === 1 && (body.terms[0]?.runs ?? 1) < 2) {
      this.report(body.span, 'few-stages', 'A sequence requires a minimum of 2 queries, found [1]; one query is enough only with [with runs=2] or more')
    } else if (positive.length === 0) {
      this.report(body.span, 'no-positive-stage', 'a sequence needs at least one event that must happen; all of its terms are missing events [![…]]')
    }
    if (length > LIMITS.eqlSequenceLength) {
      this.report(body.span, 'too-many-stages', `the sequence has ${length} events with its runs; at most ${LIMITS.eqlSequenceLength} are accepted`)
    }
    const missing = body.terms.find((t) => t.missing)
    if (missing && !body.maxspan) {
      this.report(missing.span, 'missing-without-maxspan', 'a missing event [![…]] needs [with maxspan=…] on the sequence: without it there is no end to wait for')
    }
    if (body.until?.missing) this.report(body.until.span, 'missing-until', '[until] takes an event that happens, not a missing one')
    if (body.until && (body.until.runsSpan ?? null)) this.report(body.until.span, 'runs', '[until] cannot have [with runs]')
  }

  private sampleShape(body: SequenceBody, pipes: readonly Pipe[]): void {
    if (body.terms.length < 2) this.report(body.span, 'few-stages', `A sample requires a minimum of 2 queries, found [${body.terms.length}]`)
    if (body.keys.length === 0 && body.terms.some((t) => t.keys.length === 0)) {
      this.report(body.span, 'sample-keys', 'A sample must have at least one join key: [sample by field …] or [by field] after every term')
    }
    if (body.until) this.report(body.until.span, 'sample-until', '[until] is not allowed in a sample: its events have no order')
    for (const term of body.terms) {
      if (term.missing) this.report(term.span, 'sample-missing', 'missing events [![…]] are not allowed in a sample')
      if (term.runsSpan) this.report(term.runsSpan, 'sample-runs', '[with runs] is not allowed in a sample')
    }
    const [pipe] = pipes
    if (pipe) this.report(pipe.span, 'sample-pipe', 'Samples do not support pipes yet')
  }

  private runs(term: Term): void {
    if (!term.runsSpan) return
    if (term.runs < 1 || term.runs > 100) {
      this.report(term.runsSpan, 'runs', `A positive runs value of 1 to 100 is required; found [${term.runs}]`)
    }
  }

  private joinKeys(keys: readonly Expr[]): void {
    for (const key of keys) {
      if (key.kind !== 'field') {
        this.report(key.span, 'key-not-field', `a join key must be a field; [${this.text(key)}] is an expression`)
        continue
      }
      this.field(key)
      const type = this.schema.lookup(key.name)?.type
      if (type === 'nested' || type === 'object') this.report(key.span, 'type', `the ${type} field [${key.name}] cannot be a join key`)
    }
  }

  private keyCounts(body: SequenceBody): void {
    const expected = body.terms[0]?.keys.length ?? 0
    for (const term of body.until ? [...body.terms, body.until] : body.terms) {
      if (term.keys.length === expected) continue
      const span = term.keys[0] ? { start: term.keys[0].span.start, end: term.keys.at(-1)?.span.end ?? term.span.end } : term.span
      this.report(span, 'key-count', `Inconsistent number of join keys specified; expected [${expected}] but found [${term.keys.length}]`)
    }
  }

  private keyTypes(body: SequenceBody): void {
    const first = body.terms[0]?.keys ?? []
    for (const term of body.until ? [...body.terms.slice(1), body.until] : body.terms.slice(1)) {
      for (const [i, key] of term.keys.entries()) {
        const other = first[i]
        if (!other || key.kind !== 'field' || other.kind !== 'field') continue
        const a = keyClass(staticType(other, this.schema))
        const b = keyClass(staticType(key, this.schema))
        if (a !== null && b !== null && a !== b) {
          this.report(key.span, 'key-type', `the join key [${key.name}] is of type [${b}] and can never equal [${other.name}], which is of type [${a}]`)
        }
      }
    }
  }

  private pipe(pipe: Pipe): void {
    const [arg] = pipe.args
    if (pipe.args.length !== 1 || !arg) {
      this.report(pipe.nameSpan, 'pipe-argument', `Pipe [${pipe.name}] expects exactly one argument but found [${pipe.args.length}]`)
      return
    }
    if (arg.kind !== 'number' || !arg.integer) {
      this.report(arg.span, 'pipe-argument', `Pipe [${pipe.name}] expects a positive integer but found [${this.text(arg)}]`)
    }
  }

  // ---- conditions

  private condition(expr: Expr): void {
    this.expression(expr)
    this.mustBeBoolean(expr, 'the condition')
  }

  private mustBeBoolean(expr: Expr, what: string): void {
    const type = staticType(expr, this.schema)
    if (type === 'boolean' || type === 'null' || type === 'unknown') return
    this.report(expr.span, 'type', `${what} needs to be boolean, but [${this.text(expr)}] is [${typeName(type)}]; compare it with something`)
  }

  private expression(expr: Expr): void {
    switch (expr.kind) {
      case 'null':
      case 'boolean':
      case 'number':
      case 'string':
        return
      case 'field':
        this.field(expr)
        return
      case 'call':
        this.call(expr)
        return
      case 'unary':
        this.expression(expr.operand)
        this.mustBeNumeric(expr.operand, `the operand of [${expr.op}]`)
        return
      case 'arithmetic':
        for (const side of [expr.left, expr.right]) {
          this.expression(side)
          this.mustBeNumeric(side, `an operand of [${expr.op}]`)
        }
        return
      case 'compare':
        this.compare(expr)
        return
      case 'match':
        this.match(expr)
        return
      case 'in':
        this.membership(expr)
        return
      case 'not':
        this.expression(expr.operand)
        this.mustBeBoolean(expr.operand, 'the operand of [not]')
        return
      case 'and':
      case 'or':
        for (const term of expr.terms) {
          this.expression(term)
          this.mustBeBoolean(term, `an operand of [${expr.kind}]`)
        }
        return
      default:
        return unreachable(expr)
    }
  }

  private mustBeNumeric(expr: Expr, what: string): void {
    const type = staticType(expr, this.schema)
    if (isNumeric(type) || type === 'null' || type === 'unknown') return
    this.report(expr.span, 'type', `${what} must be [numeric], but [${this.text(expr)}] is [${typeName(type)}]`)
  }

  private field(field: FieldExpr): void {
    const info = this.schema.lookup(field.name)
    if (info) {
      if (info.type === 'nested') this.report(field.span, 'type', `[${field.name}] is a nested field; nested fields are not supported`)
      else if (info.type === 'text') this.textField(field)
      else if (info.type === 'geo_point') this.report(field.span, 'type', `[${field.name}] is a [geo_point], which EQL cannot compare`)
      return
    }
    if (field.optional || this.unknown.has(field.name)) return
    this.unknown.add(field.name)
    const hint = suggestion(didYouMean(field.name, this.schema.names()))
    if (this.schema.unknownFields === 'error') {
      const remedy = hint === '' ? `; write [?${field.name}] if it may be absent from the mapping` : ''
      this.report(field.span, 'unknown-field', `Unknown column [${field.name}]${hint}${remedy}`)
    } else {
      this.warn(field.span, 'unknown-field', `[${field.name}] is not an ECS field${hint === '' ? '; its type is taken from the data' : hint}`)
    }
  }

  /** Elasticsearch cannot compare analysed text. We can, as a whole; a mapping given by the caller asks for its answer. */
  private textField(field: FieldExpr): void {
    const message = `[${field.name}] is a text field without a keyword: Elasticsearch cannot compare it`
    if (this.schema.unknownFields === 'error') this.report(field.span, 'text-field', message)
    else this.warn(field.span, 'text-field', `${message}; here its whole value is compared`)
  }

  private call(expr: CallExpr): void {
    for (const arg of expr.args) this.expression(arg)
    const def = findFunction(expr.name)
    const nameSpan = { start: expr.span.start, end: expr.span.start + expr.name.length }
    if (!def) {
      this.report(nameSpan, 'unknown-function', `Unknown function [${expr.name}]${suggestion(didYouMean(expr.name, FUNCTION_NAMES))}`)
      return
    }
    if (expr.insensitive && !def.insensitive) {
      this.report(nameSpan, 'no-insensitive', `[${def.name}] has no case-insensitive form; write it without [~]`)
    }
    const { least, most } = arity(def)
    if (expr.args.length < least || expr.args.length > most) {
      const wanted = least === most ? String(least) : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`
      this.report(expr.span, 'arity', `[${def.name}] takes ${wanted} argument${wanted === '1' ? '' : 's'}, found ${expr.args.length}: ${signature(def)}`)
      return
    }
    for (const [i, arg] of expr.args.entries()) {
      const param = paramAt(def, i)
      if (param) this.argument(def.name, param, arg)
    }
  }

  private argument(name: string, param: Param, arg: Expr): void {
    if (param.constant && !isFoldable(arg)) {
      this.report(arg.span, 'not-constant', `the ${param.name} of [${name}] must be a constant, received [${this.text(arg)}]`)
      return
    }
    const type = staticType(arg, this.schema)
    if (!accepts(param.type, type)) {
      this.report(arg.span, 'type', `the ${param.name} of [${name}] must be [${param.type}], but [${this.text(arg)}] is [${typeName(type)}]`)
      return
    }
    if (param.name === 'cidr' && arg.kind === 'string' && !parseCidr(arg.value)) {
      this.report(arg.span, 'cidr', `[${arg.value}] is not an address block; write it as 10.0.0.0/8 or fe80::/10`)
    }
  }

  private compare(expr: CompareExpr): void {
    this.expression(expr.left)
    this.expression(expr.right)
    const leftFolds = isFoldable(expr.left)
    if (!leftFolds && !isFoldable(expr.right)) {
      this.report(expr.right.span, 'field-comparison', `${NO_FIELDS}; offender [${this.text(expr.right)}] in [${expr.op}]`)
      return
    }
    const [subject, constant] = leftFolds ? [expr.right, expr.left] : [expr.left, expr.right]
    if (isLiteral(constant)) this.comparable(subject, constant, expr.op === '==' || expr.op === '!=')
    if (constant.kind === 'string' && (expr.op === '==' || expr.op === '!=') && /[*?]/.test(constant.value) && subject.kind === 'field') {
      const other = expr.op === '==' ? ':' : 'not … :'
      this.warn(constant.span, 'literal-wildcard', `[${expr.op}] compares literally: [*] and [?] stand for themselves; write [${other}] for a wildcard`)
    }
  }

  /** Whether a constant can be read as the type it is compared with. */
  private comparable(subject: Expr, constant: Literal, equality: boolean): void {
    if (constant.kind === 'null') return
    const type = staticType(subject, this.schema)
    const shown = this.text(subject)
    if (type === 'boolean') {
      const fine = constant.kind === 'boolean' || (constant.kind === 'string' && /^(true|false)$/.test(constant.value))
      if (!fine) this.report(constant.span, 'type', `[${shown}] is boolean; compare it with true or false, not [${this.text(constant)}]`)
    } else if (isNumeric(type)) {
      const fine = constant.kind === 'number' || (constant.kind === 'string' && constant.value.trim() !== '' && Number.isFinite(Number(constant.value)))
      if (!fine) this.report(constant.span, 'type', `[${shown}] is [${typeName(type)}] and cannot be compared with [${this.text(constant)}]`)
    } else if (type === 'ip') {
      const fine = constant.kind === 'string' && (parseIp(constant.value) !== null || (equality && parseCidr(constant.value) !== null))
      if (!fine) this.report(constant.span, 'type', `[${shown}] is an ip field and [${this.text(constant)}] is not an IP address${equality ? ' or block' : ''}`)
    } else if (type === 'date') {
      const format = subject.kind === 'field' ? this.schema.lookup(subject.name)?.format : undefined
      if (isDate(constant, format)) return
      const remedy = format ? `write it as its mapping does: ${format.text}` : 'write ISO 8601 or milliseconds since 1970'
      if (format && isDate(constant, undefined)) {
        this.warn(constant.span, 'type', `[${shown}] is written as [${format.text}] in its mapping: Elasticsearch refuses [${this.text(constant)}]`)
        return
      }
      this.report(constant.span, 'type', `[${shown}] is a date and [${this.text(constant)}] is not one; ${remedy}`)
    } else if (type === 'string' && subject.kind !== 'field' && constant.kind !== 'string') {
      this.warn(constant.span, 'type', `[${shown}] is a string and never equals [${this.text(constant)}]`)
    }
  }

  private match(expr: MatchExpr): void {
    this.expression(expr.operand)
    const type = staticType(expr.operand, this.schema)
    if (type !== 'string' && type !== 'version' && type !== 'unknown' && type !== 'null') {
      const remedy = type === 'ip' ? '; write [==] or cidrMatch(…)' : '; write [==] or [in]'
      this.report(expr.operand.span, 'type', `[${expr.op}] compares strings only, but [${this.text(expr.operand)}] is [${typeName(type)}]${remedy}`)
      return
    }
    for (const pattern of expr.patterns) {
      if (pattern.kind === 'string') {
        if (expr.op === 'regex' || expr.op === 'regex~') this.regex(pattern.value, pattern.span, expr.op === 'regex~')
      } else if (type === 'unknown' && expr.op === ':' && pattern.kind !== 'null') {
        this.warn(pattern.span, 'type', `[:] compares strings; Elasticsearch refuses [${this.text(pattern)}] here, write [==]`)
      } else {
        this.report(pattern.span, 'type', `[${expr.op}] takes strings, but [${this.text(pattern)}] is [${typeName(staticType(pattern, this.schema))}]`)
      }
    }
  }

  private regex(pattern: string, span: Span, ignoreCase: boolean): void {
    const result = compileLuceneRegex(pattern, { ignoreCase })
    if (!result.ok) this.report(span, 'regex', result.message)
    else for (const warning of result.warnings) this.warn(span, 'regex', warning)
  }

  private membership(expr: InExpr): void {
    this.expression(expr.operand)
    for (const item of expr.items) {
      this.expression(item)
      if (!isFoldable(item)) this.report(item.span, 'field-comparison', `${NO_FIELDS}; offender [${this.text(item)}] in [in]`)
      else if (isLiteral(item)) this.comparable(expr.operand, item, true)
    }
    const type = staticType(expr.operand, this.schema)
    if (expr.insensitive && type !== 'string' && type !== 'unknown' && type !== 'null' && type !== 'version') {
      this.report(expr.operand.span, 'type', `[in~] compares strings only, but [${this.text(expr.operand)}] is [${typeName(type)}]; write [in]`)
    }
  }
}

function isDate(constant: Literal, format: DateFormat | undefined): boolean {
  if (constant.kind === 'number') return format === undefined || format.parseNumber(constant.value) !== null
  if (constant.kind !== 'string') return false
  const parse = format ? (text: string) => format.parse(text)?.low ?? null : parseTimestamp
  return parse(constant.value) !== null || isDateMath(constant.value, parse)
}

function keyClass(type: StaticType): string | null {
  if (type === 'unknown' || type === 'null' || type === 'other') return null
  return isNumeric(type) ? 'number' : type === 'version' ? 'string' : type
}

function accepts(param: Param['type'], type: StaticType): boolean {
  if (type === 'unknown' || type === 'null' || param === 'any') return true
  switch (param) {
    case 'string':
      return type === 'string' || type === 'version'
    case 'ip':
      return type === 'ip'
    case 'number':
      return isNumeric(type)
    case 'integer':
      return type === 'integer' || type === 'number'
    case 'boolean':
      return type === 'boolean'
    default:
      return unreachable(param)
  }
}
