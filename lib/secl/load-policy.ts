import type { Diagnostic } from '@/lib/lang/diagnostic'
import { positionAt } from '@/lib/lang/diagnostic'
import { check, checkMacro } from './check'
import { compilePlan } from './compile'
import type { CompiledExpression } from './compile'
import { isCollectedEvent, isCollectedField } from './ecs-view'
import { DEEP_PATTERN } from './glob'
import { mergeLists, readMacro } from './macros'
import type { Macro, MacroTable } from './macros'
import { parse } from './parser'
import type { Entry, Policy } from './policy'
import { entryFilter } from './policy-filter'
import type { EntryFilter, HostFacts } from './policy-filter'
import type { PolicyMacro, PolicyRule } from './policy-schema'
import { policyVariables } from './policy-variables'
import type { VariableTable } from './variables'

/**
 * `loaded` runs; `filtered` is not meant for these machines; `unsupported` is right and needs what no source tells or no
 * action sets; `error` is wrong.
 */
export type EntryState = 'loaded' | 'filtered' | 'unsupported' | 'error'

export interface LoadedEntry {
  readonly id: string
  readonly kind: 'rule' | 'macro'
  readonly state: EntryState
  /** One sentence, where there is something to say. */
  readonly reason: string | null
  /** The entry's first line in the file. */
  readonly line: number
  /** Where in the expression the reason lies, from 1. */
  readonly column: number | null
  readonly diagnostics: readonly Diagnostic[]
}

export interface LoadedRule extends LoadedEntry {
  readonly kind: 'rule'
  /** Null when the entry cannot be read. */
  readonly rule: PolicyRule | null
  /** What it is run by; present for what is loaded, and for what is unsupported so that it can be explained. */
  readonly expression: CompiledExpression | null
  /** What it needs and nothing provides: event types, fields, variables. */
  readonly needs: readonly string[]
}

export interface LoadedMacro extends LoadedEntry {
  readonly kind: 'macro'
}

export interface LoadedPolicy {
  readonly rules: readonly LoadedRule[]
  readonly macros: readonly LoadedMacro[]
}

export interface LoadOptions {
  /** Which agent's rules are taken, of those that come in several versions. */
  readonly agentVersion?: string
  /** `os` is linux unless it says otherwise. */
  readonly facts?: HostFacts
}

/**
 * The newest agent whose rules do without rate-limiting variables: from 7.71 on, many of the default policy's rules read
 * variables that only an agent's actions set, and come in a plain version for agents before it.
 */
export const AGENT_VERSION = '7.70.1'

/** Loads one policy, or several in the order in which later ones override and extend earlier ones. */
export function loadPolicy(policies: Policy | readonly Policy[], options: LoadOptions = {}): LoadedPolicy {
  const all = Array.isArray(policies) ? (policies as readonly Policy[]) : [policies as Policy]
  const filter = entryFilter(options.agentVersion ?? AGENT_VERSION, { os: 'linux', ...options.facts })
  const macros = loadMacros(all.flatMap((p) => p.macros), filter)
  const entries = all.flatMap((p) => p.rules)
  const variables = policyVariables(entries.flatMap((e) => (e.ok ? [e.value] : [])))
  const context = { macros: macros.table, variables, filter }
  return { rules: combineRules(entries, filter).map((entry) => loadRule(entry, context)), macros: macros.loaded }
}

// ---- macros

function sourceOf(macro: PolicyMacro): string {
  if (macro.expression !== null) return macro.expression
  return `[${(macro.values ?? []).map((value) => (typeof value === 'number' ? String(value) : JSON.stringify(value))).join(', ')}]`
}

function loadMacros(entries: readonly Entry<PolicyMacro>[], filter: EntryFilter): { readonly table: MacroTable; readonly loaded: readonly LoadedMacro[] } {
  const table = new Map<string, Macro>()
  const states = entries.map((entry) => ({ entry, refused: defineMacro(table, entry, filter) }))
  const loaded = states.map(({ entry, refused }): LoadedMacro => {
    const base = { id: entry.id, kind: 'macro', line: entry.line } as const
    if (refused) return { ...base, ...refused, column: null, diagnostics: [] }
    const macro = table.get(entry.id)
    const checked = macro?.expr ? checkMacro(macro.source, macro.expr, { macros: table }).diagnostics : []
    return { ...base, ...verdictOf([...(macro?.diagnostics ?? []), ...checked]) }
  })
  return { table, loaded }
}

type Refusal = { readonly state: EntryState; readonly reason: string }

/** Puts a macro into the table; answers why not. */
function defineMacro(table: Map<string, Macro>, entry: Entry<PolicyMacro>, filter: EntryFilter): Refusal | null {
  if (!entry.ok) return { state: 'error', reason: entry.problem }
  const filtered = filter(entry.value)
  if (!filtered.loaded) return { state: 'filtered', reason: filtered.reason ?? 'filtered' }
  const macro = readMacro(entry.id, sourceOf(entry.value))
  const known = table.get(entry.id)
  if (!known || entry.value.combine === 'override') {
    table.set(entry.id, macro)
    return null
  }
  if (entry.value.combine !== 'merge') return { state: 'error', reason: `the macro [${entry.id}] is defined twice; say whether to merge or to override` }
  const merged = mergeLists(known, macro)
  if (!merged) return { state: 'error', reason: 'only lists can be merged' }
  table.set(entry.id, merged)
  return null
}

