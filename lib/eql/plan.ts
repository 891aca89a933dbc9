import { unreachable } from '@/lib/invariant'
import { foldExpr } from './fold'
import type { CompareExpr, Expr, InExpr, Literal } from './ast'
import { isFoldable, isLiteral } from './ast'
import { constantsRight, equalityLeaf, existsLeaf, fieldCallLeaf, flagLeaf, literalItems, orderLeaf, patternLeaf, scalarLeaf } from './leaf'
import type { Leaf } from './leaf'
import type { ExprContext } from './scalar'

/**
 * A condition as Elasticsearch runs it: leaves that are true or false, and ordinary logic above them. `not` is the plain
 * complement, so that an absent field satisfies `not field : "x"` and `field != "x"`.
 */
export type Plan =
  | { readonly kind: 'constant'; readonly value: boolean; readonly expr: Expr }
  | { readonly kind: 'leaf'; readonly leaf: Leaf; readonly expr: Expr }
  | { readonly kind: 'not'; readonly operand: Plan; readonly expr: Expr }
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Plan[]; readonly expr: Expr }

export function planCondition(expr: Expr, context: ExprContext): Plan {
  if (isFoldable(expr)) {
    const value = foldExpr(expr, context)
    return { kind: 'constant', value: value.kind === 'boolean' && value.value, expr }
  }
  switch (expr.kind) {
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
      return { kind: 'constant', value: expr.kind === 'boolean' && expr.value, expr }
    case 'field':
      return { kind: 'leaf', leaf: flagLeaf(expr, context), expr }
    case 'not':
      return { kind: 'not', operand: planCondition(expr.operand, context), expr }
    case 'and':
    case 'or':
      return { kind: expr.kind, terms: expr.terms.map((t) => planCondition(t, context)), expr }
    case 'compare':
      return planComparison(expr, context)
    case 'in':
      return planMembership(expr, context)
    case 'match':
      return { kind: 'leaf', leaf: expr.operand.kind === 'field' ? patternLeaf(expr, expr.operand, context) : scalarLeaf(expr, context), expr }
    case 'call':
      return { kind: 'leaf', leaf: fieldCallLeaf(expr, context) ?? scalarLeaf(expr, context), expr }
    case 'unary':
    case 'arithmetic':
      return { kind: 'constant', value: false, expr }
    default:
      return unreachable(expr)
  }
}

function negated(plan: Plan, expr: Expr): Plan {
  return { kind: 'not', operand: plan, expr }
}

function planComparison(written: CompareExpr, context: ExprContext): Plan {
  const left = isFoldable(written.left) ? foldExpr(written.left, context) : written.left
  const right = isFoldable(written.right) ? foldExpr(written.right, context) : written.right
  const expr = constantsRight({ ...written, left, right })
  const subject = expr.left
  if (!isLiteral(expr.right)) return { kind: 'leaf', leaf: scalarLeaf(expr, context), expr: written }
  if (expr.op === '!=') {
    if (expr.right.kind === 'null') return planNull(subject, true, written, context)
    return negated(planEquality(subject, expr.right, { ...expr, op: '==' }, written, context), written)
  }
  if (expr.op === '==') {
    if (expr.right.kind === 'null') return planNull(subject, false, written, context)
    return planEquality(subject, expr.right, expr, written, context)
  }
  if (subject.kind === 'field') return { kind: 'leaf', leaf: orderLeaf(expr, subject, expr.op, expr.right, context), expr: written }
  return { kind: 'leaf', leaf: scalarLeaf(expr, context), expr: written }
}

function planNull(subject: Expr, there: boolean, written: Expr, context: ExprContext): Plan {
  if (subject.kind === 'field') {
    const present: Plan = { kind: 'leaf', leaf: existsLeaf(subject, context), expr: written }
    return there ? present : negated(present, written)
  }
  // With several values: null if any of them makes it null, and not null if none does.
  const isNull: Plan = { kind: 'leaf', leaf: scalarLeaf(subject, context, 'null'), expr: written }
  return there ? negated(isNull, written) : isNull
}

function planEquality(subject: Expr, literal: Literal, expr: Expr, written: Expr, context: ExprContext): Plan {
  if (subject.kind === 'field') return { kind: 'leaf', leaf: equalityLeaf(expr, subject, [literal], false, context), expr: written }
  // `condition == true` is the condition and `condition == false` its complement, whatever was unknown inside.
  if (literal.kind === 'boolean' && isCondition(subject)) {
    const plan = planCondition(subject, context)
    return literal.value ? { ...plan, expr: written } : negated(plan, written)
  }
  return { kind: 'leaf', leaf: scalarLeaf(expr, context), expr: written }
}

function isCondition(expr: Expr): boolean {
  return expr.kind !== 'field' && expr.kind !== 'unary' && expr.kind !== 'arithmetic' && !isLiteral(expr)
}

function planMembership(written: InExpr, context: ExprContext): Plan {
  const items = written.items.map((i) => (isFoldable(i) ? foldExpr(i, context) : i))
  const positive: InExpr = { ...written, items, negated: false }
  const literals = literalItems(positive)
  const leaf =
    written.operand.kind === 'field' && literals
      ? equalityLeaf(positive, written.operand, literals, written.insensitive, context)
      : scalarLeaf(positive, context)
  const plan: Plan = { kind: 'leaf', leaf, expr: written }
  return written.negated ? negated(plan, written) : plan
}

/** Every leaf of a plan, in the order they are tried. */
export function leavesOf(plan: Plan): readonly Leaf[] {
  switch (plan.kind) {
    case 'constant':
      return []
    case 'leaf':
      return [plan.leaf]
    case 'not':
      return leavesOf(plan.operand)
    case 'and':
    case 'or':
      return plan.terms.flatMap(leavesOf)
    default:
      return unreachable(plan)
  }
}
