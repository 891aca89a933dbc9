import type { Expr, Literal } from './ast'
import { isLiteral } from './ast'
import { compileScalar } from './scalar'
import type { ExprContext } from './scalar'
import { staticType } from './static-type'

/** The constant that an expression without fields always is. */
export function foldExpr(expr: Expr, context: ExprContext): Literal {
  if (isLiteral(expr)) return expr
  const value = compileScalar(expr, context).evaluate([])
  const { span } = expr
  if (value === null) return { kind: 'null', span }
  if (typeof value === 'boolean') return { kind: 'boolean', value, span }
  if (typeof value === 'string') return { kind: 'string', value, span }
  if (!Number.isFinite(value)) return { kind: 'null', span }
  // `number("5")` has no type before it is computed; afterwards its digits tell.
  const type = staticType(expr, context.schema)
  const integer = type === 'integer' || (type !== 'double' && Number.isInteger(value))
  return { kind: 'number', value, integer, text: String(value), span }
}
