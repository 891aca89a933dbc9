import { unreachable } from '@/lib/invariant'
import type { Span } from '@/lib/lang/diagnostic'
import type { SeclValue } from './context'
import { compileLeaf } from './leaf'
import { nearestMiss } from './nearest-miss'
import type { NearestMiss } from './nearest-miss'
import type { LeafPlan, Operand, Plan } from './plan'
import { print } from './print'
import { compileSource, readEvery, readVariable } from './source'
import type { Comparable, Evaluation, RegisterSlots, SourceCompiler } from './source'

/** `not-evaluated`: a term before it had decided. */
export type Verdict = 'true' | 'false' | 'not-evaluated'

/** One condition of a rule and how it went for an event. */
export interface ConditionTrace {
  readonly kind: 'condition' | 'and' | 'or' | 'not' | 'constant'
  /** The condition as the printer writes it, and where it stands in the rule; a macro's conditions stand at its name. */
  readonly text: string
  readonly span: Span
  readonly macro: string | null
  readonly verdict: Verdict
  /** What it is, evaluated or not. */
  readonly value: boolean
  /** For a leaf: each field and variable it reads with the event's actual value. */
  readonly fields: readonly FieldValue[]
  /** The value of a list or array that decided: the first that is accepted. Null where none is. */
  readonly matched: MatchedValue | null
  /** The entry of a list (or the one pattern) that accepted it, as it is written. */
  readonly decidedBy: string | null
  readonly children: readonly ConditionTrace[]
}

export interface FieldValue {
  readonly field: string
  /** Undefined if the event has none: the language makes "", 0, false or an empty array of it. */
  readonly value: SeclValue | undefined
  readonly span: Span
}

export interface MatchedValue {
  readonly value: SeclValue
  /** Which ancestor it is of, the nearest being 0; null where the field is no ancestor's. */
  readonly element: number | null
}

/** A part of the rule's text that made it match, and the value it matched. */
export interface MatchingSubexpression {
  readonly offset: number
  readonly length: number
  readonly text: string
  readonly field: string | null
  readonly value: SeclValue | undefined
}

export interface Explanation {
  readonly matched: boolean
  /** The event type the rule asks for, and whether the event is of it. */
  readonly eventType: string | null
  readonly inType: boolean
  readonly condition: ConditionTrace
  /** The evaluated conditions that made it true; empty when it did not match. */
  readonly matching: readonly MatchingSubexpression[]
  /** Where each named register stands; -1 in an empty list. */
  readonly registers: readonly { readonly name: string; readonly iterator: string; readonly index: number }[]
  /** Null if it matched, or can never match. */
  readonly nearestMiss: NearestMiss | null
}

export interface ExplainSetting {
  readonly eventType: string | null
  readonly inType: boolean
  readonly registers: readonly { readonly name: string; readonly iterator: string }[]
  readonly slots: RegisterSlots
  readonly compileCondition: SourceCompiler['condition']
}

export function explainPlan(plan: Plan, evaluation: Evaluation, setting: ExplainSetting): Explanation {
  const compiler: SourceCompiler = { slots: setting.slots, condition: setting.compileCondition }
  const condition = new Tracer(evaluation, compiler).trace(plan, setting.inType)
  const matched = setting.inType && condition.value
  return {
    matched,
    eventType: setting.eventType,
    inType: setting.inType,
    condition,
    matching: matched ? subexpressions(condition) : [],
    registers: setting.registers.map((r, i) => ({ ...r, index: evaluation.registers[i] ?? -1 })),
    nearestMiss: matched ? null : nearestMiss(condition),
  }
}

class Tracer {
  constructor(
    private readonly evaluation: Evaluation,
    private readonly compiler: SourceCompiler,
  ) {}

  trace(plan: Plan, evaluated: boolean): ConditionTrace {
    const base = { text: print(plan.expr), span: plan.span, macro: plan.macro, fields: [], matched: null, decidedBy: null, children: [] }
    const verdict = (value: boolean): Verdict => (evaluated ? (value ? 'true' : 'false') : 'not-evaluated')
    switch (plan.kind) {
      case 'leaf':
        return { ...base, ...this.leaf(plan), kind: 'condition', verdict: verdict(this.compiler.condition(plan)(this.evaluation)) }
      case 'truth': {
        const value = this.compiler.condition(plan)(this.evaluation)
        const kind = plan.operand.kind === 'constant' ? 'constant' : 'condition'
        return { ...base, kind, verdict: verdict(value), value, fields: this.fieldsOf(plan.operand) }
      }
      case 'not': {
        const operand = this.trace(plan.operand, evaluated)
        return { ...base, kind: 'not', verdict: verdict(!operand.value), value: !operand.value, children: [operand] }
      }
      case 'and':
      case 'or': {
        const decisive = plan.kind === 'or'
        const children: ConditionTrace[] = []
        let decided = false
        for (const term of plan.terms) {
          const child = this.trace(term, evaluated && !decided)
          children.push(child)
          if (child.value === decisive) decided = true
        }
        const value = decided ? decisive : !decisive
        return { ...base, kind: plan.kind, verdict: verdict(value), value, children }
      }
      default:
        return unreachable(plan)
    }
  }

