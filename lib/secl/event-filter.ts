import { LACKS } from '@/lib/ecs/enrich'
import { compilePlan } from './compile'
import type { CompiledExpression } from './compile'
import type { SeclContext } from './context'
import type { Plan } from './plan'

/** Whether a node of a plan, or anything below it, reads what may arrive after the event: ancestors, or its exec record. */
function readsLater(node: unknown, later: (field: string) => boolean): boolean {
  if (typeof node !== 'object' || node === null) return false
  if (Array.isArray(node)) return node.some((item) => readsLater(item, later))
  if ('kind' in node && node.kind === 'field' && 'field' in node && typeof node.field === 'object' && node.field !== null && 'name' in node.field) {
    return later(String(node.field.name))
  }
  return Object.entries(node).some(([key, value]) => key !== 'expr' && key !== 'span' && readsLater(value, later))
}

/** What is read of a process of its own program and of its parent's pid. */
const FILLED_IN: Readonly<Record<string, number>> = {
  comm: LACKS.program,
  'file.extension': LACKS.program,
  'file.name': LACKS.program,
  'file.path': LACKS.program,
  ppid: LACKS.parentId | LACKS.parentProgram,
}

/** Whether a field of the event's own process may read differently once what its record lacks (`LACKS`) is filled in. */
export function mayBeFilledIn(field: string, lacks: number): boolean {
  const name = /^(?:process|exec|exit)\.(.*)$/.exec(field)?.[1]
  return name !== undefined && Object.hasOwn(FILLED_IN, name) && ((FILLED_IN[name] ?? 0) & lacks) !== 0
}

/**
 * The part of an expression that one event decides by itself: of the terms that all have to hold, those that read neither
 * the processes above nor, for other events than exec, the process's own record. An event that fails it can never match,
 * whatever arrives; one that passes is a candidate to be looked at with its ancestry. With `lacks` (`LACKS`) it is what an event
 * decides before that is filled in.
 */
export function eventFilter(expression: CompiledExpression, lacks = 0): (context: SeclContext) => boolean {
  const { plan, source, variables, eventType } = expression
  const isExec = eventType === 'exec'
  const later = (field: string): boolean => /(?:^|\.)(?:ancestors|parent)(?:\.|$)/.test(field) || (!isExec && field.startsWith('process.')) || mayBeFilledIn(field, lacks)
  const terms = plan.kind === 'and' ? plan.terms : [plan]
  const own = terms.filter((term) => !readsLater(term, later))
  if (own.length === terms.length) return expression.matches
  const [first] = own
  if (!first) return (context) => eventType === null || context.isEvent(eventType)
  const kept: Plan = own.length === 1 ? first : { kind: 'and', terms: own, expr: plan.expr, span: plan.span, macro: plan.macro }
  return compilePlan(source, kept, { plan: kept, diagnostics: [], fields: [], registers: [], variables, eventType }).matches
}
