import { unreachable } from '@/lib/invariant'
import type { IntUnit } from './field-type'
import { add, bitNot, bitOperation, negate, subtract } from './int64'
import type { SeclInt } from './int64'
import type { ArithmeticOperand, Operand } from './plan'

type Op = ArithmeticOperand['op']

export function calculate(op: Op, a: SeclInt, b: SeclInt): SeclInt {
  switch (op) {
    case '+':
      return add(a, b)
    case '-':
      return subtract(a, b)
    case '&':
    case '|':
    case '^':
      return bitOperation(op, a, b)
    case 'negate':
      return negate(a)
    case 'complement':
      return bitNot(a)
    default:
      return unreachable(op)
  }
}

/** Between two moments lies a duration; a moment and a duration make a moment; anything and a duration make a duration. */
export function unitOf(op: Op, operands: readonly Operand[]): IntUnit {
  const [a, b] = operands.map((o) => o.type.unit)
  if (op === 'negate') return a ?? 'plain'
  if (op !== '+' && op !== '-') return 'plain'
  if (a === 'instant' && b === 'instant') return op === '-' ? 'duration' : 'plain'
  if (a === 'instant' || b === 'instant') return 'instant'
  return a === 'duration' || b === 'duration' ? 'duration' : 'plain'
}

/** The value when every operand is a constant, else null. */
export function constantArithmetic(op: Op, operands: readonly Operand[]): SeclInt | null {
  const values: SeclInt[] = []
  for (const operand of operands) {
    if (operand.kind !== 'constant' || typeof operand.value === 'boolean') return null
    values.push(operand.value)
  }
  return calculate(op, values[0] ?? 0, values[1] ?? 0)
}
