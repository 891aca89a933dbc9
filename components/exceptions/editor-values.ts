import { emptyCondition, fromEntry, isComplete, toEntry, type ConditionDraft } from '@/components/exceptions/condition-draft'
import { expiresAt, expiryOf, type Expiry } from '@/components/exceptions/expiry'
import type { ClosingVerdict, ExceptionDraft, ExceptionInput, ExceptionUpdateInput, PreviewInput } from '@/lib/exceptions/schema'

/** What is entered in the editor. */
export interface EditorValues {
  readonly name: string
  readonly reason: string
  readonly ruleId: string | null
  readonly stage: number | null
  readonly conditions: readonly ConditionDraft[]
  readonly expiry: Expiry
  readonly enabled: boolean
  readonly closes: boolean
  readonly closeAs: ClosingVerdict
}

export function valuesOf({ initial }: ExceptionDraft): EditorValues {
  const { name, reason, ruleId, stage, enabled } = initial
  return {
    name,
    reason,
    ruleId,
    stage,
    enabled,
    conditions: initial.entries.length === 0 ? [emptyCondition()] : initial.entries.map(fromEntry),
    expiry: expiryOf(initial.expiresAt),
    closes: false,
    closeAs: 'false_positive',
  }
}

/** What to ask the preview, or null while a condition is not complete. */
export function previewOf({ conditions, ruleId, stage }: EditorValues, complete: boolean): PreviewInput | null {
  return conditions.length > 0 && conditions.every(isComplete) ? { entries: conditions.map(toEntry), ruleId, stage, complete } : null
}

/** What to save. `closable` is how many undecided alerts there are to close; with none, none are. */
export function inputOf(values: EditorValues, { editing, initial }: ExceptionDraft, closable: number, now: number): ExceptionInput | ExceptionUpdateInput {
  const { name, reason, ruleId, stage, enabled, conditions } = values
  const written = {
    name,
    reason,
    ruleId,
    stage,
    enabled,
    entries: conditions.map(toEntry),
    startsAt: initial.startsAt,
    expiresAt: expiresAt(values.expiry, now),
    closeMatchingAs: values.closes && closable > 0 ? values.closeAs : null,
  }
  return editing ? { ...written, ...editing } : { ...written, alertId: initial.alertId }
}
