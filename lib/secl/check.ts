import { unreachable } from '@/lib/invariant'
import type { Diagnostic, Span } from '@/lib/lang/diagnostic'
import type { ArithmeticExpr, BitExpr, CompareExpr, Expr, LogicExpr, UnaryExpr } from './ast'
import { childrenOf, ungroup } from './ast'
import { constantArithmetic, unitOf } from './arithmetic'
import { BOOL, INT, describeType } from './field-type'
import type { StaticType } from './field-type'
import type { FieldRead, FieldSchema } from './fields'
import { knownFields } from './fields'
import { checkComparison } from './check-comparison'
import { checkMembership } from './check-membership'
import type { MacroTable } from './macros'
import type { ArithmeticOperand, Operand, Plan } from './plan'
import { print } from './print'
import { Resolver } from './resolve'
import type { VariableTable } from './variables'

export interface CheckOptions {
  /** The fields there are; every field of the language when left out. */
  readonly schema?: FieldSchema
  readonly macros?: MacroTable
  readonly variables?: VariableTable
}

/** What an expression reads, known once it is checked. */
export interface Reads {
  /** Null when it reads no field of an event type of its own: it applies to every event. */
  readonly eventType: string | null
  readonly fields: readonly FieldRead[]
  readonly variables: readonly { readonly name: string; readonly span: Span }[]
  /** Named registers with the list each walks. */
  readonly registers: readonly { readonly name: string; readonly iterator: string }[]
}

export interface CheckResult extends Reads {
  /** Null when there are errors. */
  readonly plan: Plan | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Checks a rule's expression: names, types, patterns. Columns are those at which the reference implementation reports. */
export function check(source: string, expr: Expr, options: CheckOptions = {}): CheckResult {
  const checker = new Checker(source, options)
  const plan = checker.condition(expr)
  return result(checker, plan)
}

/** Checks a macro by itself: it may be of any type, which is answered too. */
export function checkMacro(source: string, expr: Expr, options: CheckOptions = {}): CheckResult & { readonly type: StaticType | null } {
  const checker = new Checker(source, options)
  const operand = checker.operand(expr)
  return { ...result(checker, operand?.kind === 'condition' ? operand.plan : null), type: operand?.type ?? null }
}

function result(checker: Checker, plan: Plan | null): CheckResult {
  const { names } = checker
  const failed = names.diagnostics.some((d) => d.severity === 'error')
  return {
    plan: failed ? null : plan,
    diagnostics: names.diagnostics.toSorted((a, b) => severityOrder(a) - severityOrder(b) || a.offset - b.offset),
    eventType: names.eventType,
    fields: [...names.fields.values()],
    variables: [...names.variables].map(([name, span]) => ({ name, span })),
    registers: [...names.registers].map(([name, iterator]) => ({ name, iterator })),
  }
}

/** Errors first: the first diagnostic of what is refused says why. */
function severityOrder(diagnostic: Diagnostic): number {
  return diagnostic.severity === 'error' ? 0 : 1
}

class Checker {
  readonly names: Resolver
  private warned = false

  constructor(source: string, options: CheckOptions) {
    const names = { schema: options.schema ?? knownFields(), macros: options.macros ?? new Map(), variables: options.variables ?? new Map() }
    this.names = new Resolver(source, names, (expr) => this.operand(expr))
  }

  /** An expression that must be true or false. */
  condition(expr: Expr): Plan | null {
    const operand = this.operand(expr)
    if (!operand) return null
    if (operand.kind === 'condition') return operand.plan
    if (operand.type.base !== 'bool' || operand.type.array) {
      const hint = operand.type.array ? '; compare it, or ask with [in]' : ''
      return this.names.fail(expr.span, 'type', `[${shown(expr)}] is ${describeType(operand.type)}, where true or false is expected${hint}`)
    }
    return { kind: 'truth', operand, ...this.names.place(ungroup(expr)) }
  }