  private leaf(plan: LeafPlan): Pick<ConditionTrace, 'value' | 'fields' | 'matched' | 'decidedBy' | 'children'> {
    const leaf = compileLeaf(plan, this.compiler)
    const other = plan.by.kind === 'operand' ? [plan.by.other] : []
    const operands = [plan.subject, ...other]
    const value = leaf.matches(this.evaluation)
    const values = leaf.subject.array ? leaf.subject.list(this.evaluation) : [leaf.subject.one(this.evaluation)]
    const accepted = values.findIndex((v) => leaf.accepts(v, this.evaluation))
    const shown = values[accepted]
    return {
      value,
      fields: operands.flatMap((o) => this.fieldsOf(o)),
      matched: accepted < 0 ? null : this.matchedValue(plan.subject, accepted),
      decidedBy: accepted < 0 || shown === undefined ? null : leaf.entryFor(shown, this.evaluation),
      // A comparison of comparisons shows how those went.
      children: operands.flatMap((o) => (o.kind === 'condition' ? [this.trace(o.plan, true)] : [])),
    }
  }

  /** The accepted value as the event has it, and whose it is. */
  private matchedValue(subject: Operand, at: number): MatchedValue | null {
    if (subject.kind !== 'field') return scalarMatch(compileSource(subject, this.compiler), this.evaluation)
    const { field } = subject
    if (field.length) return null
    if (field.iterator === null || field.register !== null) {
      const [found] = this.fieldsOf(subject)
      const value = typeof found?.value === 'object' ? found.value[at] : found?.value
      const slot = field.register === null ? undefined : this.compiler.slots.get(field.register)
      return value === undefined ? null : { value, element: slot === undefined ? null : (this.evaluation.registers[slot] ?? null) }
    }
    let left = at
    for (const [element, raw] of readEvery(this.evaluation.context, field, field.iterator).entries()) {
      const values = typeof raw === 'object' ? raw : [raw ?? '']
      const value = values[left]
      if (value !== undefined && left < values.length) return { value, element }
      left -= values.length
    }
    return null
  }

  private fieldsOf(operand: Operand): readonly FieldValue[] {
    switch (operand.kind) {
      case 'field': {
        const { field, span } = operand
        const name = print(operand.expr)
        const { context, registers } = this.evaluation
        if (field.iterator === null) return [{ field: name, value: context.read(field.name), span }]
        if (field.register !== null) {
          const index = registers[this.compiler.slots.get(field.register) ?? 0] ?? -1
          return [{ field: name, value: index < 0 ? undefined : context.readAt(field.iterator, index, field.name), span }]
        }
        if (field.length && field.name === field.iterator) return [{ field: name, value: context.count(field.iterator), span }]
        return [{ field: name, value: readEvery(context, field, field.iterator).flatMap((v) => v ?? []), span }]
      }
      case 'variable':
        return [{ field: `\${${operand.name}}`, value: readVariable(operand, this.evaluation), span: operand.span }]
      case 'template':
        return operand.parts.flatMap((part) => (typeof part === 'string' ? [] : this.fieldsOf(part)))
      case 'arithmetic':
        return operand.operands.flatMap((o) => this.fieldsOf(o))
      default:
        return []
    }
  }
}

function scalarMatch(source: ReturnType<typeof compileSource>, evaluation: Evaluation): MatchedValue | null {
  const value: Comparable = source.array ? null : source.one(evaluation)
  return value === null || typeof value === 'object' ? null : { value, element: null }
}

/** The leaves that a reader would underline: those evaluated, on the way to the answer, that went as the answer needed. */
function subexpressions(trace: ConditionTrace): readonly MatchingSubexpression[] {
  if (trace.verdict === 'not-evaluated') return []
  switch (trace.kind) {
    case 'and':
      return trace.children.flatMap(subexpressions)
    case 'or':
      return trace.children.filter((c) => c.verdict === 'true').flatMap(subexpressions)
    case 'constant':
      return []
    case 'not':
    case 'condition': {
      const leaves = trace.kind === 'not' ? leavesOf(trace) : [trace]
      const common = { offset: trace.span.start, length: trace.span.end - trace.span.start, text: trace.text }
      return leaves.flatMap((leaf): MatchingSubexpression[] => {
        const [first] = leaf.fields
        return leaf.fields.length === 0 ? [{ ...common, field: null, value: undefined }] : leaf.fields.map((f) => ({ ...common, field: f.field, value: f === first && leaf.matched && leaf.value ? leaf.matched.value : f.value }))
      })
    }
    default:
      return unreachable(trace.kind)
  }
}

function leavesOf(trace: ConditionTrace): readonly ConditionTrace[] {
  return trace.children.length === 0 ? [trace] : trace.children.flatMap(leavesOf)
}
