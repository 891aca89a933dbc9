import { checkMacro } from './check'
import type { SeclValue } from './context'
import type { StaticType } from './field-type'
import { STRING } from './field-type'
import { knownFields } from './fields'
import { parseMacro } from './parser'
import type { PolicyAction, PolicyRule } from './policy-schema'
import { typeOfValue } from './variables'
import type { VariableDeclaration, VariableTable } from './variables'

type SetAction = NonNullable<PolicyAction['set']>

function scalarType(value: SeclValue): StaticType {
  return { ...typeOfValue(value), array: false }
}

/** A variable has the type of its default, of its value, of the field it is set from, or of its expression. */
function typeOf(set: SetAction): StaticType {
  const value = set.default_value ?? set.value
  if (value !== null && value !== undefined) return scalarType(value)
  const field = set.field === null || set.field === undefined ? undefined : knownFields().fields.get(set.field)
  if (field) return { base: field.base, array: false, unit: 'plain' }
  const parsed = set.expression ? parseMacro(set.expression) : null
  const type = parsed?.expr ? checkMacro(set.expression ?? '', parsed.expr).type : null
  return type ? { ...type, array: false, unit: 'plain' } : STRING
}

function isList(set: SetAction): boolean {
  return set.append === true || Array.isArray(set.value) || Array.isArray(set.default_value)
}

/** The variables that a policy's rules set, by the name under which expressions read them. */
export function policyVariables(rules: readonly PolicyRule[]): VariableTable {
  const table = new Map<string, VariableDeclaration>()
  for (const rule of rules) {
    for (const { set } of rule.actions) {
      if (!set) continue
      const name = set.scope ? `${set.scope}.${set.name}` : set.name
      if (table.has(name)) continue
      const initial = set.default_value
      table.set(name, { type: { ...typeOf(set), array: isList(set) }, ...(initial === null || initial === undefined ? {} : { initial }) })
    }
  }
  return table
}
