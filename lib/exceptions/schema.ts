/**
 * lib/exceptions: what keeps a rule quiet, and why. An exception filters single events before a rule sees them (Elastic's
 * semantics): an event that matches one cannot take part in a match.
 */
import { z } from 'zod'
import type { Verdict } from '@/lib/alerts/schema'

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

/** What an exception may close alerts as: it is made for what is harmless. */
export const CLOSING_VERDICTS = ['false_positive', 'benign_true_positive'] as const satisfies readonly Verdict[]
export type ClosingVerdict = (typeof CLOSING_VERDICTS)[number]

const exceptionFields = z.object({
  name: z.string().trim().min(1, 'give it a name').max(200),
  reason: z.string().trim().min(1, 'say why, for whoever reviews it later').max(10_000),
  /** `rule_id` of the rule it belongs to; null for all rules. */
  ruleId: z.string().min(1).max(200).nullable(),
  /** 0-based stage whose events it removes; null for any event the rule looks at. */
  stage: z.number().int().min(0).max(100).nullable().default(null),
  entries: z.array(exceptionEntrySchema).min(1, 'give at least one condition').max(100),
  enabled: z.boolean().default(true),
  startsAt: instant.nullable().default(null),
  expiresAt: instant.nullable().default(null),
  /** The alert it was made from. */
  alertId: z.number().int().positive().nullable().default(null),
  /** Also closes the open and acknowledged alerts it matches, with this verdict. */
  closeMatchingAs: z.enum(CLOSING_VERDICTS).nullable().default(null),
})

type Scope = Pick<z.infer<typeof exceptionFields>, 'ruleId' | 'stage' | 'startsAt' | 'expiresAt'>

const stageWithRule = (input: Scope) => input.stage === null || input.ruleId !== null
const startBeforeEnd = (input: Scope) => input.startsAt === null || input.expiresAt === null || Date.parse(input.startsAt) < Date.parse(input.expiresAt)
const STAGE_WITH_RULE = { message: 'a stage belongs to one rule: choose the rule, or any record', path: ['stage'] }
const START_BEFORE_END = { message: 'it would expire before it starts', path: ['expiresAt'] }

export const exceptionInput = exceptionFields.refine(stageWithRule, STAGE_WITH_RULE).refine(startBeforeEnd, START_BEFORE_END)
export type ExceptionInput = z.input<typeof exceptionInput>

/** `version` is the one that was edited: another person's change in between is refused, not overwritten. */
export const exceptionUpdateInput = exceptionFields
  .omit({ alertId: true })
  .extend({ id: z.number().int().positive(), version: z.number().int().min(1) })
  .refine(stageWithRule, STAGE_WITH_RULE)
  .refine(startBeforeEnd, START_BEFORE_END)
export type ExceptionUpdateInput = z.input<typeof exceptionUpdateInput>

export const setEnabledInput = z.object({ id: z.number().int().positive(), enabled: z.boolean() })
export const deleteExceptionInput = z.object({ id: z.number().int().positive() })

/** What a preview asks: conditions with their scope, before anything is saved. */
export const previewInput = z
  .object({
    entries: exceptionFields.shape.entries,
    ruleId: exceptionFields.shape.ruleId,
    stage: exceptionFields.shape.stage,
    /** Look through everything that is stored, however long it takes. */
    complete: z.boolean().default(false),
  })
  .refine((input) => input.stage === null || input.ruleId !== null, STAGE_WITH_RULE)
export type PreviewInput = z.input<typeof previewInput>

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

/** The row id of a reference such as `E-3` (any case), or null. */
export function parseExceptionRef(text: string): number | null {
  const match = /^[Ee]-(\d{1,15})$/.exec(text)
  return match ? Number(match[1]) : null
}

export type ExceptionState = 'active' | 'expiring' | 'scheduled' | 'expired' | 'disabled'

/** An exception that ends within this many milliseconds is marked, so that someone renews it or lets it go. */
const EXPIRING_MS = 7 * 86_400_000

/** What an exception does at a time: holds matches back, will, or no longer does. */
export function exceptionState(exception: Pick<ExceptionRecord, 'enabled' | 'startsAt' | 'expiresAt'>, now: number): ExceptionState {
  const ends = exception.expiresAt === null ? Infinity : Date.parse(exception.expiresAt)
  if (ends <= now) return 'expired'
  if (!exception.enabled) return 'disabled'
  if (exception.startsAt !== null && Date.parse(exception.startsAt) > now) return 'scheduled'
  return ends - now <= EXPIRING_MS ? 'expiring' : 'active'
}

const OPERATOR_WORDS: Readonly<Record<ExceptionEntry['type'], Readonly<Record<ExceptionEntry['operator'], string>>>> = {
  match: { included: 'is', excluded: 'is not' },
  match_any: { included: 'is one of', excluded: 'is not one of' },
  wildcard: { included: 'matches', excluded: 'does not match' },
  exists: { included: 'exists', excluded: 'does not exist' },
}

export function operatorWords(entry: Pick<ExceptionEntry, 'type' | 'operator'>): string {
  return OPERATOR_WORDS[entry.type][entry.operator]
}

/** One condition as a sentence: `process.name is one of curl, wget (any case)`. */
export function entryWords(entry: ExceptionEntry): string {
  const head = `${entry.field} ${operatorWords(entry)}`
  if (entry.type === 'exists') return head
  const values = entry.type === 'match_any' ? entry.value.join(', ') : entry.value
  return `${head} ${values}${entry.case_insensitive ? ' (any case)' : ''}`
}
