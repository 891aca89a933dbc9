import { compile, explain } from '@/lib/eql'
import type { QueryExplanation } from '@/lib/eql'
import type { RuleDocument } from '@/lib/rules/schema'
import type { AlertEvent } from './schema'

/** How a rule's query went over an alert's records, or why that cannot be told. */
export type AlertExplanation = { readonly ok: true; readonly explanation: QueryExplanation } | { readonly ok: false; readonly message: string }

/** Runs the rule as it was over the alert's records and says of every condition what it saw. Events are named by position. */
export function explainAlert(rule: RuleDocument, events: readonly AlertEvent[]): AlertExplanation {
  if (rule.language !== 'eql') return { ok: false, message: `Rules in ${rule.language} cannot be explained yet.` }
  const compiled = compile(rule.query, { categoryField: rule.event_category_override, timestampField: rule.timestamp_field })
  if (!compiled.ok) return { ok: false, message: compiled.diagnostics[0]?.message ?? 'The query does not compile.' }
  return {
    ok: true,
    explanation: explain(
      compiled.query,
      events.map(({ event }) => event),
      rule.timestamp_field === undefined ? {} : { timestampField: rule.timestamp_field },
    ),
  }
}
