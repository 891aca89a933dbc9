/**
 * lib/retention: how long events are kept, and the job that deletes what is not. Age counts from when events were received,
 * not from their own time: an analyst who uploads last year's evidence does not lose it.
 */
import { z } from 'zod'

/** Sizes below could not hold the rules, the alerts and an hour's events. */
const LEAST_BYTES = 64 * 1024 * 1024
const MOST_DAYS = 36_500

export const retentionPolicyInput = z.object({
  /** Events received more days ago than this are deleted; null keeps them whatever their age. */
  maxAgeDays: z.number().int('Days are a whole number.').min(1, 'Keep events for a day at least.').max(MOST_DAYS, 'At most 36,500 days: leave it empty to keep everything.').nullable(),
  /** Bytes that the database may have in use before the oldest received events are deleted; null does not limit it. */
  maxBytes: z.number().int('Bytes are a whole number.').min(LEAST_BYTES, 'Give the database 64 MiB at least.').max(Number.MAX_SAFE_INTEGER).nullable(),
})
export type RetentionPolicyInput = z.input<typeof retentionPolicyInput>
export type RetentionPolicy = z.output<typeof retentionPolicyInput>

/** Everything is kept until somebody says otherwise. */
export const KEEP_ALL: RetentionPolicy = { maxAgeDays: null, maxBytes: null }

export function keepsAll({ maxAgeDays, maxBytes }: RetentionPolicy): boolean {
  return maxAgeDays === null && maxBytes === null
}

export type RetentionRunStatus = 'queued' | 'running' | 'done' | 'cancelled' | 'failed'

/** One pass of retention. Times are ISO 8601, sizes bytes. */
export interface RetentionRun {
  readonly id: number
  readonly status: RetentionRunStatus
  readonly actor: string
  readonly policy: RetentionPolicy
  readonly startedAt: string
  readonly finishedAt: string | null
  /** Events received before this went for their age. */
  readonly receivedBefore: string | null
  readonly events: number
  readonly blocks: number
  readonly rejects: number
  /** Alerts that lost records. */
  readonly alerts: number
  /** Events that were due and stay for alerts and cases. */
  readonly kept: number
  readonly bytesBefore: number
  readonly bytesAfter: number | null
  /** Bytes given back to the disk. */
  readonly bytesReturned: number
  readonly error: string | null
}

export function isUnderWay({ status }: Pick<RetentionRun, 'status'>): boolean {
  return status === 'queued' || status === 'running'
}

/** What a part of the database takes. */
export interface StoredPart {
  readonly part: 'records' | 'events' | 'hits' | 'alerts' | 'rejects' | 'other'
  readonly bytes: number
}

export const PART_LABELS: Readonly<Record<StoredPart['part'], string>> = {
  records: 'Records, compressed',
  events: 'Events and their indexes',
  hits: 'Hits of rules',
  alerts: 'Alerts and cases',
  rejects: 'Rejected records',
  other: 'Everything else',
}

/** What is stored, and what the policy makes of it. */
export interface RetentionState {
  readonly policy: RetentionPolicy
  /** Why nothing is deleted although there is a policy. */
  readonly paused: string | null
  readonly updatedBy: string | null
  readonly updatedAt: string | null
  /** The last time the job looked whether something is due. */
  readonly checkedAt: string | null
  /** Bytes of the file and its log on the disk; of the file in use; and inside of it free for what comes next. */
  readonly bytesOnDisk: number
  readonly bytesInUse: number
  readonly bytesFree: number
  /** Largest first; null when the database is too large to be measured on the way. */
  readonly parts: readonly StoredPart[] | null
  readonly events: number
  readonly removed: number
  readonly alerts: number
  /** Alerts that lost their records. */
  readonly alertsWithoutRecords: number
  /** When the oldest events that are stored were received. */
  readonly oldestReceivedAt: string | null
  /** Whether free pages can be given back to the disk while the console runs. */
  readonly shrinks: boolean
}

/** What a policy would do now. Counts of events and bytes are estimates: what is kept is decided event by event. */
export interface RetentionPreview {
  readonly policy: RetentionPolicy
  readonly events: number
  /** Events received before this would go; null when none would. */
  readonly receivedBefore: string | null
  readonly bytes: number
  readonly rejects: number
  /** Of the events that are due, those that stay; a lower bound when `keptIsAtLeast`. */
  readonly kept: number
  readonly keptIsAtLeast: boolean
  /** Because of so many alerts that are not closed, and of so many cases. */
  readonly openAlerts: number
  readonly cases: number
  /** Bytes in use now. */
  readonly bytesInUse: number
}