  operand(expr: Expr): Operand | null {
    if (this.names.tooLarge(expr)) return null
    switch (expr.kind) {
      case 'identifier':
        return this.names.identifier(expr)
      case 'variable':
        return this.names.variable(expr, expr.name)
      case 'int':
        return this.names.number(expr, expr.value)
      case 'duration':
        return this.names.number(expr, expr.ns, true)
      case 'string':
      case 'pattern':
      case 'regex':
        return this.names.text(expr)
      case 'ip':
      case 'cidr':
        return this.names.network(expr)
      case 'list':
        return this.names.list(expr)
      case 'group':
        return this.operand(expr.inner)
      case 'and':
      case 'or':
        return this.asOperand(this.logic(expr))
      case 'compare':
        return this.asOperand(this.compare(expr))
      case 'membership': {
        const left = this.operand(expr.left)
        const right = this.operand(expr.right)
        return left && right && this.asOperand(checkMembership(this.names, expr, left, right))
      }
      case 'unary':
        return expr.op === '!' ? this.asOperand(this.not(expr)) : this.sign(expr)
      case 'bit':
        return this.bits(expr)
      case 'arithmetic':
        return this.sum(expr)
      default:
        return unreachable(expr)
    }
  }

  private asOperand(plan: Plan | null): Operand | null {
    return plan && { kind: 'condition', plan, type: BOOL, expr: plan.expr, span: plan.span, macro: plan.macro }
  }

  private logic(expr: LogicExpr): Plan | null {
    const last = expr.terms.at(-1)
    // A chain whose last term is a bare chain of the other operator: parentheses would have made a group of it.
    if (last && (last.kind === 'and' || last.kind === 'or')) this.warnMixed(expr, last)
    const terms = expr.terms.map((term) => this.condition(term))
    if (terms.some((t) => t === null)) return null
    return { kind: expr.kind, terms: terms.filter((t) => t !== null), ...this.names.place(expr) }
  }

  private warnMixed(expr: LogicExpr, last: LogicExpr): void {
    if (this.warned) return
    this.warned = true
    const operator = expr.kind === 'and' ? '&&' : '||'
    this.names.warn(
      last.span,
      'mixed-operators',
      `[&&] and [||] have one precedence and bind to the right: this is read as … ${operator} (${shown(last)}); write the parentheses that are meant`,
    )
  }

  private compare(expr: CompareExpr): Plan | null {
    const left = this.operand(expr.left)
    const right = this.operand(expr.right)
    return left && right && checkComparison(this.names, expr, left, right)
  }

  private not(expr: UnaryExpr): Plan | null {
    const operand = this.condition(expr.operand)
    return operand && { kind: 'not', operand, ...this.names.place(expr) }
  }

  // ---- numbers

  private integer(expr: Expr): Operand | null {
    const operand = this.operand(expr)
    if (!operand) return null
    if (operand.type.base === 'int' && !operand.type.array) return operand
    return this.names.fail(expr.span, 'type', `[${shown(expr)}] is ${describeType(operand.type)}, where a number is expected`)
  }

  private arithmetic(expr: Expr, op: ArithmeticOperand['op'], operands: readonly (Operand | null)[]): Operand | null {
    if (operands.some((o) => o === null)) return null
    const known = operands.filter((o) => o !== null)
    const type: StaticType = { ...INT, unit: unitOf(op, known) }
    const folded = constantArithmetic(op, known)
    const place = this.names.place(expr)
    return folded === null ? { kind: 'arithmetic', op, operands: known, type, ...place } : { kind: 'constant', value: folded, type, ...place }
  }

  private sign(expr: UnaryExpr): Operand | null {
    return this.arithmetic(expr, expr.op === '-' ? 'negate' : 'complement', [this.integer(expr.operand)])
  }

  private bits(expr: BitExpr): Operand | null {
    const left = this.integer(expr.left)
    return this.arithmetic(expr, expr.op, [left, this.integer(expr.right)])
  }

  private sum(expr: ArithmeticExpr): Operand | null {
    let left = this.integer(expr.first)
    for (const { op, operand } of expr.rest) {
      const right = this.integer(operand)
      left = this.arithmetic({ ...expr, span: { start: expr.span.start, end: operand.span.end } }, op, [left, right])
    }
    return left
  }
}

/** As it is written in one spelling, cut to a sentence's length. */
function shown(expr: Expr): string {
  const text = childrenOf(expr).length > 20 ? '…' : print(expr)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
