import type { AlertExplanation } from '@/lib/alerts/explain-alert'
import type { ConditionTrace, FieldValue } from '@/lib/eql/explain'

/** One condition of the rule that held, with what it saw. */
export interface WhyCondition {
  /** 0-based stage of the rule. */
  readonly stage: number
  readonly text: string
  /** The entry of a list, or the one pattern, that decided. */
  readonly decidedBy: string | null
  readonly fields: readonly { readonly field: string; readonly value: string }[]
}

const TEXT_SHOWN = 400

function cut(text: string): string {
  return text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}…` : text
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'absent'
  return cut(typeof value === 'string' ? value : JSON.stringify(value))
}

/** The conditions that decided: of an `or` the branch that was true, of an `and` all of it. */
function deciding(trace: ConditionTrace): readonly ConditionTrace[] {
  if (trace.kind === 'and') return trace.children.flatMap(deciding)
  if (trace.kind === 'or') return trace.children.filter((child) => child.verdict === 'true').slice(0, 1).flatMap(deciding)
  return trace.kind === 'constant' ? [] : [trace]
}

function fieldsOf(trace: ConditionTrace): readonly FieldValue[] {
  return [...trace.fields, ...trace.children.flatMap(fieldsOf)]
}

function stagesOf(result: AlertExplanation): readonly { readonly stage: number; readonly condition: ConditionTrace }[] {
  if (!result.ok) return []
  if (result.language === 'secl') return [{ stage: 0, condition: result.explanation.condition }]
  const steps = result.explanation.matches[0]?.steps ?? []
  return steps.flatMap(({ stage, explanation }) => (explanation ? [{ stage, condition: explanation.condition }] : []))
}

/** Why a rule fired, as a flat list of what held, stage by stage; empty where it cannot be told. Pure. */
export function whyConditions(result: AlertExplanation): readonly WhyCondition[] {
  return stagesOf(result).flatMap(({ stage, condition }) =>
    deciding(condition).map((trace) => {
      const seen = new Map(fieldsOf(trace).map(({ field, value }) => [field, valueText(value)]))
      return { stage, text: cut(trace.text), decidedBy: trace.decidedBy, fields: [...seen].map(([field, value]) => ({ field, value })) }
    }),
  )
}
