import type { SeclScalar, SeclValue } from './context'
import type { BaseType, StaticType } from './field-type'
import { STRING } from './field-type'

/** A variable an expression may read: its type, and its value as long as nothing sets it. */
export interface VariableDeclaration {
  readonly type: StaticType
  readonly initial?: SeclValue
}

export type VariableTable = ReadonlyMap<string, VariableDeclaration>

/** What is there without being declared. `builtins.uuid4` is made where a variable is set, never while a rule is tested. */
export const BUILTIN_VARIABLES: VariableTable = new Map([['builtins.uuid4', { type: STRING, initial: '' }]])

/** `${process.pid}` and its like read the field of that name. */
export const FIELD_VARIABLES: ReadonlySet<string> = new Set(['process.pid', 'process.ppid', 'process.comm', 'process.file.path', 'process.file.name', 'container.id', 'cgroup.id'])

function baseOf(value: SeclScalar): BaseType {
  if (typeof value === 'string') return 'string'
  return typeof value === 'boolean' ? 'bool' : 'int'
}

/** The type of a value given as data; an empty array is one of strings. */
export function typeOfValue(value: SeclValue): StaticType {
  if (typeof value !== 'object') return { base: baseOf(value), array: false, unit: 'plain' }
  const [first] = value
  return { base: first === undefined ? 'string' : baseOf(first), array: true, unit: 'plain' }
}

/** Variables given as data, declared by their values. */
export function declareVariables(values: Readonly<Record<string, SeclValue>>): VariableTable {
  return new Map(Object.entries(values).map(([name, value]) => [name, { type: typeOfValue(value), initial: value }]))
}
