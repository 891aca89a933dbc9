/**
 * lib/alerts: alerts as analysts see them, and the verbs that change them. The detector alone raises them (lib/detect).
 */
import { z } from 'zod'
import type { EcsEvent } from '@/lib/ecs/event'
import { IMDS_PATH_CLASSES } from '@/lib/ecs/imds'
import type { ImdsFacts } from '@/lib/ecs/imds'
import { LIMITS } from '@/lib/limits'
import { SEVERITIES } from '@/lib/rules/schema'
import type { Severity } from '@/lib/rules/schema'

export const ALERT_STATUSES = ['open', 'acknowledged', 'closed'] as const
export type AlertStatus = (typeof ALERT_STATUSES)[number]

/** Why an alert was closed. */
export const VERDICTS = ['true_positive', 'benign_true_positive', 'false_positive', 'test', 'duplicate'] as const
export type Verdict = (typeof VERDICTS)[number]

export const VERDICT_LABELS: Readonly<Record<Verdict, string>> = {
  true_positive: 'True positive',
  benign_true_positive: 'Benign true positive',
  false_positive: 'False positive',
  test: 'Test',
  duplicate: 'Duplicate',
}

/** `A-12` as people write it. */
export type AlertRef = `A-${number}`

export function alertRef(id: number): AlertRef {
  return `A-${id}`
}

/** `A-12`, `3 alerts`. */
export function describeAlerts(ids: readonly number[], count = ids.length): string {
  const [only] = ids
  return count === 1 && only !== undefined ? alertRef(only) : `${count.toLocaleString('en')} alerts`
}

/** The row id of a reference such as `A-12` (any case), or null. */
export function parseAlertRef(text: string): number | null {
  const match = /^[Aa]-(\d{1,15})$/.exec(text)
  return match ? Number(match[1]) : null
}

const entryId = z.number().int().nonnegative()

/**
 * What the page showed that an act was made on. A change of the same thing that it did not show refuses the act; one by the page
 * itself does not.
 */
export const seenSchema = z.object({
  /** The newest entry of alerts' history when the page was read. */
  entry: entryId,
  /** By alert, where a later one was shown. */
  rows: z.record(z.string().regex(/^\d{1,15}$/), entryId).optional(),
  /** Names the open page. */
  tab: z.string().min(1).max(64).optional(),
})
export type Seen = z.infer<typeof seenSchema>

export const setStatusInput = z
  .object({
    alertIds: z.array(z.number().int().positive()).min(1).max(10_000),
    status: z.enum(ALERT_STATUSES),
    verdict: z.enum(VERDICTS).optional(),
    note: z.string().trim().max(30_000).default(''),
    /** Absent asks for no check: a script names the state it wants. */
    seen: seenSchema.optional(),
    /** The first act of the job this is a part of. */
    partOf: z.number().int().positive().optional(),
  })
  .refine((input) => input.status !== 'closed' || input.verdict !== undefined, { message: 'Closing an alert takes a verdict.', path: ['verdict'] })
  .refine((input) => input.status === 'closed' || input.verdict === undefined, { message: 'Only a closed alert has a verdict.', path: ['verdict'] })
export type SetStatusInput = z.input<typeof setStatusInput>

/** What part a linked record plays in the alert. */
export const ALERT_EVENT_ROLES = ['exec', 'fork', 'end', 'network', 'process', 'file', 'other'] as const
export type AlertEventRole = (typeof ALERT_EVENT_ROLES)[number]

/** A cap that was met when an alert was joined: `events` of its key, `keys` of one of its records, `ancestors` or `records` of a process, linked `connections`. */
export const ALERT_CAPS = ['events', 'keys', 'ancestors', 'records', 'connections'] as const
export type AlertCap = (typeof ALERT_CAPS)[number]

/** What was not looked at for an alert: more than `limit` were within reach. */
export interface Truncation {
  readonly cap: AlertCap
  readonly limit: number
}

/** The caps in the column of an alert. */
export function parseTruncated(json: string | null): readonly Truncation[] {
  if (json === null) return []
  const parsed = truncatedSchema.safeParse(JSON.parse(json))
  return parsed.success ? parsed.data : []
}

const truncatedSchema = z.array(z.object({ cap: z.enum(ALERT_CAPS), limit: z.number().int().positive() }))

