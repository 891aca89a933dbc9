/**
 * lib/exceptions: what keeps a rule quiet, and why. An exception filters single events before a rule sees them (Elastic's
 * semantics): an event that matches one cannot take part in a match.
 */
import { z } from 'zod'
import type { AlertEventRole, AlertStatus, Verdict } from '@/lib/alerts/schema'
import type { EcsEvent } from '@/lib/ecs/event'
import type { EventRole } from '@/lib/ecs/event-role'
import { LIMITS } from '@/lib/limits'

export const ENTRY_TYPES = ['match', 'match_any', 'wildcard', 'exists'] as const

const field = z.string().trim().min(1, 'name a field').max(500)
/** As long as a keyword may be, written with every character escaped. */
const value = z.string().min(1, 'give a value').max(2 * 32_766)
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

const alertIds = z.array(z.number().int().positive()).max(LIMITS.hiddenAlerts).default([])

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
  /** True positives that the exception hides, which whoever saves it knows of. */
  acknowledgedAlertIds: alertIds,
  /** Fields that neither the schema nor a stored event has, which whoever saves it means all the same. */
  acknowledgedFields: z.array(field).max(100).default([]),
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

/** Whether what it held back becomes alerts, when it no longer holds it back. */
const raise = z.boolean().default(false)

export const setEnabledInput = z.object({ id: z.number().int().positive(), enabled: z.boolean(), acknowledgedAlertIds: alertIds, raise })
export const deleteExceptionInput = z.object({ id: z.number().int().positive(), raise })

export const raiseInput = z.object({ id: z.number().int().positive() })

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
  /** True positives among the alerts there are that it hides, newest first. */
  readonly hides: readonly number[]
}

/** The record of a match that an exception fitted, as it is known by. */
export interface HeldBackRecord {
  readonly eventId: number
  readonly role: EventRole
  readonly program: string | null
  readonly command: string | null
  /** As the record has it. */
  readonly timestamp: string | null
}

/** A match that an exception held back: the alert that it would have been. */
export interface HeldBack {
  readonly exceptionId: number
  /** Null when it was deleted since. */
  readonly exceptionName: string | null
  readonly ruleId: string
  readonly ruleName: string
  readonly eventId: number
  /** ISO 8601, UTC: when its last record happened, and when it was held back. */
  readonly occurredAt: string
  readonly heldBackAt: string
  /** As the alert would have read; empty where an earlier version held it back. */
  readonly reason: string
  readonly hostName: string
  readonly userName: string | null
  /** Null when it is no longer stored. */
  readonly record: HeldBackRecord | null
  /** The alert that it became since, when the exception was gone. */
  readonly alertId: number | null
}

