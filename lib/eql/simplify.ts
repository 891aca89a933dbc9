import type { Schema } from '@/lib/ecs/fields'
import { unreachable } from '@/lib/invariant'
import { isLiteral } from './ast'
import type { CompareExpr, Expr, LogicExpr, NullLiteral, Query, Term } from './ast'
import { foldExpr } from './fold'
import { findFunction } from './functions'
import type { ExprContext } from './scalar'

/**
 * The query with every `?field` that the mapping lacks as the null that it is to Elasticsearch. Only a mapping can say so: a
 * schema of events to come does not know what they hold. Join keys stay: there a null is a value like others.
 */
export function withoutUnmapped(query: Query, schema: Schema): Query {
  const { body } = query
  if (schema.unknownFields === 'warning') return query
  if (body.kind === 'event') return { ...query, body: { ...body, filter: { ...body.filter, condition: nullUnmapped(body.filter.condition, schema) } } }
  const term = (t: Term): Term => ({ ...t, filter: { ...t.filter, condition: nullUnmapped(t.filter.condition, schema) } })
  return { ...query, body: { ...body, terms: body.terms.map(term), until: body.until && term(body.until) } }
}

export function nullUnmapped(expr: Expr, schema: Schema): Expr {
  if (schema.unknownFields === 'warning') return expr
  return replace(expr, (field) => (field.optional && !schema.lookup(field.name) ? nullAt(field) : field))
}

/** The expression with every field replaced by what `by` answers. */
export function replaceFields(expr: Expr, by: (field: Extract<Expr, { kind: 'field' }>) => Expr): Expr {
  return replace(expr, by)
}

function replace(expr: Expr, by: (field: Extract<Expr, { kind: 'field' }>) => Expr): Expr {
  const inside = (e: Expr): Expr => replace(e, by)
  switch (expr.kind) {
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
      return expr
    case 'field':
      return by(expr)
    case 'call':
      return { ...expr, args: expr.args.map(inside) }
    case 'unary':
    case 'not':
    case 'match':
      return { ...expr, operand: inside(expr.operand) }
    case 'arithmetic':
    case 'compare':
      return { ...expr, left: inside(expr.left), right: inside(expr.right) }
    case 'in':
      return { ...expr, operand: inside(expr.operand), items: expr.items.map(inside) }
    case 'and':
    case 'or':
      return { ...expr, terms: expr.terms.map(inside) }
    default:
      return unreachable(expr)
  }
}

function nullAt({ span }: Expr): NullLiteral {
  return { kind: 'null', span }
}

/**
 * Computes what nulls make of a condition, as Elasticsearch's optimizer does before it looks at any event: `== null` asks
 * whether the other side is null, everything else with a null is null, `null and x` is null, `null or x` is x. Without nulls
 * the tree stays as written.
 */
export function foldNulls(expr: Expr, context: ExprContext): Expr {
  const inside = (e: Expr): Expr => foldNulls(e, context)
  switch (expr.kind) {
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
    case 'field':
      return expr
    case 'not': {
      const operand = inside(expr.operand)
      return isLiteral(operand) ? foldExpr({ ...expr, operand }, context) : { ...expr, operand }
    }
    case 'and':
    case 'or':
      return foldLogic({ ...expr, terms: expr.terms.map(inside) }, context)
    case 'compare':
      return foldComparison({ ...expr, left: inside(expr.left), right: inside(expr.right) }, context)
    case 'match': {
      const operand = inside(expr.operand)
      return operand.kind === 'null' ? nullAt(expr) : { ...expr, operand }
    }
    case 'in': {
      const operand = inside(expr.operand)
      return operand.kind === 'null' ? nullAt(expr) : { ...expr, operand, items: expr.items.map(inside) }
    }
    case 'unary': {
      const operand = inside(expr.operand)
      return operand.kind === 'null' ? nullAt(expr) : { ...expr, operand }
    }
    case 'arithmetic': {
      const left = inside(expr.left)
      const right = inside(expr.right)
      return left.kind === 'null' || right.kind === 'null' ? nullAt(expr) : { ...expr, left, right }
    }
    case 'call': {
      const args = expr.args.map(inside)
      const def = findFunction(expr.name)
      const isNull = args.some((arg, i) => arg.kind === 'null' && !(def?.params[i]?.nullable ?? false))
      return isNull ? nullAt(expr) : { ...expr, args }
    }
    default:
      return unreachable(expr)
  }
}

function foldComparison(expr: CompareExpr, context: ExprContext): Expr {
  const { left, right, op } = expr
  if (isLiteral(left) && isLiteral(right)) return foldExpr(expr, context)
  if (op === '==' || op === '!=') return expr
  return left.kind === 'null' || right.kind === 'null' ? nullAt(expr) : expr
}

function foldLogic(expr: LogicExpr, context: ExprContext): Expr {
  const { terms, kind, span } = expr
  if (terms.every(isLiteral)) return foldExpr(expr, context)
  const decisive = kind === 'or'
  if (terms.some((t) => t.kind === 'boolean' && t.value === decisive)) return { kind: 'boolean', value: decisive, span }
  const rest = terms.filter((t) => t.kind !== 'null')
  if (rest.length === terms.length) return expr
  if (kind === 'and') return nullAt(expr)
  const [only] = rest
  return rest.length === 1 && only ? only : { ...expr, terms: rest }
}
