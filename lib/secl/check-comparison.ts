import type { CompareExpr, CompareOp } from './ast'
import { describeType } from './field-type'
import type { BaseType } from './field-type'
import type { Operand, Plan, RelationOp } from './plan'
import { isDynamic } from './plan'
import { print } from './print'
import type { Resolver } from './resolve'
import { styleOf, textItem } from './text-item'

const OPERATORS: Readonly<Record<BaseType, readonly CompareOp[]>> = {
  string: ['==', '!=', '=~', '!~'],
  int: ['==', '!=', '<', '<=', '>', '>='],
  bool: ['==', '!='],
  ip: ['==', '!='],
}

const FLIPPED: Readonly<Record<RelationOp, RelationOp>> = { '==': '==', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

/** `left op right`, once both sides are known: that they go together, and which of them is the subject. */
export function checkComparison(names: Resolver, expr: CompareExpr, left: Operand, right: Operand): Plan | null {
  const { op } = expr
  for (const [side, operand] of [[expr.left, left] as const, [expr.right, right] as const]) {
    if (operand.kind === 'list') return names.fail(side.span, 'type', `[${print(side).slice(0, 60)}] is a list; ask with [in] whether it holds a value`)
  }
  if (left.type.base !== right.type.base) {
    return names.fail(expr.right.span, 'type', `${describeType(left.type)} is compared with ${describeType(right.type)}`)
  }
  if (!OPERATORS[left.type.base].includes(op)) {
    return names.fail(expr.span, 'operator', `[${op}] does not compare ${describeType(left.type)}; it can be compared with ${OPERATORS[left.type.base].join(', ')}`)
  }
  if (left.type.array && right.type.array && left.type.base !== 'ip') {
    return names.fail(expr.right.span, 'type', 'two arrays are compared; ask with [in] whether they have a value in common')
  }
  if (left.type.base === 'string') return compareTexts(names, expr, left, right)
  const relation: RelationOp = op === '!=' || op === '=~' || op === '!~' ? '==' : op
  const flip = !isDynamic(left) && isDynamic(right)
  const [subject, other] = flip ? [right, left] : [left, right]
  return {
    kind: 'leaf',
    subject,
    quantifier: 'any',
    negated: op === '!=',
    by: { kind: 'operand', op: flip ? FLIPPED[relation] : relation, other, age: ageOf(subject, other), ignoreCase: false },
    ...names.place(expr),
  }
}

/** Which side is a moment that the other side asks the age of. A plain number of an event counts as a moment there. */
function ageOf(subject: Operand, other: Operand): 'subject' | 'other' | null {
  if (other.type.unit === 'duration' && isMoment(subject)) return 'subject'
  return subject.type.unit === 'duration' && isMoment(other) ? 'other' : null
}

function isMoment(operand: Operand): boolean {
  return operand.type.unit === 'instant' || (operand.kind === 'field' && operand.type.unit === 'plain' && !operand.field.length)
}

function compareTexts(names: Resolver, expr: CompareExpr, left: Operand, right: Operand): Plan | null {
  const forced = expr.op === '=~' || expr.op === '!~'
  if (forced && right.kind !== 'text') {
    return names.fail(expr.right.span, 'non-static-pattern', `the right side of [${expr.op}] is a string that does not change; [${print(expr.right).slice(0, 60)}] does`)
  }
  const common = { kind: 'leaf', quantifier: 'any', negated: expr.op === '!=' || expr.op === '!~', ...names.place(expr) } as const
  const flip = left.kind === 'text' && right.kind !== 'text'
  const [subject, other] = flip ? [right, left] : [left, right]
  const style = styleOf(subject)
  if (other.kind === 'text') {
    const item = textItem(names, other, style, forced)
    if (other.mode === 'string' && !forced && other.value.includes('*')) {
      names.warn(other.expr.span, 'literal-star', 'a star in a plain string is a star; for a pattern write ~"…" or compare with =~')
    }
    return item && { ...common, subject, by: { kind: 'texts', items: [item] } }
  }
  const ignoreCase = style.ignoreCase || styleOf(other).ignoreCase
  return { ...common, subject, by: { kind: 'operand', op: '==', other, age: null, ignoreCase } }
}
