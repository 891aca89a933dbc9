import { exceptionEntrySchema, ignoresCaseByDefault, operatorWords, type DraftField, type ExceptionEntry } from '@/lib/exceptions/schema'
import { unescapePattern } from '@/lib/lang/escaped-wildcard'

/** A condition while it is edited: what was typed for one operator is kept when another is tried. */
export interface ConditionDraft {
  /** Identity of the row on the page. */
  readonly key: number
  readonly field: string
  readonly type: ExceptionEntry['type']
  readonly operator: ExceptionEntry['operator']
  readonly value: string
  readonly values: readonly string[]
  readonly ignoreCase: boolean
}

export type OperatorId = `${ExceptionEntry['type']}.${ExceptionEntry['operator']}`

const TYPES = ['match', 'match_any', 'wildcard', 'exists'] as const

/** The operators in the words of the select, each affirmative one before its negation. */
export const OPERATOR_OPTIONS: ReadonlyArray<{ readonly value: OperatorId; readonly label: string }> = TYPES.flatMap((type) =>
  (['included', 'excluded'] as const).map((operator) => ({ value: `${type}.${operator}` as const, label: operatorWords({ type, operator }) })),
)

let lastKey = 0

function nextKey(): number {
  lastKey += 1
  return lastKey
}

export function emptyCondition(): ConditionDraft {
  return { key: nextKey(), field: '', type: 'match', operator: 'included', value: '', values: [], ignoreCase: false }
}

export function fromEntry(entry: ExceptionEntry): ConditionDraft {
  const { field, type, operator } = entry
  if (entry.type === 'exists') return { ...emptyCondition(), field, type, operator }
  const values = entry.type === 'match_any' ? entry.value : [entry.value]
  return { ...emptyCondition(), field, type, operator, value: values[0] ?? '', values, ignoreCase: entry.case_insensitive }
}

/** A condition on a field as the record that asked has it, else as any record of the alert: one value, or any of several. */
export function fromField(field: DraftField): ConditionDraft {
  const values = field.own.length > 0 ? field.own : field.values
  const [value = ''] = values
  return { ...emptyCondition(), field: field.field, type: values.length > 1 ? 'match_any' : 'match', value, values, ignoreCase: ignoresCaseByDefault(field.field) }
}

/** The condition as it would be saved, complete or not. */
export function toEntry({ field, type, operator, value, values, ignoreCase }: ConditionDraft): ExceptionEntry {
  const name = field.trim()
  if (type === 'exists') return { type, field: name, operator }
  if (type === 'match_any') return { type, field: name, operator, value: [...values], case_insensitive: ignoreCase }
  return { type, field: name, operator, value, case_insensitive: ignoreCase }
}

export function isComplete(condition: ConditionDraft): boolean {
  return exceptionEntrySchema.safeParse(toEntry(condition)).success
}

/** Stars stay what they are: who typed one before choosing “matches” meant any text by it. */
export function escapeBackslashes(text: string): string {
  return text.replaceAll('\\', '\\\\')
}

/** Takes over another operator; one value and several carry over into each other. */
export function withOperator(condition: ConditionDraft, id: string): ConditionDraft {
  const option = OPERATOR_OPTIONS.find(({ value }) => value === id)
  if (!option) return condition
  const [type, operator] = option.value.split('.') as [ExceptionEntry['type'], ExceptionEntry['operator']]
  // A pattern that fits one text only is that text; a text becomes the pattern that fits it alone.
  const text = condition.type === 'wildcard' ? (unescapePattern(condition.value) ?? condition.value) : condition.value
  if (type === 'match_any' && condition.type !== 'match_any') {
    return { ...condition, type, operator, value: text, values: text === '' || condition.values.includes(text) ? condition.values : [text] }
  }
  const one = condition.type === 'match_any' ? (condition.values[0] ?? text) : text
  if (type === 'wildcard') return condition.type === 'wildcard' ? { ...condition, operator } : { ...condition, type, operator, value: escapeBackslashes(one) }
  return type === 'exists' ? { ...condition, type, operator } : { ...condition, type, operator, value: one }
}