/** A row of the queue. Times are ISO 8601 with milliseconds, UTC. */
export interface AlertSummary {
  readonly id: number
  readonly ruleId: string
  readonly ruleName: string
  readonly severity: Severity
  readonly riskScore: number
  readonly status: AlertStatus
  readonly verdict: Verdict | null
  readonly reason: string
  readonly hostId: string
  readonly hostName: string
  readonly processName: string | null
  readonly parentExecutable: string | null
  readonly userName: string | null
  /** What its records asked of a metadata service; null when they name none, or have not been read for it yet. */
  readonly imds: ImdsFacts | null
  readonly assignee: string | null
  /** When the completing event happened; when the alert was raised. */
  readonly occurredAt: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly checklistDone: number
  readonly checklistTotal: number
  readonly overCap: boolean
  /** Caps that were met when it was joined last; none when everything within reach was looked at. */
  readonly truncated: readonly Truncation[]
  /** Set when a late event took the match away; the alert stays, with its history. */
  readonly retractedAt: string | null
  readonly caseIds: readonly number[]
}

/** A record an alert is made of, in full. */
export interface AlertEvent {
  readonly position: number
  readonly role: AlertEventRole
  /** 0-based stage of the rule. */
  readonly stage: number
  /** Row id of the stored event, and the source's own `event.id` where it has one. */
  readonly eventId: number
  readonly sourceEventId: string | null
  readonly timestamp: string
  /** Milliseconds since the alert's first record, with fractions. */
  readonly deltaMs: number
  /** Normalised view of the record. */
  readonly event: EcsEvent
  /** The record exactly as it was ingested. */
  readonly raw: string
}

/**
 * The record an alert is about: the first of the rule's first stage. A shell that stands before it belongs to its story only.
 */
export function subjectOf<E extends { readonly stage: number }>(events: readonly E[]): E | undefined {
  return events.find(({ stage }) => stage === 0) ?? events[0]
}

export interface AlertHistoryEntry {
  readonly id: number
  readonly at: string
  readonly actor: string
  readonly kind: string
  readonly text: string
  readonly detail: Readonly<Record<string, unknown>>
}

export interface AlertDetail extends AlertSummary {
  /** Join keys, field to value, in the rule's order. */
  readonly keys: Readonly<Record<string, unknown>>
  /** Version row of the rule that raised it. */
  readonly ruleVersionId: number
  readonly events: readonly AlertEvent[]
  /** Whether the first and the last record are of one process, of siblings, or it cannot be told. */
  readonly kinship: 'same_process' | 'siblings' | 'unknown'
  readonly history: readonly AlertHistoryEntry[]
  /** Linked records that are no longer stored. */
  readonly missingEvents: number
  /** When retention deleted records of it; what the row says of them stays. */
  readonly recordsRemovedAt: string | null
}

/** Says that records of an alert are gone, and since when; null while they are there. */
export function recordsRemoved({ missingEvents, recordsRemovedAt }: Pick<AlertDetail, 'missingEvents' | 'recordsRemovedAt'>): string | null {
  if (missingEvents === 0 || recordsRemovedAt === null) return null
  const what = missingEvents === 1 ? 'One linked record was' : `${missingEvents.toLocaleString('en')} linked records were`
  return `${what} deleted by retention on ${recordsRemovedAt.slice(0, 10)}. What the alert said of them, its verdict, checklist and history stay.`
}

const some = <T extends z.ZodType>(of: T) => z.array(of).min(1).max(200).optional()
const instant = z.iso.datetime({ offset: true }).optional()

/** Which alerts: conditions are joined by AND, the values of one condition by OR. Absent conditions do not limit. */
export const alertFilterSchema = z.object({
  status: some(z.enum(ALERT_STATUSES)),
  severity: some(z.enum(SEVERITIES)),
  /** The rules' own ids (`rule_id` of the Elastic format). */
  ruleId: some(z.string().min(1).max(200)),
  /** Values of host.id. */
  host: some(z.string().max(1000)),
  /** null: not closed yet. */
  verdict: some(z.enum(VERDICTS).nullable()),
  /** null: nobody. */
  assignee: some(z.string().max(200).nullable()),
  /** Executables of the parent process; null: the records do not say. */
  parent: some(z.string().max(10_000).nullable()),
  /** What was asked of a metadata service; null: the records do not say. */
  pathClass: some(z.enum(IMDS_PATH_CLASSES).nullable()),
  /** Roles whose credentials were asked for; null: none is named. */
  role: some(z.string().max(1000).nullable()),
  caseId: z.number().int().positive().optional(),
  /** Raised by this import. */
  importId: z.number().int().positive().optional(),
  /** Observables that an alert's records all name, such as `pid:4711` or `hash:…`. */
  about: z.array(z.string().max(LIMITS.observableLength + 20)).max(20).optional(),
  /** Words that all occur in the reason, host, process, parent, user or role; or a reference such as A-12. */
  text: z.string().trim().max(500).optional(),
  /** Whether more alerts than the rule's max_signals were raised before it in its run. */
  overCap: z.boolean().optional(),
  /** Whether a late event took the match away. */
  retracted: z.boolean().optional(),
  /** When the completing event happened: from inclusive, to exclusive. */
  from: instant,
  to: instant,
})
export type AlertFilter = Readonly<z.infer<typeof alertFilterSchema>>

