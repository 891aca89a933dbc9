/**
 * lib/alerts: alerts as analysts see them, and the verbs that change them. The detector alone raises them (lib/detect).
 */
import { z } from 'zod'
import type { EcsEvent } from '@/lib/ecs/event'
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

/** The row id of a reference such as `A-12` (any case), or null. */
export function parseAlertRef(text: string): number | null {
  const match = /^[Aa]-(\d{1,15})$/.exec(text)
  return match ? Number(match[1]) : null
}

export const setStatusInput = z
  .object({
    alertIds: z.array(z.number().int().positive()).min(1).max(10_000),
    status: z.enum(ALERT_STATUSES),
    verdict: z.enum(VERDICTS).optional(),
    note: z.string().trim().max(30_000).default(''),
  })
  .refine((input) => input.status !== 'closed' || input.verdict !== undefined, { message: 'Closing an alert takes a verdict.', path: ['verdict'] })
  .refine((input) => input.status === 'closed' || input.verdict === undefined, { message: 'Only a closed alert has a verdict.', path: ['verdict'] })
export type SetStatusInput = z.input<typeof setStatusInput>

/** What part a linked record plays in the alert. */
export const ALERT_EVENT_ROLES = ['exec', 'fork', 'end', 'network', 'process', 'file', 'other'] as const
export type AlertEventRole = (typeof ALERT_EVENT_ROLES)[number]

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
  readonly assignee: string | null
  /** When the completing event happened; when the alert was raised. */
  readonly occurredAt: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly checklistDone: number
  readonly checklistTotal: number
  readonly overCap: boolean
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
}