export interface HeldBackList {
  readonly rows: readonly HeldBack[]
  readonly total: number
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

/** Whether it holds matches back, or will. */
export function isInForce(state: ExceptionState): boolean {
  return state !== 'expired' && state !== 'disabled'
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

/** How far a preview looked: everything there is, or the newest part until its time or number ran out. */
export interface PreviewReach {
  readonly scanned: number
  readonly total: number
  readonly truncated: boolean
}

export interface PreviewEvent {
  readonly id: number
  /** ISO 8601, UTC. */
  readonly timestamp: string
  readonly role: EventRole
  readonly hostName: string
  /** The command line, else the executable or what the record is about. */
  readonly summary: string
}

/** An alert that the exception would have held back. */
export interface PreviewAlert {
  readonly id: number
  readonly status: AlertStatus
  readonly verdict: Verdict | null
  readonly ruleName: string
  readonly reason: string
  readonly hostName: string
  readonly occurredAt: string
  /** What part the record that matches plays in the alert. */
  readonly role: AlertEventRole
}

/** A true positive that an exception hides: closed as one, or in a case and not judged harmless. */
export interface HiddenAlert extends PreviewAlert {
  readonly cases: ReadonlyArray<{ readonly id: number; readonly title: string }>
}

/** A field of a condition that the Elastic Common Schema does not have. */
export interface UnknownField {
  readonly field: string
  /** Known fields with nearly that name, best first. */
  readonly nearest: readonly string[]
  /** Whether a stored event has it, among the newest so many that were looked through. */
  readonly isStored: boolean
  readonly scanned: number
  readonly truncated: boolean
}

/** What the records of one stage have of each condition's field: why a condition can or cannot be met there. */
export interface StageFacts {
  /** Null where records of several rules are put together. */
  readonly stage: number | null
  readonly role: AlertEventRole
  readonly sampled: number
  /** By condition: records that have its field, and records that satisfy it. */
  readonly entries: ReadonlyArray<{ readonly present: number; readonly satisfied: number }>
}

export interface PreviewWarning {
  readonly code: 'true_positive' | 'in_case' | 'no_single_record' | 'only_where' | 'only_negations' | 'generic_program' | 'unknown_field' | 'loose_pattern' | 'writable_path' | 'condition_hint' | 'share_of_events' | 'share_of_alerts'
  readonly level: 'danger' | 'warn'
  readonly text: string
}

/** What an exception would have done to everything that is stored, asked before it is saved. */
export interface ExceptionImpact {
  readonly events: PreviewReach & { readonly matched: number; readonly sample: readonly PreviewEvent[] }
  readonly alerts: PreviewReach & {
    readonly matched: number
    readonly open: number
    readonly acknowledged: number
    readonly closed: Readonly<Record<Verdict, number>>
    /** What it hides first, then undecided ones, newest first; at most LIMITS.previewAlertsListed. */
    readonly listed: readonly PreviewAlert[]
  }
  readonly cases: ReadonlyArray<{ readonly id: number; readonly title: string; readonly status: string; readonly alerts: number }>
  /** True positives among the alerts, looked for without a limit of time; past a cap the newest. */
  readonly hides: { readonly alerts: readonly HiddenAlert[]; readonly truncated: boolean }
  readonly unknownFields: readonly UnknownField[]
  readonly stages: readonly StageFacts[]
  readonly warnings: readonly PreviewWarning[]
}

/** A linked record of the alert an exception is made from, to try its conditions on. */
export interface DraftRecord {
  readonly position: number
  readonly role: AlertEventRole
  readonly stage: number
  readonly event: EcsEvent
  /** False for a record that only tells the alert's story: no exception is asked about it. */
  readonly isAsked: boolean
  /** What it is called by: its program, and when it was (as the record has it). */
  readonly program: string | null
  readonly timestamp: string | null
}

/** A field that the alert's records have, for completion: its values and in which records it is. */
export interface DraftField {
  readonly field: string
  readonly highlighted: boolean
  readonly values: readonly string[]
  /** Those of the record that asked; they come first among the values. */
  readonly own: readonly string[]
  readonly positions: readonly number[]
}

/** All that the editor needs to begin: a new exception, one filled in from an alert, or one to be changed. */
export interface ExceptionDraft {
  /** The exception to be changed, at this version. */
  readonly editing: { readonly id: number; readonly version: number } | null
  readonly initial: {
    readonly name: string
    readonly reason: string
    readonly ruleId: string | null
    readonly stage: number | null
    readonly entries: readonly ExceptionEntry[]
    readonly enabled: boolean
    readonly startsAt: string | null
    readonly expiresAt: string | null
    readonly alertId: number | null
  }
  readonly rules: ReadonlyArray<{ readonly ruleId: string; readonly name: string }>
  readonly records: readonly DraftRecord[]
  readonly fields: readonly DraftField[]
}

/** Host names are the same whatever their case, and sensors differ in how they write them; paths and commands are not. */
export function ignoresCaseByDefault(field: string): boolean {
  return /^(host\.(name|hostname)|.*\.domain)$/.test(field)
}
