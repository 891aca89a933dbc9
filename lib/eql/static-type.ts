import type { FieldInfo, FieldType, Schema } from '@/lib/ecs/fields'
import { unreachable } from '@/lib/invariant'
import type { Expr } from './ast'
import { findFunction } from './functions'

/** What is known of an expression before any event is seen. `unknown` is a field the schema does not have. */
export type StaticType = 'unknown' | 'null' | 'boolean' | 'integer' | 'double' | 'number' | 'string' | 'ip' | 'date' | 'version' | 'other'

const OF_FIELD: Readonly<Record<FieldType, StaticType>> = {
  keyword: 'string',
  constant_keyword: 'string',
  wildcard: 'string',
  text: 'string',
  long: 'integer',
  double: 'double',
  boolean: 'boolean',
  date: 'date',
  ip: 'ip',
  version: 'version',
  geo_point: 'other',
  nested: 'other',
  object: 'other',
  flattened: 'string',
}

export function fieldStaticType(info: FieldInfo | undefined): StaticType {
  return info ? OF_FIELD[info.type] : 'unknown'
}

export function staticType(expr: Expr, schema: Schema): StaticType {
  switch (expr.kind) {
    case 'null':
    case 'boolean':
    case 'string':
      return expr.kind
    case 'number':
      return expr.integer ? 'integer' : 'double'
    case 'field':
      return fieldStaticType(schema.lookup(expr.name))
    case 'call':
      return callType(expr.name, expr.args, schema)
    case 'unary':
      return staticType(expr.operand, schema)
    case 'arithmetic':
      return arithmeticType(staticType(expr.left, schema), staticType(expr.right, schema))
    case 'compare':
    case 'match':
    case 'in':
    case 'not':
    case 'and':
    case 'or':
      return 'boolean'
    default:
      return unreachable(expr)
  }
}

const ARITHMETIC_FUNCTIONS: ReadonlySet<string> = new Set(['add', 'subtract', 'multiply', 'divide', 'modulo'])

function callType(name: string, args: readonly Expr[], schema: Schema): StaticType {
  const def = findFunction(name)
  if (!def) return 'unknown'
  const [left, right] = args
  if (ARITHMETIC_FUNCTIONS.has(def.name) && left && right) return arithmeticType(staticType(left, schema), staticType(right, schema))
  return def.result
}

function arithmeticType(left: StaticType, right: StaticType): StaticType {
  if (left === 'null' || right === 'null') return 'null'
  if (left === 'double' || right === 'double') return 'double'
  return left === 'integer' && right === 'integer' ? 'integer' : 'number'
}

export function isNumeric(type: StaticType): boolean {
  return type === 'integer' || type === 'double' || type === 'number'
}

/** How a message names a type. */
export function typeName(type: StaticType): string {
  return type === 'other' ? 'object' : type
}
