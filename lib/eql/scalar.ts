import type { EcsEvent } from '@/lib/ecs/event'
import type { Schema } from '@/lib/ecs/fields'
import { formatIp, parseIp } from '@/lib/lang/ip-address'
import { compareText } from '@/lib/lang/text-order'
import { LIMITS } from '@/lib/limits'
import { unreachable } from '@/lib/invariant'
import { isLiteral } from './ast'
import type { ArithmeticOp, CompareExpr, Expr, InExpr, MatchExpr } from './ast'
import { makeColumn, scalarsOf } from './column'
import type { Column, Scalar } from './column'
import { divide, divideIntegers, findFunction } from './functions'
import { compilePatterns } from './pattern-set'
import { staticType } from './static-type'
import type { Value } from './value'
import { valueText } from './value'
import { asBoolean, asNumber, comparisonKind, equalsAny, holder, literalText, ordered } from './value-tests'

/** What compiling an expression needs to know. */
export interface ExprContext {
  readonly schema: Schema
  /** Milliseconds, for date math; null when the caller gave none, and then `now` matches nothing. */
  readonly now: number | null
}

/** One value of each column that an expression reads, in the order of its columns. */
type Binding = readonly Value[]
type Evaluate = (binding: Binding) => Value

/**
 * An expression that is more than a field against constants: computed for one value of each of its fields. Null is
 * "unknown": operators and functions pass it on, `and`, `or` and `not` follow three-valued logic, `== null` asks for it.
 */
export interface ScalarExpr {
  readonly columns: readonly Column[]
  readonly evaluate: Evaluate
}

export function compileScalar(expr: Expr, context: ExprContext): ScalarExpr {
  const compiler = new ScalarCompiler(context)
  const evaluate = compiler.compile(expr)
  return { columns: compiler.columns, evaluate }
}

/**
 * Whether any combination of the fields' values makes the predicate true. A field without a value is bound to null.
 * Combinations beyond the cap are not tried.
 */
export function anyBinding(scalar: ScalarExpr, event: EcsEvent, accepts: (value: Value) => boolean): boolean {
  const { columns, evaluate } = scalar
  const values: (readonly Value[])[] = []
  let combinations = 1
  for (const column of columns) {
    const found = scalarsOf(column.read(event)).map((v) => normalise(v, column))
    values.push(found.length === 0 ? [null] : found)
    combinations *= Math.max(1, found.length)
  }
  if (combinations === 1) return accepts(evaluate(values.map((v) => v[0] ?? null)))
  const tried = Math.min(combinations, LIMITS.eqlValueCombinations)
  for (let n = 0; n < tried; n++) {
    let rest = n
    const binding = values.map((list) => {
      const value = list[rest % list.length] ?? null
      rest = Math.floor(rest / list.length)
      return value
    })
    if (accepts(evaluate(binding))) return true
  }
  return false
}

/** A value as a function sees it: of the column's type where that is known. */
function normalise(value: Scalar, column: Column): Value {
  const kind = comparisonKind(column)
  switch (kind) {
    case 'number':
      return asNumber(value)
    case 'boolean':
      return asBoolean(value)
    case 'ip': {
      const ip = typeof value === 'string' ? parseIp(value) : null
      return ip ? formatIp(ip) : value
    }
    case 'text':
    case 'version':
      return String(value)
    case 'date':
    case 'unknown':
      return value
    default:
      return unreachable(kind)
  }
}

class ScalarCompiler {
  readonly columns: Column[] = []

  constructor(private readonly context: ExprContext) {}

  compile(expr: Expr): Evaluate {
    switch (expr.kind) {
      case 'null':
        return () => null
      case 'boolean':
      case 'string':
      case 'number': {
        const { value } = expr
        return () => value
      }
      case 'field': {
        const slot = this.slot(expr.name)
        return (binding) => binding[slot] ?? null
      }
      case 'unary': {
        const operand = this.compile(expr.operand)
        const sign = expr.op === '-' ? -1 : 1
        return (binding) => {
          const value = operand(binding)
          return typeof value === 'number' ? sign * value : null
        }
      }
      case 'arithmetic':
        return this.arithmetic(expr.op, expr.left, expr.right)
      case 'call':
        return this.call(expr.name, expr.insensitive, expr.args)
      case 'compare':
        return this.compare(expr)
      case 'match':
        return this.match(expr)
      case 'in':
        return this.membership(expr)
      case 'not': {
        const operand = this.compile(expr.operand)
        return (binding) => negate(truth(operand(binding)))
      }
      case 'and':
      case 'or':
        return this.logic(expr.kind, expr.terms)
      default:
        return unreachable(expr)
    }
  }

  private slot(name: string): number {
    const known = this.columns.findIndex((c) => c.name === name)
    return known >= 0 ? known : this.columns.push(makeColumn(name, this.context.schema)) - 1
  }

  private arithmetic(op: ArithmeticOp, leftExpr: Expr, rightExpr: Expr): Evaluate {
    const left = this.compile(leftExpr)
    const right = this.compile(rightExpr)
    const { schema } = this.context
    const real = staticType(leftExpr, schema) === 'double' || staticType(rightExpr, schema) === 'double'
    const apply = operation(op, real)
    return (binding) => {
      const a = left(binding)
      const b = right(binding)
      return typeof a === 'number' && typeof b === 'number' ? apply(a, b) : null
    }
  }

