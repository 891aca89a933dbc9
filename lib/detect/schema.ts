/**
 * lib/detect: from stored events to alerts, in two steps. Filter: each event is tested against the stages of all rules
 * before it is stored, and its hits are stored with it. Join: for each rule and key that a batch touched, the sequence
 * runs again over the hits within reach. The final alerts depend on the events, the rules and the exceptions alone.
 */

import type { ImportProgress } from '@/lib/ingest/schema'

/** A stored hit of one rule and key, as the join reads it. */
export interface Hit {
  readonly eventId: number
  /** Hex of the event's identity: the last tie-break, the same whatever the order of arrival. */
  readonly identity: string
  readonly stage: number
  readonly ts: number
  readonly tsNs: number
  readonly sequence: number | null
}

/** A complete match: its records by stage, null for a stage that says what must not happen. */
export interface Match {
  readonly events: readonly (MatchEvent | null)[]
  /** The last positive record: with the rule it identifies the alert. */
  readonly completing: number
}

export interface MatchEvent {
  readonly eventId: number
  readonly stage: number
}

/** What open pages are told when alerts were raised or changed, whoever did it. */
export interface LiveAlerts {
  readonly raised: number
  /** Entries of history other than being raised: status, notes, links, retraction. */
  readonly changed: number
  /** Number of the newest alert there is. */
  readonly newestId: number
  /** The alerts concerned, newest change first, up to a cap. */
  readonly alertIds: readonly number[]
}

/** What open pages are told of imports that moved. */
export interface LiveImports {
  readonly imports: readonly (ImportProgress & { readonly name: string; readonly source: string; readonly status: string })[]
}

/** What one pass over the join queue did. */
export interface DetectionResult {
  readonly raised: number
  readonly changed: number
  readonly retracted: number
  /** Matches that an exception held back. */
  readonly excluded: number
  /** Rule and key pairs whose hits within reach were more than the cap: their result may be incomplete. */
  readonly truncated: number
}
