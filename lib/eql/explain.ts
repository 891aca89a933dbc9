import type { EcsEvent } from '@/lib/ecs/event'
import type { Span } from '@/lib/lang/diagnostic'
import { unreachable } from '@/lib/invariant'
import { isLiteral } from './ast'
import type { CallExpr, Expr, InExpr, MatchExpr } from './ast'
import { UNTIL_STAGE } from './compile'
import type { CompiledQuery, CompiledStage } from './compile'
import type { JoinKey, KeyValue } from './join-key'
import { printExpr, printLiteral } from './print'
import type { Leaf } from './leaf'
import type { Plan } from './plan'

/** `not-evaluated`: a term before it had decided. */
export type Verdict = 'true' | 'false' | 'not-evaluated'

/** One condition of a query and how it went for an event. */
export interface ConditionTrace {
  readonly kind: 'category' | 'condition' | 'and' | 'or' | 'not' | 'constant'
  /** The condition as the printer writes it, and where it stands in the query. */
  readonly text: string
  readonly span: Span
  readonly verdict: Verdict
  /** What it is, evaluated or not. */
  readonly value: boolean
  /** For a leaf: each field it reads with the event's actual value, undefined if the event has none. */
  readonly fields: readonly FieldValue[]
  /** The entry of a list (or the one pattern) that made it true, as it is written in the query. */
  readonly decidedBy: string | null
  readonly children: readonly ConditionTrace[]
}

export interface FieldValue {
  readonly field: string
  readonly value: unknown
}

/** The fewest conditions that would have had to go otherwise; with one, that is what stood between the event and a match. */
export interface NearestMiss {
  readonly distance: number
  readonly conditions: readonly MissedCondition[]
}

export interface MissedCondition {
  readonly trace: ConditionTrace
  /** What it would have had to be. */
  readonly wanted: boolean
}

export interface StageExplanation {
  /** The term's index; -1 is `until`. */
  readonly stage: number
  /** Satisfied, and joinable. */
  readonly matched: boolean
  readonly condition: ConditionTrace
  readonly keys: readonly KeyField[]
  /** Join fields for want of which a satisfying event was ignored. */
  readonly missingKeys: readonly string[]
  /** Null if the conditions are satisfied, or can never be. */
  readonly nearestMiss: NearestMiss | null
}

export interface KeyField {
  readonly field: string
  readonly value: KeyValue | readonly KeyValue[] | undefined
}

/** Explains one stage for one event. `stage` counts terms from 0; -1 is `until`. */
export function explainEvent(query: CompiledQuery, stage: number, event: EcsEvent): StageExplanation {
  const found = stage === UNTIL_STAGE ? query.until : query.stages[stage]
  if (!found) throw new RangeError(`the query has no stage ${stage}`)
  return explainStage(found, event)
}

export function explainStage(stage: CompiledStage, event: EcsEvent): StageExplanation {
  const condition = withCategory(stage, tracePlan(stage.plan, event, true), event)
  const joined = stage.keys(event)
  const keys = stage.keyColumns.map((column, i) => ({ field: column.name, value: together(joined, i) }))
  const satisfied = condition.value
  const joinable = joined.length > 0
  return {
    stage: stage.index,
    matched: satisfied && joinable,
    condition,
    keys,
    missingKeys: satisfied && !joinable ? stage.missingKeys(event) : [],
    nearestMiss: satisfied ? null : nearestMiss(condition),
  }
}

/** What a key field has: one value mostly, a list where it has several, undefined where the event cannot be joined. */
function together(keys: readonly JoinKey[], at: number): KeyField['value'] {
  const values = [...new Set(keys.map((key) => key[at] ?? null))]
  return values.length > 1 ? values : values[0]
}

function withCategory(stage: CompiledStage, condition: ConditionTrace, event: EcsEvent): ConditionTrace {
  if (stage.category === null) return condition
  const fields = [{ field: stage.categoryColumn.name, value: stage.categoryColumn.read(event) }]
  const value = stage.inCategory(event)
  const category: ConditionTrace = {
    kind: 'category',
    text: `${stage.categoryColumn.name} == ${JSON.stringify(stage.category)}`,
    span: stage.categorySpan,
    verdict: value ? 'true' : 'false',
    value,
    fields,
    decidedBy: null,
    children: [],
  }
  const rest = value ? condition : notEvaluated(condition)
  return {
    kind: 'and',
    text: `${stage.category} where ${condition.text}`,
    span: { start: stage.categorySpan.start, end: condition.span.end },
    verdict: value && condition.value ? 'true' : 'false',
    value: value && condition.value,
    fields: [],
    decidedBy: null,
    // A conjunction below the category reads better as one list.
    children: [category, ...(rest.kind === 'and' ? rest.children : [rest])],
  }
}

