import type { Diagnostic } from '@/lib/lang/diagnostic'
import { compileExpression } from './compile'
import type { SeclScalar, SeclValue } from './context'
import type { SeclInt } from './int64'
import { toInt64 } from './int64'
import { sampleContext } from './sample-context'
import type { SampleValues } from './sample-context'
import { suiteFields } from './suite-fields'

/** An expression and the values it is to be tried on, as one line of JSON has them. */
export interface RunRequest {
  readonly expr: string
  /** Field values, nested. `macros`, `variables` and `legacy_fields` may stand in it too. */
  readonly needs?: SampleValues
  readonly macros?: unknown
  readonly variables?: unknown
  /** Nanoseconds since 1970. */
  readonly now?: unknown
}

export type RunResponse = { readonly result: boolean } | { readonly error: RunError }

export interface RunError {
  readonly code: string
  readonly message: string
  readonly line: number
  readonly column: number
  readonly length: number
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function badRequest(message: string): RunResponse {
  return { error: { code: 'request', message, line: 1, column: 1, length: 1 } }
}

/** Answers one request; whatever it holds, the answer is a result or an error. `now` stands in where the request has none. */
export function runRequest(request: unknown, now: SeclInt): RunResponse {
  if (!isObject(request)) return badRequest('a request is a JSON object')
  if (typeof request['expr'] !== 'string') return badRequest('the request has no [expr], a text')
  const needs = isObject(request['needs']) ? request['needs'] : {}
  const { macros, variables, legacy_fields: aliases, ...values } = needs
  const time = request['now']
  const moment = typeof time === 'number' || typeof time === 'bigint' ? toInt64(time) : now
  const given = scalars({ ...asObject(variables), ...asObject(request['variables']) })
  const { context, schema } = sampleContext(values, {
    now: moment,
    schema: suiteFields(),
    variables: given,
    types: asObject(values['_types']),
    aliases: texts(asObject(aliases)),
  })
  const compiled = compileExpression(request['expr'], { macros: texts({ ...asObject(macros), ...asObject(request['macros']) }), variables: given, schema })
  if (compiled.ok) return { result: compiled.expression.matches(context) }
  const [error] = compiled.diagnostics.filter((d) => d.severity === 'error')
  return error ? { error: toError(error) } : badRequest('the expression cannot be run')
}

function toError({ code, message, line, column, length }: Diagnostic): RunError {
  return { code, message, line, column, length }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {}
}

function texts(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function isScalar(value: unknown): value is SeclScalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
}

/** Variables may be scalars or arrays of them; an object that names its value, as a rule's action does, is that value. */
function scalars(values: Readonly<Record<string, unknown>>): Readonly<Record<string, SeclValue>> {
  const found: Record<string, SeclValue> = {}
  for (const [name, raw] of Object.entries(values)) {
    const value = isObject(raw) ? (raw['value'] ?? raw['default_value']) : raw
    if (isScalar(value)) found[name] = value
    else if (Array.isArray(value)) found[name] = value.filter(isScalar)
  }
  return found
}
