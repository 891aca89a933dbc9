import type { MembershipExpr } from './ast'
import { describeType } from './field-type'
import type { SeclInt } from './int64'
import type { Acceptance, ListOperand, NetworkOperand, Operand, Plan } from './plan'
import { print } from './print'
import type { Resolver } from './resolve'
import { styleOf, textItem } from './text-item'

/** `left in right`, `not in`, `allin`: the subject is the side that an event gives, the other side says what is accepted. */
export function checkMembership(names: Resolver, expr: MembershipExpr, left: Operand, right: Operand): Plan | null {
  const container = right.kind === 'list' || right.type.array || right.type.base === 'ip'
  if (!container) return names.fail(expr.right.span, 'type', `[${print(expr.right).slice(0, 60)}] is ${describeType(right.type)}; the right side of [${expr.op}] is a list or an array`)
  if (left.type.base !== right.type.base) {
    return names.fail(expr.right.span, 'type', `${describeType({ ...left.type, array: false })} is looked for in ${describeType(right.type)}`)
  }
  if (left.kind === 'list' && right.kind === 'list') return names.fail(expr.left.span, 'type', 'two lists are compared; one side is a field')
  // The agent tests every element for addresses only; for texts and numbers its `allin` is `in`.
  const all = expr.op === 'allin' && left.type.base === 'ip'
  if (expr.op === 'allin' && !all && left.type.array) {
    names.warn(expr.span, 'allin-is-any', '[allin] asks for every element of addresses only; of texts and numbers one is enough, as with [in]')
  }
  const common = { kind: 'leaf', negated: expr.op === 'not in', ...names.place(expr) } as const
  // `"x" in exec.argv`, `~"a*" in …`: what is written is looked for in what the event has.
  if (isWritten(left) && right.kind !== 'list' && right.kind !== 'network') {
    const by = accept(names, left, right, all && left.kind === 'list')
    return by && { ...common, subject: right, quantifier: all && left.kind === 'list' ? 'all' : 'any', by }
  }
  const by: Acceptance | null =
    right.kind === 'list' || right.kind === 'network'
      ? accept(names, right, left, all && left.type.array)
      : { kind: 'operand', op: '==', other: right, age: null, ignoreCase: styleOf(left).ignoreCase || styleOf(right).ignoreCase }
  return by && { ...common, subject: left, quantifier: all && left.type.array ? 'all' : 'any', by }
}

function isWritten(operand: Operand): operand is Extract<Operand, { kind: 'text' | 'constant' | 'network' | 'list' }> {
  return operand.kind === 'text' || operand.kind === 'constant' || operand.kind === 'network' || operand.kind === 'list'
}

/** What a list, or one written value, accepts of the subject. */
function accept(names: Resolver, written: Extract<Operand, { kind: 'text' | 'constant' | 'network' | 'list' }>, subject: Operand, all: boolean): Acceptance | null {
  const items: ListOperand['items'] = written.kind === 'list' ? written.items : [written]
  switch (subject.type.base) {
    case 'string': {
      const style = styleOf(subject)
      const texts = items.flatMap((item) => (item.kind === 'text' || item.kind === 'template' ? [textItem(names, item, style)] : []))
      const known = texts.filter((t) => t !== null)
      return known.length === texts.length ? { kind: 'texts', items: known } : null
    }
    case 'ip': {
      const blocks = items.filter((item): item is NetworkOperand => item.kind === 'network')
      return { kind: 'networks', items: blocks.map((b) => b.block), places: blocks.map((b) => print(b.expr)), all }
    }
    default: {
      const numbers = items.flatMap((item) => (item.kind === 'constant' ? [{ value: numberOf(item.value), place: print(item.expr) }] : []))
      return { kind: 'numbers', items: numbers.map((n) => n.value), places: numbers.map((n) => n.place) }
    }
  }
}

/** Truth values are counted as 1 and 0 where they are looked for in an array. */
function numberOf(value: SeclInt | boolean): SeclInt {
  return typeof value === 'boolean' ? Number(value) : value
}
