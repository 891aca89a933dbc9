/**
 * lib/cases: a case gathers alerts, notes and what was decided about them, until somebody hands it on.
 */
import { z } from 'zod'
import type { AskedRole } from '@/lib/alerts/asked-roles'
import type { AlertSummary } from '@/lib/alerts/schema'
import { LIMITS } from '@/lib/limits'
import { SEVERITIES } from '@/lib/rules/schema'
import type { Severity } from '@/lib/rules/schema'

export const CASE_STATUSES = ['open', 'in_progress', 'closed'] as const
export type CaseStatus = (typeof CASE_STATUSES)[number]

export const CASE_STATUS_LABELS: Readonly<Record<CaseStatus, string>> = { open: 'Open', in_progress: 'In progress', closed: 'Closed' }

/** Traffic Light Protocol 2.0: how far what is in the case may travel. */
export const TLPS = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const
export type Tlp = (typeof TLPS)[number]

/** The label as the protocol writes it: `TLP:AMBER+STRICT`. */
export function tlpLabel(tlp: Tlp): string {
  return `TLP:${tlp.toUpperCase()}`
}

/** `C-3` as people write it. */
export type CaseRef = `C-${number}`

export function caseRef(id: number): CaseRef {
  return `C-${id}`
}

/** The row id of a reference such as `C-3` (any case), or null. */
export function parseCaseRef(text: string): number | null {
  const match = /^[Cc]-(\d{1,15})$/.exec(text)
  return match ? Number(match[1]) : null
}

const rowId = z.number().int().positive()
const title = z.string().trim().min(1, 'Give the case a title.').max(160, 'A title has at most 160 characters.')
const description = z.string().trim().max(LIMITS.caseTextLength, `A description has at most ${LIMITS.caseTextLength} characters.`)
const alertIds = z.array(rowId).max(LIMITS.alertIdsPerCall, `At most ${LIMITS.alertIdsPerCall} alerts can be named at a time.`)

export const createCaseInput = z.object({
  title,
  description: description.default(''),
  /** When it is left out: the worst severity among the alerts, else medium. */
  severity: z.enum(SEVERITIES).optional(),
  tlp: z.enum(TLPS).default('amber'),
  alertIds: alertIds.default([]),
})
export type CreateCaseInput = z.input<typeof createCaseInput>

export const updateCaseInput = z.object({
  caseId: rowId,
  /** The version the change was made on. */
  version: z.number().int().min(1),
  title: title.optional(),
  description: description.optional(),
  status: z.enum(CASE_STATUSES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  tlp: z.enum(TLPS).optional(),
})
export type UpdateCaseInput = z.input<typeof updateCaseInput>

export const addAlertsInput = z.object({ caseId: rowId, alertIds: alertIds.min(1, 'Name at least one alert.') })
export type AddAlertsInput = z.input<typeof addAlertsInput>

export const removeAlertInput = z.object({ caseId: rowId, alertId: rowId })
export type RemoveAlertInput = z.input<typeof removeAlertInput>

export const addNoteInput = z.object({
  caseId: rowId,
  body: z.string().trim().min(1, 'Write something first.').max(LIMITS.caseTextLength, `A note has at most ${LIMITS.caseTextLength} characters.`),
})
export type AddNoteInput = z.input<typeof addNoteInput>

/** A row of the list. Times are ISO 8601 with milliseconds, UTC. */
export interface CaseSummary {
  readonly id: number
  readonly title: string
  readonly status: CaseStatus
  readonly severity: Severity
  readonly tlp: Tlp
  readonly createdBy: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly closedAt: string | null
  readonly alerts: number
  /** Alerts without a verdict. */
  readonly undecided: number
  readonly notes: number
}

/** What "Add to case…" offers. */
export interface CaseOption {
  readonly id: number
  readonly title: string
  readonly status: CaseStatus
  readonly alerts: number
}

export interface CaseNote {
  readonly id: number
  readonly body: string
  readonly actor: string
  readonly at: string
}

export interface CaseAuditEntry {
  readonly id: number
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly detail: Readonly<Record<string, unknown>>
  /** What a person reads. */
  readonly text: string
}

/** An item of an alert's checklist that is not settled: nobody looked, or somebody wants it followed up. */
export interface OpenChecklistItem {
  readonly alertId: number
  readonly itemKey: string
  readonly text: string
  readonly state: 'open' | 'follow_up'
  readonly note: string
}

/** What happened in the course of a case: on the hosts, in the detector, and at the console. */
export const TIMELINE_KINDS = ['activity', 'detection', 'triage', 'case', 'note'] as const
export type TimelineKind = (typeof TIMELINE_KINDS)[number]

export const TIMELINE_KIND_LABELS: Readonly<Record<TimelineKind, string>> = {
  activity: 'Activity',
  detection: 'Detection',
  triage: 'Triage',
  case: 'Case',
  note: 'Note',
}

export interface TimelineEntry {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly kind: TimelineKind
  /** Who did it; null for what a host did. */
  readonly actor: string | null
  readonly text: string
  readonly alertId: number | null
}

export interface CaseAlert extends AlertSummary {
  readonly addedBy: string
  readonly addedAt: string
}

export interface CaseDetail extends CaseSummary {
  readonly description: string
  /** Optimistic lock: hand it back with a change. */
  readonly version: number
  readonly alertList: readonly CaseAlert[]
  /** Whose credentials its alerts asked for. */
  readonly roles: readonly AskedRole[]
  readonly noteList: readonly CaseNote[]
  /** Newest first. */
  readonly audit: readonly CaseAuditEntry[]
  /** The first of them, in the order of the alerts; `openItemCount` counts all. */
  readonly openItems: readonly OpenChecklistItem[]
  readonly openItemCount: number
  /** Oldest first; the newest `LIMITS.caseTimeline` of them. */
  readonly timeline: readonly TimelineEntry[]
  readonly timelineCount: number
}
