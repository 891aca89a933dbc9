import { unreachable } from '@/lib/invariant'
import type { Column } from './column'
import type { CompiledQuery, CompiledStage } from './compile'
import type { JoinKey } from './join-key'
import type { Plan } from './plan'

/**
 * The query as it stands while some fields may yet turn out to be anything: every condition on one of them holds where its
 * holding helps a stage, and fails where its failing does. So an event that satisfies no stage of the relaxed query
 * satisfies none of the query's, whatever those fields become. Its stages join under no key: they are asked whether, not where.
 */
export function relax(query: CompiledQuery, isOpen: (field: string) => boolean): CompiledQuery {
  const { until } = query
  return { ...query, stages: query.stages.map((stage) => relaxStage(stage, isOpen)), until: until && relaxStage(until, isOpen) }
}

const NO_FIELDS = (): readonly JoinKey[] => [[]]

function relaxStage(stage: CompiledStage, isOpen: (field: string) => boolean): CompiledStage {
  const reads = (column: Column): boolean => isOpen(column.name) || (column.info?.path !== undefined && isOpen(column.info.path))
  const category = stage.category !== null && reads(stage.categoryColumn) ? null : stage.category
  return { ...stage, category, plan: relaxPlan(stage.plan, reads, true), keys: NO_FIELDS }
}

/** `helps` says which answer of a condition is the one that lets the stage hold: under an odd number of negations, false. */
function relaxPlan(plan: Plan, reads: (column: Column) => boolean, helps: boolean): Plan {
  switch (plan.kind) {
    case 'constant':
      return plan
    case 'leaf':
      return plan.leaf.columns.some(reads) ? { kind: 'constant', value: helps, expr: plan.expr } : plan
    case 'not': {
      const operand = relaxPlan(plan.operand, reads, !helps)
      return operand.kind === 'constant' ? { ...operand, value: !operand.value } : { ...plan, operand }
    }
    case 'and':
    case 'or': {
      const decisive = plan.kind === 'or'
      const terms = plan.terms.map((term) => relaxPlan(term, reads, helps))
      // What is decided is left out: an index files stages under the conditions that remain.
      if (terms.some((term) => term.kind === 'constant' && term.value === decisive)) return { kind: 'constant', value: decisive, expr: plan.expr }
      const left = terms.filter((term) => term.kind !== 'constant')
      const [only] = left
      if (only === undefined) return { kind: 'constant', value: !decisive, expr: plan.expr }
      return left.length === 1 ? only : { ...plan, terms: left }
    }
    default:
      return unreachable(plan)
  }
}
