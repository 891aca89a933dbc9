import type { Context } from '@/lib/auth/context'
import { readSurroundings } from '@/lib/db/surroundings'
import { compile, explain } from '@/lib/eql'
import type { QueryExplanation } from '@/lib/eql'
import type { RuleDocument } from '@/lib/rules/schema'
import { compileExpression, eventContext } from '@/lib/secl'
import type { Explanation } from '@/lib/secl'
import type { AlertEvent } from './schema'

/**
 * How a rule went over an alert's records, or why that cannot be told. A query names its events by position; an expression
 * is about one record, at `position`, and what is stored of its ancestry.
 */
export type AlertExplanation =
  | { readonly ok: true; readonly language: 'eql'; readonly explanation: QueryExplanation }
  | { readonly ok: true; readonly language: 'secl'; readonly explanation: Explanation; readonly position: number }
  | { readonly ok: false; readonly message: string }

function explainQuery(rule: RuleDocument, events: readonly AlertEvent[]): AlertExplanation {
  const compiled = compile(rule.query, { categoryField: rule.event_category_override, timestampField: rule.timestamp_field })
  if (!compiled.ok) return { ok: false, message: compiled.diagnostics[0]?.message ?? 'The query does not compile.' }
  return {
    ok: true,
    language: 'eql',
    explanation: explain(
      compiled.query,
      events.map(({ event }) => event),
      rule.timestamp_field === undefined ? {} : { timestampField: rule.timestamp_field },
    ),
  }
}

function explainExpression(context: Pick<Context, 'events'>, rule: RuleDocument, events: readonly AlertEvent[]): AlertExplanation {
  const compiled = compileExpression(rule.query)
  if (!compiled.ok) return { ok: false, message: compiled.diagnostics[0]?.message ?? 'The expression does not compile.' }
  const record = events.find(({ stage }) => stage === 0)
  const stored = record && context.events.byIds([record.eventId])[0]
  if (!record || !stored) return { ok: false, message: 'The record that raised the alert is no longer stored.' }
  const around = readSurroundings(context.events, { ...stored, event: record.event })
  const explanation = compiled.expression.explain(eventContext(record.event, { ancestors: around.ancestors.map(({ event }) => event), exec: around.exec }))
  return { ok: true, language: 'secl', explanation, position: record.position }
}

/**
 * Runs the rule as it was over the alert's records and says of every condition what it saw. `removed` says that some of them
 * are gone, where they are: then nothing can be said.
 */
export function explainAlert(context: Pick<Context, 'events'>, rule: RuleDocument, events: readonly AlertEvent[], removed: string | null = null): AlertExplanation {
  if (removed !== null) return { ok: false, message: `${removed} So its conditions cannot be shown with what they saw; the query stands as it was.` }
  if (rule.language === 'eql') return explainQuery(rule, events)
  if (rule.language === 'secl') return explainExpression(context, rule, events)
  return { ok: false, message: `Rules in ${rule.language} cannot be explained.` }
}
