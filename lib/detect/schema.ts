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
  /** The last positive record: with the rule and the key it identifies the alert. */
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

export const RUN_KINDS = ['import', 'backfill'] as const
export type RunKind = (typeof RUN_KINDS)[number]

/** What one rule did in a run. */
export interface RunRule {
  readonly ruleId: string
  readonly ruleName: string
  /** Hits written, alerts raised, changed and retracted, matches that an exception held back. */
  readonly hits: number
  readonly raised: number
  readonly changed: number
  readonly retracted: number
  readonly heldBack: number
  /** Of the alerts it raised, those beyond the rule's max_signals, as it stands now. */
  readonly overCap: number
  /** Keys with more events than a join looks at, canonical JSON of their values; the first ones only. */
  readonly truncatedKeys: readonly string[]
  /** Keys whose join failed again and again and that wait for a start or a change of the rules; the first ones only. */
  readonly setAside: readonly SetAsideWork[]
}

/** Work that failed again and again: a key (canonical JSON of its values) or the number of an event, and why. */
export interface SetAsideWork {
  readonly key: string
  readonly error: string
}

/**
 * One pass of the detector: over what an import brought, or over stored events. Times are ISO 8601, UTC; a window's end that
 * is null is open, or nothing was stored.
 */
export interface DetectionRun {
  readonly id: number
  readonly kind: RunKind
  readonly status: 'queued' | 'running' | 'done' | 'cancelled' | 'failed' | 'interrupted'
  readonly actor: string
  readonly importId: number | null
  readonly importName: string | null
  readonly from: string | null
  readonly to: string | null
  readonly startedAt: string
  readonly finishedAt: string | null
  /** Events in the window when it was asked for (a back-fill), and looked at until now. */
  readonly total: number | null
  readonly events: number
  /** Milliseconds that joining the hits and writing the alerts took. */
  readonly detectMs: number
  readonly error: string | null
  /** Rules that had anything to do, the one with the most alerts first. */
  readonly rules: readonly RunRule[]
  /** Stored events that could not be read again when more became known of them; the first ones only. */
  readonly setAsideEvents: readonly SetAsideWork[]
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

/** What a pass over the join queue did, and how many keys failed and are to be tried again. */
export interface DrainResult extends DetectionResult {
  readonly failing: number
}