// ---- rules

type RuleEntry = Entry<PolicyRule> & { readonly duplicate?: boolean }

/** A rule that overrides an earlier one takes its place: all of it, or the fields it names. */
function combineRules(entries: readonly Entry<PolicyRule>[], filter: EntryFilter): readonly RuleEntry[] {
  const result: RuleEntry[] = []
  const places = new Map<string, number>()
  for (const entry of entries) {
    if (!entry.ok || !filter(entry.value).loaded) {
      result.push(entry)
      continue
    }
    const place = places.get(entry.id)
    const known = place === undefined ? undefined : result[place]
    if (place === undefined || !known?.ok) {
      places.set(entry.id, result.push(entry) - 1)
    } else if (entry.value.combine === 'override') {
      result[place] = { ...entry, value: override(known.value, entry.value) }
    } else {
      result.push({ ...entry, duplicate: true })
    }
  }
  return result
}

function override(known: PolicyRule, by: PolicyRule): PolicyRule {
  const fields = by.override_options
  if (fields.length === 0 || fields.includes('all')) return by.expression === null ? { ...by, expression: known.expression } : by
  const taken: Partial<PolicyRule> = Object.fromEntries(fields.map((field) => [field, by[field as keyof PolicyRule]]))
  return { ...known, ...taken, disabled: by.disabled }
}

interface RuleContext {
  readonly macros: MacroTable
  readonly variables: VariableTable
  readonly filter: EntryFilter
}

function loadRule(entry: RuleEntry, context: RuleContext): LoadedRule {
  const base = { id: entry.id, kind: 'rule', line: entry.line, rule: entry.ok ? entry.value : null, expression: null, needs: [] } as const
  const refuse = (state: EntryState, reason: string): LoadedRule => ({ ...base, state, reason, column: null, diagnostics: [] })
  if (!entry.ok) return refuse('error', entry.problem)
  const { value } = entry
  if (value.expression === null) return refuse('error', 'the rule has no [expression]')
  if (entry.duplicate) return refuse('error', `the rule [${entry.id}] is defined twice; say combine: override if that is meant`)
  const parsed = parse(value.expression)
  if (!parsed.expr) return { ...base, ...verdictOf(parsed.diagnostics) }
  if (value.disabled) return refuse('filtered', 'disabled by the policy')
  const filtered = context.filter(value)
  if (!filtered.loaded) return refuse('filtered', filtered.reason ?? 'filtered')
  const checked = check(value.expression, parsed.expr, context)
  const verdict = verdictOf(checked.diagnostics)
  if (!checked.plan) return { ...base, ...verdict }
  const expression = compilePlan(value.expression, checked.plan, checked)
  const [first, ...rest] = missing(expression, context.variables)
  if (!first) return { ...base, ...verdict, reason: filtered.reason ?? verdict.reason, expression }
  const needs = [first, ...rest].map((m) => m.name)
  const column = positionAt(value.expression, first.offset).column
  return { ...base, state: 'unsupported', reason: `needs ${needs.join(', ')}${first.variable ? ', which only actions set' : ', not collected'}`, column, diagnostics: checked.diagnostics, expression, needs }
}

interface Missing {
  readonly name: string
  readonly offset: number
  readonly variable: boolean
}

/** What an expression needs that nothing provides, in the order of the text; an event type stands for its fields. */
function missing(expression: CompiledExpression, variables: VariableTable): readonly Missing[] {
  const found = new Map<string, Missing>()
  const type = expression.eventType
  for (const field of expression.fields) {
    const unseen = type !== null && field.eventType === type && !isCollectedEvent(type)
    if (!unseen && isCollectedField(field)) continue
    const name = unseen ? `the event type ${type}` : field.name
    if (!found.has(name)) found.set(name, { name, offset: field.span.start, variable: false })
  }
  for (const { name, span } of expression.variables) {
    if (variables.has(name)) found.set(name, { name: `\${${name}}`, offset: span.start, variable: true })
  }
  return [...found.values()].toSorted((a, b) => Number(a.variable) - Number(b.variable) || a.offset - b.offset)
}

function verdictOf(diagnostics: readonly Diagnostic[]): Pick<LoadedEntry, 'state' | 'reason' | 'column' | 'diagnostics'> {
  const error = diagnostics.find((d) => d.severity === 'error')
  const told = error ?? diagnostics[0]
  const state = error ? (error.code === DEEP_PATTERN ? 'unsupported' : 'error') : 'loaded'
  return { state, reason: told?.message ?? null, column: told?.column ?? null, diagnostics }
}
