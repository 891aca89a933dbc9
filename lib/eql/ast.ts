import type { Span } from '@/lib/lang/diagnostic'
import { unreachable } from '@/lib/invariant'

/** The syntax tree: readonly data, every node with the span of its text. Phases dispatch over `kind` and must be exhaustive. */
export type Expr = Literal | FieldExpr | CallExpr | UnaryExpr | ArithmeticExpr | CompareExpr | MatchExpr | InExpr | NotExpr | LogicExpr

interface Node {
  readonly span: Span
}

export type Literal = NullLiteral | BooleanLiteral | NumberLiteral | StringLiteral

export interface NullLiteral extends Node {
  readonly kind: 'null'
}

export interface BooleanLiteral extends Node {
  readonly kind: 'boolean'
  readonly value: boolean
}

/** `value` is what JSON.parse would make of the digits, so that an integer beyond 2^53 is rounded as the data's is. */
export interface NumberLiteral extends Node {
  readonly kind: 'number'
  readonly value: number
  readonly integer: boolean
  readonly text: string
}

export interface StringLiteral extends Node {
  readonly kind: 'string'
  readonly value: string
}

export interface FieldExpr extends Node {
  readonly kind: 'field'
  readonly name: string
  readonly optional: boolean
}

/** `name` as written, without the `~`. */
export interface CallExpr extends Node {
  readonly kind: 'call'
  readonly name: string
  readonly insensitive: boolean
  readonly args: readonly Expr[]
}

export interface UnaryExpr extends Node {
  readonly kind: 'unary'
  readonly op: '-' | '+'
  readonly operand: Expr
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%'

export interface ArithmeticExpr extends Node {
  readonly kind: 'arithmetic'
  readonly op: ArithmeticOp
  readonly left: Expr
  readonly right: Expr
}

export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>='

export interface CompareExpr extends Node {
  readonly kind: 'compare'
  readonly op: CompareOp
  readonly left: Expr
  readonly right: Expr
}

export type MatchOp = ':' | 'like' | 'like~' | 'regex' | 'regex~'

/** `list` tells whether parentheses were written, which matters to nothing but the printer. */
export interface MatchExpr extends Node {
  readonly kind: 'match'
  readonly op: MatchOp
  readonly operand: Expr
  readonly patterns: readonly Literal[]
  readonly list: boolean
}

export interface InExpr extends Node {
  readonly kind: 'in'
  readonly insensitive: boolean
  readonly negated: boolean
  readonly operand: Expr
  readonly items: readonly Expr[]
}

export interface NotExpr extends Node {
  readonly kind: 'not'
  readonly operand: Expr
}

/** A chain of one operator is one node; parentheses start another. */
export interface LogicExpr extends Node {
  readonly kind: 'and' | 'or'
  readonly terms: readonly Expr[]
}

/** `category` is null for `any`. */
export interface EventFilter extends Node {
  readonly category: string | null
  readonly categorySpan: Span
  readonly condition: Expr
}

export interface Term extends Node {
  readonly missing: boolean
  readonly filter: EventFilter
  readonly keys: readonly Expr[]
  readonly runs: number
  readonly runsSpan: Span | null
}

export interface EventBody extends Node {
  readonly kind: 'event'
  readonly filter: EventFilter
}

/** `join` is parsed so that the checker can say what to write instead. */
export interface SequenceBody extends Node {
  readonly kind: 'sequence' | 'sample' | 'join'
  readonly keys: readonly Expr[]
  readonly maxspan: Maxspan | null
  readonly terms: readonly Term[]
  readonly until: Term | null
}

export type MaxspanUnit = 'ms' | 's' | 'm' | 'h' | 'd'

export interface Maxspan extends Node {
  readonly value: number
  readonly unit: MaxspanUnit
}

export interface Pipe extends Node {
  readonly name: string
  readonly nameSpan: Span
  readonly args: readonly Expr[]
}

export interface Query extends Node {
  readonly body: EventBody | SequenceBody
  readonly pipes: readonly Pipe[]
}

const UNIT_MS: Readonly<Record<MaxspanUnit, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export function maxspanMs(maxspan: Maxspan): number {
  return maxspan.value * UNIT_MS[maxspan.unit]
}

export function isLiteral(expr: Expr): expr is Literal {
  return expr.kind === 'null' || expr.kind === 'boolean' || expr.kind === 'number' || expr.kind === 'string'
}

/** The direct operands of a node, in the order they are written. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
    case 'field':
      return []
    case 'call':
      return expr.args
    case 'unary':
    case 'not':
      return [expr.operand]
    case 'arithmetic':
    case 'compare':
      return [expr.left, expr.right]
    case 'match':
      return [expr.operand, ...expr.patterns]
    case 'in':
      return [expr.operand, ...expr.items]
    case 'and':
    case 'or':
      return expr.terms
    default:
      return unreachable(expr)
  }
}

/** Every field a node reads, in order of appearance, repeated as often as it is written. */
export function fieldsOf(expr: Expr): readonly FieldExpr[] {
  const found: FieldExpr[] = []
  const visit = (node: Expr): void => {
    if (node.kind === 'field') found.push(node)
    else for (const child of childrenOf(node)) visit(child)
  }
  visit(expr)
  return found
}

/** Elasticsearch calls an expression foldable when it reads no field: it is computed once, before any event is seen. */
export function isFoldable(expr: Expr): boolean {
  return expr.kind !== 'field' && childrenOf(expr).every(isFoldable)
}
