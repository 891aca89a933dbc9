import type { EcsEvent } from '@/lib/ecs/event'
import { blockContains, parseCidr, parseIp } from '@/lib/lang/ip-address'
import type { WildcardShape } from '@/lib/lang/wildcard'
import { isLiteral } from './ast'
import type { CallExpr, CompareExpr, CompareOp, Expr, FieldExpr, InExpr, Literal, MatchExpr } from './ast'
import { anyValue, exists, existsBelow, makeColumn } from './column'
import type { Column, Scalar } from './column'
import { findFunction } from './functions'
import { compilePatterns } from './pattern-set'
import { printExpr } from './print'
import { anyBinding, compileScalar } from './scalar'
import type { ExprContext } from './scalar'
import type { Value } from './value'
import { asNumber, comparisonKind, equalsAny, literalText, ordered } from './value-tests'

/**
 * The smallest condition: true or false for an event, never unknown. One over a single field is a test of that field's raw
 * value, so that a set of rules can read the field once for all of them.
 */
export interface Leaf {
  /** Leaves of the same key answer the same for every event. */
  readonly key: string
  readonly expr: Expr
  readonly columns: readonly Column[]
  /** For a leaf over one field: whether the field's raw value satisfies it. */
  readonly accepts: ((raw: unknown) => boolean) | null
  readonly matches: (event: EcsEvent) => boolean
  /** What a text must be for the leaf to hold; null if no list of texts says it. */
  readonly shapes: LeafShapes | null
  /** The same leaf for an expression of the same kind: an explanation asks with one entry of the list at a time. */
  readonly single: (alone: Expr) => Leaf
}

/** Only where a value satisfies the leaf exactly if its text does: not for numbers and addresses, which have many spellings. */
export interface LeafShapes {
  readonly shapes: readonly WildcardShape[]
  readonly ignoreCase: boolean
  /** For a numeric field: the numbers one of which it must be. */
  readonly numbers: readonly number[]
}

function columnLeaf(expr: Expr, column: Column, context: ExprContext, accepts: (raw: unknown) => boolean, shapes: LeafShapes | null = null): Leaf {
  return {
    single: (alone) => leafOf(alone, context),
    key: `${printExpr(expr)} @ ${column.key}`,
    expr,
    columns: [column],
    accepts,
    matches: (event) => accepts(column.read(event)),
    shapes,
  }
}

/** `field != null`. */
export function existsLeaf(field: FieldExpr, context: ExprContext): Leaf {
  const column = makeColumn(field.name, context.schema)
  const expr: Expr = { kind: 'compare', op: '!=', left: field, right: { kind: 'null', span: field.span }, span: field.span }
  return columnLeaf(expr, column, context, column.type === 'flattened' ? (raw) => existsBelow(raw) : (raw) => exists(raw))
}

/** A bare boolean field. */
export function flagLeaf(field: FieldExpr, context: ExprContext): Leaf {
  const literal: Literal = { kind: 'boolean', value: true, span: field.span }
  return equalityLeaf(field, field, [literal], false, context)
}

/** `field == constant`, `field in (…)`, `field in~ (…)`: any value of the field equals any of the constants. */
export function equalityLeaf(expr: Expr, field: FieldExpr, literals: readonly Literal[], insensitive: boolean, context: ExprContext): Leaf {
  const column = makeColumn(field.name, context.schema)
  const accepts = anyValue(equalsAny(column, literals, insensitive, context.now))
  const kind = comparisonKind(column)
  const given = literals.filter((l) => l.kind !== 'null')
  // Numbers may be equal though their texts differ (1 and 1.0); texts of a text field may not.
  const textual = kind === 'text' || (kind === 'unknown' && given.every((l) => l.kind === 'string' && !/^[\s\d+.-]/.test(l.value)))
  const shapes = textual
    ? { shapes: given.map((l): WildcardShape => ({ kind: 'exact', text: insensitive ? literalText(l).replaceAll(/[A-Z]+/g, (c) => c.toLowerCase()) : literalText(l) })), ignoreCase: insensitive, numbers: [] }
    : kind === 'number'
      ? { shapes: [], ignoreCase: false, numbers: given.map((l) => asNumber(l.value)).filter((n) => n !== null) }
      : null
  const mixed = textual && given.some((l) => l.kind === 'number')
  return columnLeaf(expr, column, context, accepts, mixed ? null : shapes)
}

export function orderLeaf(expr: Expr, field: FieldExpr, op: Exclude<CompareOp, '==' | '!='>, literal: Literal, context: ExprContext): Leaf {
  const column = makeColumn(field.name, context.schema)
  return columnLeaf(expr, column, context, anyValue(ordered(column, op, literal, context.now)))
}