export const ALERT_SORTS = ['time', 'severity', 'rule', 'host', 'status', 'assignee', 'checklist', 'updated', 'asked'] as const
export type AlertSortKey = (typeof ALERT_SORTS)[number]

export interface AlertSort {
  readonly by: AlertSortKey
  readonly descending: boolean
}

export const NEWEST_FIRST: AlertSort = { by: 'time', descending: true }

/** One value of a facet: how many alerts have it when the other conditions hold. */
export interface FacetCount {
  readonly value: string | null
  readonly label: string
  readonly count: number
}

export const ALERT_FACETS = ['status', 'severity', 'pathClass', 'role', 'ruleId', 'host', 'verdict', 'assignee', 'parent'] as const
export type AlertFacet = (typeof ALERT_FACETS)[number]
/** What a person calls the values a filter names, where they are ids: value to label. */
export type FacetLabels = Readonly<Record<'ruleId' | 'host', Readonly<Record<string, string>>>>

/** Where an alert stands in a filtered and sorted list. */
export interface AlertNeighbours {
  /** 1-based; null when the alert does not meet the filter (any more). */
  readonly position: number | null
  readonly total: number
  readonly previous: number | null
  readonly next: number | null
}

/** What is left to decide in a list, and where to go on. */
export interface NextUndecided {
  /** The next one after the alert, or from the beginning of the list again; null when no other is left. */
  readonly next: number | null
  /** How many of the list have no verdict yet. */
  readonly left: number
}

/** Alerts as they are now, and the newest entry of history they show. */
export interface AlertsNow {
  readonly entry: number
  readonly rows: readonly AlertSummary[]
}

/** What two alerts can share, the closest first. */
export const RELATIONS = ['process', 'parent', 'session', 'parentExecutable', 'user', 'host'] as const
export type AlertRelation = (typeof RELATIONS)[number]

export interface RelatedAlerts {
  readonly relation: AlertRelation
  /** What they share, as a person names it. */
  readonly value: string
  /** How many there are; of sessions those among the alerts of the host that are nearest in time. */
  readonly total: number
  readonly alerts: readonly AlertSummary[]
}

const alertIds = z.array(z.number().int().positive()).min(1, 'Choose at least one alert.').max(10_000, 'At most 10,000 alerts can be changed at a time.')

export const assignInput = z.object({
  alertIds,
  /** null: nobody. */
  assignee: z.string().trim().min(1, 'Name somebody.').max(200).nullable(),
  seen: seenSchema.optional(),
  partOf: z.number().int().positive().optional(),
})
export type AssignInput = z.input<typeof assignInput>

export const addAlertNoteInput = z.object({
  alertId: z.number().int().positive(),
  note: z.string().trim().min(1, 'Write something first.').max(30_000, 'A note has at most 30,000 characters.'),
  tab: z.string().min(1).max(64).optional(),
})
export type AddAlertNoteInput = z.input<typeof addAlertNoteInput>

/** What became of a change of many alerts. */
export interface AlertChange {
  readonly changed: readonly number[]
  /** They were as wanted already. */
  readonly unchanged: readonly number[]
  /** There are none with these ids. */
  readonly missing: readonly number[]
}

/** The same with the act it was recorded as; null when nothing changed. */
export interface RecordedChange extends AlertChange {
  readonly act: number | null
}

/** Which alerts an action is for: those chosen, or all that meet a filter. */
export type AlertTarget = { readonly ids: readonly number[] } | { readonly filter: AlertFilter }

export interface ChangeCount {
  readonly changed: number
  readonly unchanged: number
  /** What to undo; null when nothing changed. */
  readonly act: number | null
}
