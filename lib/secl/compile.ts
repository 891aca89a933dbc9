import { unreachable } from '@/lib/invariant'
import type { Diagnostic } from '@/lib/lang/diagnostic'
import { check } from './check'
import type { CheckResult } from './check'
import type { SeclContext, SeclValue } from './context'
import { explainPlan } from './explain'
import type { Explanation } from './explain'
import type { FieldRead, FieldSchema } from './fields'
import { compileLeaf } from './leaf'
import { macroTable } from './macros'
import type { MacroTable } from './macros'
import { parse } from './parser'
import type { Operand, Plan } from './plan'
import { isDynamic } from './plan'
import { readsOf } from './reads'
import type { AncestryReads } from './reads'
import { compileSource } from './source'
import type { Evaluation, RegisterSlots, SourceCompiler } from './source'
import { declareVariables } from './variables'
import type { VariableTable } from './variables'

export interface CompileOptions {
  /** Macros by name: their sources, or a table that is parsed already. */
  readonly macros?: Readonly<Record<string, string>> | MacroTable
  /** Variables by name: values that declare their types, or declarations. */
  readonly variables?: Readonly<Record<string, SeclValue>> | VariableTable
  /** The event type a rule has that does not show it. */
  readonly eventType?: string
  readonly schema?: FieldSchema
}

/** An expression that is ready to run. It holds no state: one may be shared by any number of readers. */
export interface CompiledExpression {
  readonly source: string
  readonly plan: Plan
  /** Null when it applies to every event. */
  readonly eventType: string | null
  readonly fields: readonly FieldRead[]
  readonly variables: CheckResult['variables']
  /** What it reads of the process's parent and ancestors. */
  readonly ancestry: AncestryReads
  readonly matches: (context: SeclContext) => boolean
  /** How every part of it went for an event. Slower than `matches`; meant for alerts and for trying rules. */
  readonly explain: (context: SeclContext) => Explanation
}

export type CompileResult =
  | { readonly ok: true; readonly expression: CompiledExpression; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/** Parses, checks and compiles a rule's expression. Nothing is thrown whatever the text; warnings come with a success too. */
export function compileExpression(source: string, options: CompileOptions = {}): CompileResult {
  const parsed = parse(source)
  if (!parsed.expr) return { ok: false, diagnostics: parsed.diagnostics }
  const macros = options.macros instanceof Map ? (options.macros as MacroTable) : macroTable((options.macros ?? {}) as Readonly<Record<string, string>>)
  const variables = options.variables instanceof Map ? (options.variables as VariableTable) : declareVariables((options.variables ?? {}) as Readonly<Record<string, SeclValue>>)
  const checked = check(source, parsed.expr, { macros, variables, ...(options.schema ? { schema: options.schema } : {}) })
  const diagnostics = [...parsed.diagnostics, ...checked.diagnostics]
  if (!checked.plan) return { ok: false, diagnostics }
  return { ok: true, expression: compilePlan(source, checked.plan, checked, options.eventType), diagnostics }
}

type Test = (e: Evaluation) => boolean

/** Compiles what is checked already. */
export function compilePlan(source: string, plan: Plan, checked: CheckResult, eventType?: string): CompiledExpression {
  const slots: RegisterSlots = new Map(checked.registers.map((r, i) => [r.name, i]))
  const test = compileTest(plan, slots)
  const lists = checked.registers.map((r) => r.iterator)
  const type = checked.eventType ?? eventType ?? null
  return {
    source,
    plan,
    eventType: type,
    fields: checked.fields,
    variables: checked.variables,
    ancestry: readsOf(checked.fields),
    matches: (context) => (type === null || context.isEvent(type)) && findBinding(context, lists, test) !== null,
    explain: (context) => {
      const binding = findBinding(context, lists, test) ?? nearestBinding(context, lists)
      const inType = type === null || context.isEvent(type)
      return explainPlan(plan, { context, registers: binding }, { eventType: type, inType, registers: checked.registers, slots, compileCondition: (p) => compileTest(p, slots) })
    },
  }
}

/** Where each named register must stand for the rule to hold, the nearest elements tried first; null when nowhere. */
function findBinding(context: SeclContext, lists: readonly string[], test: Test): readonly number[] | null {
  const counts = lists.map((list) => context.count(list))
  const registers = nearestBinding(context, lists) as number[]
  for (;;) {
    if (test({ context, registers })) return registers
    let slot = registers.length - 1
    while (slot >= 0 && (registers[slot] ?? 0) + 1 >= (counts[slot] ?? 0)) {
      registers[slot] = (counts[slot] ?? 0) > 0 ? 0 : -1
      slot--
    }
    if (slot < 0) return null
    registers[slot] = (registers[slot] ?? 0) + 1
  }
}

function nearestBinding(context: SeclContext, lists: readonly string[]): readonly number[] {
  return lists.map((list) => (context.count(list) > 0 ? 0 : -1))
}

function compileTest(plan: Plan, slots: RegisterSlots): Test {
  const compiler: SourceCompiler = { slots, condition: (p) => compileTest(p, slots) }
  switch (plan.kind) {
    case 'leaf':
      return compileLeaf(plan, compiler).matches
    case 'truth': {
      const source = compileSource(plan.operand, compiler)
      return source.array ? () => false : (e) => source.one(e) === true
    }
    case 'not': {
      const operand = compileTest(plan.operand, slots)
      return (e) => !operand(e)
    }
    case 'and': {
      const terms = cheapestFirst(plan.terms).map((t) => compileTest(t, slots))
      return (e) => terms.every((term) => term(e))
    }
    case 'or': {
      const terms = cheapestFirst(plan.terms).map((t) => compileTest(t, slots))
      return (e) => terms.some((term) => term(e))
    }
    default:
      return unreachable(plan)
  }
}

/** The order of terms changes no answer: lists of ancestors and regular expressions are asked last. */
function cheapestFirst(terms: readonly Plan[]): readonly Plan[] {
  return terms.toSorted((a, b) => costOf(a) - costOf(b))
}

function costOf(plan: Plan): number {
  switch (plan.kind) {
    case 'truth':
      return readCost(plan.operand)
    case 'not':
      return costOf(plan.operand)
    case 'and':
    case 'or':
      return plan.terms.reduce((sum, term) => sum + costOf(term), 0)
    case 'leaf':
      return readCost(plan.subject) * (plan.by.kind === 'texts' ? 1 + plan.by.items.filter((i) => i.kind !== 'exact').length * 4 : 1)
    default:
      return unreachable(plan)
  }
}

function readCost(operand: Operand): number {
  if (!isDynamic(operand)) return 0
  if (operand.kind === 'field' && operand.field.iterator !== null) return 200
  return operand.type.array ? 5 : 1
}
