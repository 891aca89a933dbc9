import { unreachable } from '@/lib/invariant'
import type { Span } from '@/lib/lang/diagnostic'
import type { SeclInt } from './int64'

/**
 * The syntax tree: readonly data, every node with the span of its text. Parentheses are nodes, because they decide what a
 * chain of `&&` and `||` means and because errors point at them. Phases dispatch over `kind` and must be exhaustive.
 */
export type Expr = LogicExpr | CompareExpr | MembershipExpr | ArithmeticExpr | BitExpr | UnaryExpr | GroupExpr | Primary

/** An operand that is no operation. A list stands on the right of `in` and in macros only. */
export type Primary = Identifier | Variable | Literal | ListExpr

export type Literal = IntLiteral | DurationLiteral | TextLiteral | NetworkLiteral

interface Node {
  readonly span: Span
}

/** A field, macro or constant: which of them is known only when it is checked. */
export interface Identifier extends Node {
  readonly kind: 'identifier'
  readonly name: string
}

/** `${name}`. */
export interface Variable extends Node {
  readonly kind: 'variable'
  readonly name: string
}

export interface IntLiteral extends Node {
  readonly kind: 'int'
  readonly value: SeclInt
}

/** `ns` is the length in nanoseconds, `text` how it is written. */
export interface DurationLiteral extends Node {
  readonly kind: 'duration'
  readonly ns: SeclInt
  readonly text: string
}

/** `value` of a pattern or a regular expression is what stands between its quotes, backslashes included. */
export interface TextLiteral extends Node {
  readonly kind: 'string' | 'pattern' | 'regex'
  readonly value: string
}

/** An address or a network, as written. */
export interface NetworkLiteral extends Node {
  readonly kind: 'ip' | 'cidr'
  readonly text: string
}

export type ListItem = TextLiteral | NetworkLiteral | IntLiteral | Identifier

export interface ListExpr extends Node {
  readonly kind: 'list'
  readonly items: readonly ListItem[]
}

/**
 * A chain of one operator. The grammar has one precedence for both and leans to the right: `a && b || c` is an `and` whose
 * last term is the `or` of b and c.
 */
export interface LogicExpr extends Node {
  readonly kind: 'and' | 'or'
  readonly terms: readonly Expr[]
}

export type CompareOp = '==' | '!=' | '=~' | '!~' | '<' | '<=' | '>' | '>='

export interface CompareExpr extends Node {
  readonly kind: 'compare'
  readonly op: CompareOp
  readonly left: Expr
  readonly right: Expr
}

export type MembershipOp = 'in' | 'not in' | 'allin'

export interface MembershipExpr extends Node {
  readonly kind: 'membership'
  readonly op: MembershipOp
  readonly left: Expr
  readonly right: Expr
}

/** A chain of sums and differences, from left to right. */
export interface ArithmeticExpr extends Node {
  readonly kind: 'arithmetic'
  readonly first: Expr
  readonly rest: readonly { readonly op: '+' | '-'; readonly operand: Expr }[]
}

/** Leans to the right: `a & b | c` is `a & (b | c)`. */
export interface BitExpr extends Node {
  readonly kind: 'bit'
  readonly op: '&' | '|' | '^'
  readonly left: Expr
  readonly right: Expr
}

/** `not` is `!`. */
export interface UnaryExpr extends Node {
  readonly kind: 'unary'
  readonly op: '!' | '-' | '^'
  readonly operand: Expr
}

export interface GroupExpr extends Node {
  readonly kind: 'group'
  readonly inner: Expr
}

/** The direct operands of a node, in the order they are written. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'identifier':
    case 'variable':
    case 'int':
    case 'duration':
    case 'string':
    case 'pattern':
    case 'regex':
    case 'ip':
    case 'cidr':
      return []
    case 'list':
      return expr.items
    case 'and':
    case 'or':
      return expr.terms
    case 'compare':
    case 'membership':
    case 'bit':
      return [expr.left, expr.right]
    case 'arithmetic':
      return [expr.first, ...expr.rest.map((r) => r.operand)]
    case 'unary':
      return [expr.operand]
    case 'group':
      return [expr.inner]
    default:
      return unreachable(expr)
  }
}

/** Without the parentheses around it. */
export function ungroup(expr: Expr): Expr {
  let inner = expr
  while (inner.kind === 'group') inner = inner.inner
  return inner
}
