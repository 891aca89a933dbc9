import { unreachable } from '@/lib/invariant'
import type { CidrBlock } from '@/lib/lang/ip-address'
import { calculate } from './arithmetic'
import type { SeclContext, SeclScalar, SeclValue } from './context'
import type { FieldReference } from './fields'
import type { SeclInt } from './int64'
import type { FieldOperand, Operand, Plan, TemplateOperand, VariableOperand } from './plan'
import { allOf, firstOf, toBool, toInt, toNetwork, toText } from './read-value'
import { FIELD_VARIABLES } from './variables'

/** One evaluation: the event, and which element each named register stands at (-1: the list is empty). */
export interface Evaluation {
  readonly context: SeclContext
  readonly registers: readonly number[]
}

/** The place of a register's name in `Evaluation.registers`. */
export type RegisterSlots = ReadonlyMap<string, number>

/** A value as it is compared; null is an address that is none. */
export type Comparable = string | SeclInt | boolean | CidrBlock | null

/** An operand ready to be read: of an array `list` gives every value, of a scalar `one` its value. */
export type Source = { readonly array: false; readonly one: (e: Evaluation) => Comparable } | { readonly array: true; readonly list: (e: Evaluation) => readonly Comparable[] }

/** What compiling an operand needs from compiling conditions, handed in because each contains the other. */
export interface SourceCompiler {
  readonly slots: RegisterSlots
  readonly condition: (plan: Plan) => (e: Evaluation) => boolean
}

export function compileSource(operand: Operand, compiler: SourceCompiler): Source {
  switch (operand.kind) {
    case 'field':
      return fieldSource(operand, compiler.slots)
    case 'variable':
      return typed(operand, (e) => readVariable(operand, e))
    case 'template':
      return { array: false, one: (e) => fillTemplate(operand, e) }
    case 'constant':
    case 'text': {
      const { value } = operand
      return { array: false, one: () => value }
    }
    case 'network': {
      const { block } = operand
      return { array: false, one: () => block }
    }
    case 'condition': {
      const test = compiler.condition(operand.plan)
      return { array: false, one: test }
    }
    case 'arithmetic': {
      const { op } = operand
      const [a, b] = operand.operands.map((o) => integer(compileSource(o, compiler)))
      if (!a) return { array: false, one: () => 0 }
      return { array: false, one: b ? (e) => calculate(op, a(e), b(e)) : (e) => calculate(op, a(e), 0) }
    }
    case 'list':
      return { array: true, list: () => [] }
    default:
      return unreachable(operand)
  }
}

function integer(source: Source): (e: Evaluation) => SeclInt {
  if (source.array) return () => 0
  return (e) => {
    const value = source.one(e)
    return typeof value === 'number' || typeof value === 'bigint' ? value : 0
  }
}

function converter(operand: Operand): (value: SeclScalar | undefined) => Comparable {
  switch (operand.type.base) {
    case 'string':
      return toText
    case 'int':
      return toInt
    case 'bool':
      return toBool
    case 'ip':
      return toNetwork
    default:
      return unreachable(operand.type.base)
  }
}

function typed(operand: Operand, read: (e: Evaluation) => SeclValue | undefined): Source {
  const convert = converter(operand)
  if (operand.type.array) return { array: true, list: (e) => allOf(read(e)).map(convert) }
  return { array: false, one: (e) => convert(firstOf(read(e))) }
}

export function readVariable(operand: VariableOperand, { context }: Evaluation): SeclValue | undefined {
  const { name } = operand
  return context.variable(name) ?? (FIELD_VARIABLES.has(name) ? context.read(name) : undefined) ?? operand.initial
}

function fillTemplate(operand: TemplateOperand, e: Evaluation): string {
  let text = ''
  for (const part of operand.parts) text += typeof part === 'string' ? part : allOf(readVariable(part, e)).map(toText).join(',')
  return text
}

// ---- fields

function fieldSource(operand: FieldOperand, slots: RegisterSlots): Source {
  const { field } = operand
  const { name, iterator, register } = field
  if (iterator !== null && field.length && name === iterator) return { array: false, one: ({ context }) => context.count(iterator) }
  if (iterator === null) {
    if (field.length) return { array: false, one: ({ context }) => lengthOf(context.read(name)) }
    return typed(operand, ({ context }) => context.read(name))
  }
  if (register !== null) {
    const slot = slots.get(register) ?? 0
    const at = ({ context, registers }: Evaluation) => context.readAt(iterator, registers[slot] ?? 0, name)
    return field.length ? { array: false, one: (e) => lengthOf(at(e)) } : typed(operand, at)
  }
  const convert = converter(operand)
  const every = (e: Evaluation) => readEvery(e.context, field, iterator)
  if (field.length) return { array: true, list: (e) => every(e).map(lengthOf) }
  return { array: true, list: (e) => every(e).flatMap((value) => (operand.field.type.array && typeof value === 'object' ? value.map(convert) : [convert(firstOf(value))])) }
}

/** The field of each element, nearest first. */
export function readEvery(context: SeclContext, field: FieldReference, iterator: string): readonly (SeclValue | undefined)[] {
  const values: (SeclValue | undefined)[] = []
  const count = context.count(iterator)
  for (let i = 0; i < count; i++) values.push(context.readAt(iterator, i, field.name))
  return values
}

function lengthOf(value: SeclValue | undefined): number {
  if (value === undefined) return 0
  return typeof value === 'object' ? value.length : toText(value).length
}

/** The registers that an operand reads, by slot: with one that stands nowhere its condition is not satisfied. */
export function slotsOf(operand: Operand, slots: RegisterSlots): readonly number[] {
  if (operand.kind === 'field') {
    const slot = operand.field.register === null ? undefined : slots.get(operand.field.register)
    return slot === undefined ? [] : [slot]
  }
  return operand.kind === 'arithmetic' ? operand.operands.flatMap((o) => slotsOf(o, slots)) : []
}