  private call(name: string, insensitive: boolean, args: readonly Expr[]): Evaluate {
    const def = findFunction(name)
    if (!def) return () => null
    const op = ({ add: '+', subtract: '-', multiply: '*', divide: '/', modulo: '%' } as const)[def.name.toLowerCase()]
    const [first, second] = args
    if (op && first && second) return this.arithmetic(op, first, second)
    if (def.name === 'wildcard' && first) {
      const patterns = args.slice(1).filter((a) => a.kind === 'string')
      return this.match({ kind: 'match', op: insensitive ? 'like~' : 'like', operand: first, patterns, list: true, span: first.span })
    }
    const compiled = args.map((a) => this.textual(def.name, a))
    const nullable = args.map((_, i) => def.params[i]?.nullable ?? false)
    const call = def.evaluate
    return (binding) => {
      const values: Value[] = []
      for (const [i, evaluate] of compiled.entries()) {
        const value = evaluate(binding)
        if (value === null && !nullable[i]) return null
        values.push(value)
      }
      return call(values, insensitive)
    }
  }

  /** The arguments of `string` and `concat` keep the point of a double: 66.0 is "66.0". */
  private textual(name: string, arg: Expr): Evaluate {
    const evaluate = this.compile(arg)
    if ((name !== 'string' && name !== 'concat') || staticType(arg, this.context.schema) !== 'double') return evaluate
    return (binding) => {
      const value = evaluate(binding)
      return typeof value === 'number' && Number.isInteger(value) ? value.toFixed(1) : value === null ? null : valueText(value)
    }
  }

  private compare(expr: CompareExpr): Evaluate {
    const nullSide = expr.left.kind === 'null' ? expr.right : expr.right.kind === 'null' ? expr.left : null
    if (nullSide && (expr.op === '==' || expr.op === '!=')) {
      const operand = this.compile(nullSide)
      const wanted = expr.op === '=='
      return (binding) => (operand(binding) === null) === wanted
    }
    const { op } = expr
    if (expr.left.kind === 'field' && isLiteral(expr.right)) {
      const slot = this.slot(expr.left.name)
      const column = this.columns[slot]
      const literal = expr.right
      if (column && literal.kind !== 'null') {
        const positive = op === '==' || op === '!=' ? equalsAny(column, [literal], false, this.context.now) : ordered(column, op, literal, this.context.now)
        return (binding) => {
          const value = binding[slot] ?? null
          return value === null ? null : positive(value) !== (op === '!=')
        }
      }
    }
    const left = this.compile(expr.left)
    const right = this.compile(expr.right)
    if (op === '==' || op === '!=') {
      return (binding) => {
        const a = left(binding)
        const b = right(binding)
        return a === null || b === null ? null : (a === b) === (op === '==')
      }
    }
    const holds = holder(op)
    return (binding) => {
      const a = left(binding)
      const b = right(binding)
      if (typeof a === 'number' && typeof b === 'number') return holds(a - b)
      if (typeof a === 'string' && typeof b === 'string') return holds(compareText(a, b))
      return a === null || b === null ? null : false
    }
  }

  private match(expr: MatchExpr): Evaluate {
    const operand = this.compile(expr.operand)
    const { test } = compilePatterns(expr.op, expr.patterns.filter((p) => p.kind !== 'null').map(literalText))
    return (binding) => {
      const value = operand(binding)
      return value === null ? null : test(valueText(value))
    }
  }

  private membership(expr: InExpr): Evaluate {
    const operand = this.compile(expr.operand)
    const items = expr.items.map((i) => this.compile(i))
    const fold = (v: Value): Value => (expr.insensitive && typeof v === 'string' ? v.toLowerCase() : v)
    return (binding) => {
      const value = operand(binding)
      if (value === null) return null
      const folded = fold(value)
      return items.some((item) => fold(item(binding)) === folded) !== expr.negated
    }
  }

  private logic(kind: 'and' | 'or', terms: readonly Expr[]): Evaluate {
    const compiled = terms.map((t) => this.compile(t))
    const decisive = kind === 'or'
    return (binding) => {
      let unknown = false
      for (const term of compiled) {
        const value = truth(term(binding))
        if (value === decisive) return decisive
        if (value === null) unknown = true
      }
      return unknown ? null : !decisive
    }
  }
}

function truth(value: Value): boolean | null {
  return typeof value === 'boolean' ? value : value === 'true' ? true : value === null ? null : false
}

function negate(value: boolean | null): boolean | null {
  return value === null ? null : !value
}

function operation(op: ArithmeticOp, real: boolean): (a: number, b: number) => Value {
  switch (op) {
    case '+':
      return (a, b) => a + b
    case '-':
      return (a, b) => a - b
    case '*':
      return (a, b) => a * b
    case '%':
      return (a, b) => (b === 0 ? null : a % b)
    case '/':
      // Without a type the values decide: two whole numbers divide as integers.
      return real ? divide : (a, b) => (Number.isInteger(a) && Number.isInteger(b) ? divideIntegers(a, b) : divide(a, b))
    default:
      return unreachable(op)
  }
}
