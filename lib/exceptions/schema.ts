/**
 * lib/exceptions: what keeps a rule quiet, and why. An exception filters single events before a rule sees them (Elastic's
 * semantics): an event that matches one cannot take part in a match.
 */
import { z } from 'zod'

export const ENTRY_TYPES = ['match', 'match_any', 'wildcard', 'exists'] as const

const field = z.string().trim().min(1, 'name a field').max(500)
const value = z.string().min(1, 'give a value').max(32_766)
const operator = z.enum(['included', 'excluded'])
/** Off by default: paths differ by case on Linux. Elastic's format has no such switch; it is kept beside it. */
const caseInsensitive = z.boolean().default(false)

/** One condition, in the shape of Elastic's exception items. `excluded` is true of an event without the field. */
export const exceptionEntrySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('match'), field, operator, value, case_insensitive: caseInsensitive }),
  z.object({ type: z.literal('match_any'), field, operator, value: z.array(value).min(1, 'give at least one value').max(1_000), case_insensitive: caseInsensitive }),
  z.object({ type: z.literal('wildcard'), field, operator, value, case_insensitive: caseInsensitive }),
  z.object({ type: z.literal('exists'), field, operator }),
])
export type ExceptionEntry = z.infer<typeof exceptionEntrySchema>

const instant = z.iso.datetime({ offset: true })

export const exceptionInput = z.object({
  name: z.string().trim().min(1, 'give it a name').max(200),
  reason: z.string().trim().min(1, 'say why, for whoever reviews it later').max(10_000),
  /** `rule_id` of the rule it belongs to; null for all rules. */
  ruleId: z.string().nullable(),
  /** 0-based stage whose events it removes; null for any event the rule looks at. */
  stage: z.number().int().min(0).max(100).nullable().default(null),
  entries: z.array(exceptionEntrySchema).min(1, 'give at least one condition').max(100),
  enabled: z.boolean().default(true),
  startsAt: instant.nullable().default(null),
  expiresAt: instant.nullable().default(null),
  /** The alert it was made from. */
  alertId: z.number().int().positive().nullable().default(null),
})
export type ExceptionInput = z.input<typeof exceptionInput>

/** What the matcher needs of an exception. */
export interface ExceptionRule {
  readonly id: number
  readonly ruleId: string | null
  readonly stage: number | null
  readonly entries: readonly ExceptionEntry[]
}

export interface ExceptionRecord extends ExceptionRule {
  readonly name: string
  readonly reason: string
  readonly ruleName: string | null
  readonly enabled: boolean
  /** ISO 8601, UTC. */
  readonly startsAt: string | null
  readonly expiresAt: string | null
  readonly alertId: number | null
  readonly createdBy: string
  readonly createdAt: string
  readonly updatedBy: string
  readonly updatedAt: string
  readonly version: number
  readonly hits: number
  readonly lastHitAt: string | null
}

/** `E-3` as people write it. */
export function exceptionRef(id: number): string {
  return `E-${id}`
}
