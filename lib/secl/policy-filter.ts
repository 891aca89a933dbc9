import { satisfiesVersion } from './agent-version'
import { compileExpression } from './compile'
import type { SeclContext, SeclScalar } from './context'
import type { ConditionTrace } from './explain'
import type { FieldAdditions, FieldSchema } from './fields'
import { withFields } from './fields'

/** What is known of the machines that rules are loaded for: `os`, `kernel.version.major`, `hostname`, … */
export type HostFacts = Readonly<Record<string, SeclScalar>>

/** Whether an entry is loaded: `reason` says why not, or what was left open. */
export type FilterResult = { readonly loaded: boolean; readonly reason: string | null }

const FILTER_FIELDS: FieldAdditions['fields'] = {
  'envs': 'text[]',
  'hostname': 'text',
  'kernel.version.abi': 'int',
  'kernel.version.flavor': 'text',
  'kernel.version.major': 'int',
  'kernel.version.minor': 'int',
  'kernel.version.patch': 'int',
  'kernel.core.enabled': 'bool',
  'origin': 'text',
  'os': 'text',
  'os.id': 'text',
  'os.is_amazon_linux': 'bool',
  'os.is_cos': 'bool',
  'os.is_debian': 'bool',
  'os.is_oracle': 'bool',
  'os.is_rhel': 'bool',
  'os.is_rhel7': 'bool',
  'os.is_rhel8': 'bool',
  'os.is_sles': 'bool',
  'os.is_sles12': 'bool',
  'os.is_sles15': 'bool',
  'os.platform_id': 'text',
  'os.version_id': 'text',
}

let schema: FieldSchema | null = null

function filterSchema(): FieldSchema {
  schema ??= withFields({ fields: new Map(), iterators: new Set(), aliases: new Map(), eventTypes: new Set() }, { fields: FILTER_FIELDS })
  return schema
}

const OPEN: FilterResult = { loaded: true, reason: null }

interface Filtered {
  readonly agent_version: string | null
  readonly filters: readonly string[]
}

export type EntryFilter = (entry: Filtered) => FilterResult

/** Decides by `agent_version`, then by `filters`, any of which lets an entry in. A policy has the same few filters everywhere. */
export function entryFilter(agentVersion: string, facts: HostFacts): EntryFilter {
  const decisions = new Map<string, Decision>()
  const decideOnce = (filter: string): Decision => {
    const decision = decisions.get(filter) ?? decide(filter, facts)
    decisions.set(filter, decision)
    return decision
  }
  return (entry) => applyFilters(entry, agentVersion, decideOnce)
}

function applyFilters(entry: Filtered, agentVersion: string, decideOnce: (filter: string) => Decision): FilterResult {
  if (entry.agent_version !== null) {
    const fits = satisfiesVersion(agentVersion, entry.agent_version)
    if (fits === null) return { loaded: false, reason: `the agent version [${entry.agent_version}] is no range of versions` }
    if (!fits) return { loaded: false, reason: `for agent ${entry.agent_version}; this is ${agentVersion}` }
  }
  if (entry.filters.length === 0) return OPEN
  const answers = entry.filters.map(decideOnce)
  if (answers.some((a) => a.answer === true)) return OPEN
  const open = answers.find((a) => a.answer === null)
  if (open) return { loaded: true, reason: `not decided by its filter: ${open.why}` }
  return { loaded: false, reason: `no filter lets it in: ${entry.filters.join(' · ')}${answers.map((a) => (a.why === '' ? '' : ` (${a.why})`)).join('')}` }
}

interface Decision {
  /** Null when it reads what is not known. */
  readonly answer: boolean | null
  readonly why: string
}

function decide(filter: string, facts: HostFacts): Decision {
  const compiled = compileExpression(filter, { schema: filterSchema() })
  if (!compiled.ok) return { answer: false, why: compiled.diagnostics[0]?.message ?? 'the filter is wrong' }
  const unknown = compiled.expression.fields.filter((f) => !Object.hasOwn(facts, f.name)).map((f) => f.name)
  const context: SeclContext = {
    now: 0,
    isEvent: () => true,
    read: (field) => (Object.hasOwn(facts, field) ? facts[field] : undefined),
    count: () => 0,
    readAt: () => undefined,
    variable: () => undefined,
  }
  const answer = threeValued(compiled.expression.explain(context).condition, new Set(unknown))
  return { answer, why: answer === null ? `${unknown.join(', ')} is not known` : '' }
}

/** What is not known makes a condition undecided, unless the rest decides without it. */
function threeValued(trace: ConditionTrace, unknown: ReadonlySet<string>): boolean | null {
  if (trace.kind === 'and' || trace.kind === 'or') {
    const decisive = trace.kind === 'or'
    const answers = trace.children.map((child) => threeValued(child, unknown))
    if (answers.includes(decisive)) return decisive
    return answers.includes(null) ? null : !decisive
  }
  if (trace.kind === 'not') {
    const [operand] = trace.children
    const answer = operand ? threeValued(operand, unknown) : null
    return answer === null ? null : !answer
  }
  return trace.fields.some((f) => unknown.has(f.field)) ? null : trace.value
}
