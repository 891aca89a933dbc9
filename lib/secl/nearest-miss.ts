import { unreachable } from '@/lib/invariant'
import type { ConditionTrace } from './explain'

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
    case 'condition':
      return [{ trace, wanted }]
    case 'not': {
      const [operand] = trace.children
      return operand ? flips(operand, !wanted) : null
    }
    case 'and':
    case 'or':
      // To make an `and` true (or an `or` false) every term must go along; otherwise one is enough.
      return (trace.kind === 'and') === wanted ? together(trace, wanted) : cheapest(trace, wanted)
    default:
      return unreachable(trace.kind)
  }
}

function together(trace: ConditionTrace, wanted: boolean): readonly MissedCondition[] | null {
  const all: MissedCondition[] = []
  for (const child of trace.children) {
    const needed = flips(child, wanted)
    if (!needed) return null
    all.push(...needed)
  }
  return all
}

function cheapest(trace: ConditionTrace, wanted: boolean): readonly MissedCondition[] | null {
  let best: readonly MissedCondition[] | null = null
  for (const child of trace.children) {
    const needed = flips(child, wanted)
    if (needed && (best === null || needed.length < best.length)) best = needed
  }
  return best
}