/** `field : …`, `field like …`, `field regex …`. */
export function patternLeaf(expr: MatchExpr, field: FieldExpr, context: ExprContext): Leaf {
  const column = makeColumn(field.name, context.schema)
  const set = compilePatterns(expr.op, expr.patterns.filter((p) => p.kind !== 'null').map(literalText))
  const accepts = anyValue((value: Scalar) => set.test(typeof value === 'string' ? value : String(value)))
  return columnLeaf(expr, column, context, accepts, set.shapes && { shapes: set.shapes, ignoreCase: set.ignoreCase, numbers: [] })
}

/**
 * A condition that computes something. It holds if any combination of the fields' values makes it true; `isNull` asks
 * instead whether any makes it null.
 */
export function scalarLeaf(expr: Expr, context: ExprContext, ask: 'true' | 'null' = 'true'): Leaf {
  const scalar = compileScalar(expr, context)
  const accepts = ASKED[ask]
  const key = `${ask} ${printExpr(expr)} @ ${scalar.columns.map((c) => c.key).join(', ')}${context.now === null ? '' : ` @ ${context.now}`}`
  return {
    key,
    expr,
    columns: scalar.columns,
    accepts: null,
    matches: (event) => anyBinding(scalar, event, accepts),
    shapes: null,
    single: (alone) => scalarLeaf(alone, context, ask),
  }
}

const ASKED: Readonly<Record<'true' | 'null', (value: Value) => boolean>> = {
  true: (value) => value === true || value === 'true',
  null: (value) => value === null,
}

/** The calls that ask something of one field with constants; they need no binding of values. Null if it is not one. */
export function fieldCallLeaf(expr: CallExpr, context: ExprContext): Leaf | null {
  const [field, ...rest] = expr.args
  const name = findFunction(expr.name)?.name
  if (!field || field.kind !== 'field' || !rest.every((a) => a.kind === 'string')) return null
  const column = makeColumn(field.name, context.schema)
  const kind = comparisonKind(column)
  if (name === 'cidrMatch') {
    const blocks = rest.map((a) => parseCidr(a.value)).filter((b) => b !== null)
    return columnLeaf(
      expr,
      column,
      context,
      anyValue((value) => {
        const ip = typeof value === 'string' ? parseIp(value) : null
        return ip !== null && blocks.some((b) => blockContains(b, ip))
      }),
    )
  }
  if (kind !== 'text' && kind !== 'unknown') return null
  if (name === 'wildcard') {
    return patternLeaf({ kind: 'match', op: expr.insensitive ? 'like~' : 'like', operand: field, patterns: rest, list: true, span: expr.span }, field, context)
  }
  const [argument] = rest
  if (rest.length !== 1 || !argument) return null
  const test = textTest(name, argument.value, expr.insensitive)
  if (!test) return null
  const whole = kind === 'text'
  return columnLeaf(
    expr,
    column,
    context,
    anyValue((value) => (typeof value === 'string' ? test(value) : whole && test(String(value)))),
  )
}

function textTest(name: string | undefined, argument: string, insensitive: boolean): ((text: string) => boolean) | null {
  const part = insensitive ? argument.toLowerCase() : argument
  const fold = insensitive ? (text: string) => text.toLowerCase() : (text: string) => text
  switch (name) {
    case 'startsWith':
      return (text) => fold(text).startsWith(part)
    case 'endsWith':
      return (text) => fold(text).endsWith(part)
    case 'stringContains':
      return part === '' ? () => false : (text) => fold(text).includes(part)
    default:
      return null
  }
}

/** The leaf of a condition with a list. */
function leafOf(expr: Expr, context: ExprContext): Leaf {
  if (expr.kind === 'match' && expr.operand.kind === 'field') return patternLeaf(expr, expr.operand, context)
  if (expr.kind === 'in' && expr.operand.kind === 'field' && expr.items.every(isLiteral)) {
    return equalityLeaf(expr, expr.operand, expr.items, expr.insensitive, context)
  }
  if (expr.kind === 'call') return fieldCallLeaf(expr, context) ?? scalarLeaf(expr, context)
  return scalarLeaf(expr, context)
}

const MIRRORED: Readonly<Record<CompareOp, CompareOp>> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

/** The same comparison with what can be computed beforehand on its right. */
export function constantsRight(expr: CompareExpr): CompareExpr {
  if (!isLiteral(expr.left) || isLiteral(expr.right)) return expr
  return { ...expr, op: MIRRORED[expr.op], left: expr.right, right: expr.left }
}

/** The constants of a list if all of them are written out. */
export function literalItems(expr: InExpr): readonly Literal[] | null {
  return expr.items.every(isLiteral) ? expr.items : null
}
