/**
 * What SECL knows of a value before any event is seen. Comparing values of different bases is an error; `unit` tells which
 * integers are moments (nanoseconds since 1970) and which are lengths of time, because an age is compared with a duration.
 */
export type BaseType = 'string' | 'int' | 'bool' | 'ip'
export type IntUnit = 'plain' | 'instant' | 'duration'

export interface StaticType {
  readonly base: BaseType
  readonly array: boolean
  readonly unit: IntUnit
}

/** A field's type: how its texts are matched belongs to it. */
export interface FieldType extends StaticType {
  /** Patterns are globs: `*` stops at `/`, `**` ends the pattern only. */
  readonly path: boolean
  /** A path of Windows: backslashes are slashes to it. */
  readonly windows: boolean
  readonly ignoreCase: boolean
}

/**
 * How the tables of fields write a type: `name` is a text whose case does not matter (DNS names), `winpath` one with
 * backslashes, as Windows has it; `[]` makes an array.
 */
export type ScalarCode = 'text' | 'path' | 'name' | 'winpath' | 'int' | 'instant' | 'bool' | 'ip'
export type TypeCode = ScalarCode | `${ScalarCode}[]`

const BASES: Readonly<Record<ScalarCode, BaseType>> = {
  text: 'string',
  path: 'string',
  name: 'string',
  winpath: 'string',
  int: 'int',
  instant: 'int',
  bool: 'bool',
  ip: 'ip',
}

export function fieldType(code: TypeCode): FieldType {
  const array = code.endsWith('[]')
  const scalar = (array ? code.slice(0, -2) : code) as ScalarCode
  return {
    base: BASES[scalar],
    array,
    unit: scalar === 'instant' ? 'instant' : 'plain',
    path: scalar === 'path' || scalar === 'winpath',
    windows: scalar === 'winpath',
    ignoreCase: scalar === 'name' || scalar === 'winpath',
  }
}

export const BOOL: StaticType = { base: 'bool', array: false, unit: 'plain' }
export const STRING: StaticType = { base: 'string', array: false, unit: 'plain' }
export const INT: StaticType = { base: 'int', array: false, unit: 'plain' }
export const DURATION: StaticType = { base: 'int', array: false, unit: 'duration' }
export const IP: StaticType = { base: 'ip', array: false, unit: 'plain' }

const NAMES: Readonly<Record<BaseType, string>> = { string: 'a string', int: 'a number', bool: 'true or false', ip: 'an address or network' }
const PLURALS: Readonly<Record<BaseType, string>> = { string: 'strings', int: 'numbers', bool: 'truth values', ip: 'addresses and networks' }

/** A type as a sentence calls it. */
export function describeType(type: StaticType): string {
  if (type.array) return `an array of ${PLURALS[type.base]}`
  return type.base === 'int' && type.unit === 'duration' ? 'a duration' : NAMES[type.base]
}