function notEvaluated(trace: ConditionTrace): ConditionTrace {
  return { ...trace, verdict: 'not-evaluated', children: trace.children.map(notEvaluated) }
}

function tracePlan(plan: Plan, event: EcsEvent, evaluated: boolean): ConditionTrace {
  const base = { text: printExpr(plan.expr), span: plan.expr.span, fields: [], decidedBy: null, children: [] }
  const verdict = (value: boolean): Verdict => (evaluated ? (value ? 'true' : 'false') : 'not-evaluated')
  switch (plan.kind) {
    case 'constant':
      return { ...base, kind: 'constant', verdict: verdict(plan.value), value: plan.value }
    case 'leaf': {
      const value = plan.leaf.matches(event)
      const fields = plan.leaf.columns.map((c) => ({ field: c.name, value: c.read(event) }))
      return { ...base, kind: 'condition', verdict: verdict(value), value, fields, decidedBy: value ? decidedBy(plan.leaf, event) : null }
    }
    case 'not': {
      const operand = tracePlan(plan.operand, event, evaluated)
      const value = !operand.value
      // `a != b` is a complement in the plan and one condition to its author.
      if (plan.expr.kind !== 'not') return { ...operand, text: base.text, span: base.span, verdict: verdict(value), value }
      return { ...base, kind: 'not', verdict: verdict(value), value, children: [operand] }
    }
    case 'and':
    case 'or': {
      const decisive = plan.kind === 'or'
      const children: ConditionTrace[] = []
      let decided = false
      for (const term of plan.terms) {
        const child = tracePlan(term, event, evaluated && !decided)
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

/** Which entry of a list accepts the event: each is tried alone, for an explanation can take its time. */
function decidedBy(leaf: Leaf, event: EcsEvent): string | null {
  const entries = entriesOf(leaf.expr)
  for (const entry of entries) {
    if (leaf.single(entry.alone).matches(event)) return entry.text
  }
  return null
}

interface Entry {
  readonly text: string
  /** The condition with this entry only. */
  readonly alone: Expr
}

function entriesOf(expr: Expr): readonly Entry[] {
  switch (expr.kind) {
    case 'match':
      return expr.patterns.map((p) => ({ text: printLiteral(p), alone: { ...expr, patterns: [p] } satisfies MatchExpr }))
    case 'in':
      return expr.items.map((i) => ({ text: printExpr(i), alone: { ...expr, items: [i] } satisfies InExpr }))
    case 'call': {
      const [subject, ...rest] = expr.args
      if (!subject || rest.length < 2 || !/^(?:cidrmatch|wildcard)$/i.test(expr.name) || !rest.every(isLiteral)) return []
      return rest.map((a) => ({ text: printExpr(a), alone: { ...expr, args: [subject, a] } satisfies CallExpr }))
    }
    default:
      return []
  }
}

/** The cheapest way to make a trace true; null when constants stand in the way. */
export function nearestMiss(trace: ConditionTrace): NearestMiss | null {
  const conditions = flips(trace, true)
  return conditions && { distance: conditions.length, conditions }
}

function flips(trace: ConditionTrace, wanted: boolean): readonly MissedCondition[] | null {
  if (trace.value === wanted) return []
  switch (trace.kind) {
    case 'constant':
      return null
    case 'category':
    case 'condition':
      return [{ trace, wanted }]
    case 'not': {
      const [operand] = trace.children
      return operand ? flips(operand, !wanted) : null
    }
    case 'and':
    case 'or': {
      // To make an `and` true (or an `or` false) every term must go along; otherwise one is enough.
      const all = (trace.kind === 'and') === wanted
      let best: readonly MissedCondition[] | null = null
      const together: MissedCondition[] = []
      for (const child of trace.children) {
        const needed = flips(child, wanted)
        if (all) {
          if (!needed) return null
          together.push(...needed)
        } else if (needed && (best === null || needed.length < best.length)) best = needed
      }
      return all ? together : best
    }
    default:
      return unreachable(trace.kind)
  }
}
