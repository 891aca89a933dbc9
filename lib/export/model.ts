import type { CaseAuditEntry, CaseNote, CaseStatus, TimelineEntry, Tlp } from '@/lib/cases/schema'
import type { AskedRole } from '@/lib/alerts/asked-roles'
import type { AlertSummary } from '@/lib/alerts/schema'
import type { ExceptionRecord } from '@/lib/exceptions/schema'
import type { Enriched } from '@/lib/ecs/enriched'
import type { ProcessTree } from '@/lib/process-tree/model'
import type { RuleDocument, Severity } from '@/lib/rules/schema'
import type { ChecklistSection, ItemState } from '@/lib/triage/schema'
import type { WhyCondition } from './why'

/** Alerts the report describes in full; the others are in its table and in alerts.jsonl. */
export const ALERTS_IN_FULL = 100

/** Everything an export says, gathered once: plain data from which each file is made without looking anything up. */
export interface ExportModel {
  readonly exporter: { readonly name: string; readonly version: string }
  /** The newest change in the data, ISO 8601. */
  readonly asOf: string
  readonly case: {
    readonly id: number
    readonly title: string
    readonly description: string
    readonly status: CaseStatus
    readonly severity: Severity
    readonly tlp: Tlp
    readonly createdBy: string
    readonly createdAt: string
    readonly updatedAt: string
    readonly closedAt: string | null
  }
  /** Oldest activity first. */
  readonly alerts: readonly ExportAlert[]
  /** Whose credentials the alerts asked for, first asked for first. */
  readonly roles: readonly AskedRole[]
  /** Each version of a rule that raised one of the alerts. */
  readonly rules: readonly ExportRule[]
  /** The linked records in the order of their time, each once. */
  readonly records: readonly ExportRecord[]
  readonly trees: readonly ExportTree[]
  /** Whether secrets are masked in what is written for reading: the report, the timeline, the trees as text. */
  readonly secrets: 'masked' | 'shown'
  readonly exceptions: readonly ExceptionRecord[]
  readonly notes: readonly CaseNote[]
  readonly audit: readonly ExportAuditEntry[]
  readonly timeline: readonly TimelineEntry[]
}

export interface ExportAlert extends AlertSummary {
  readonly addedBy: string
  readonly addedAt: string
  readonly closedAt: string | null
  /** When retention deleted records of it, before it came into the case. */
  readonly recordsRemovedAt: string | null
  readonly keys: Readonly<Record<string, unknown>>
  /** Index into `rules`. */
  readonly rule: number
  readonly links: readonly { readonly position: number; readonly role: string; readonly stage: number; readonly eventId: number; readonly deltaMs: number | null }[]
  readonly kinship: 'same_process' | 'siblings' | 'unknown'
  readonly history: readonly { readonly at: string; readonly actor: string; readonly kind: string; readonly text: string; readonly detail: Readonly<Record<string, unknown>> }[]
  readonly checklist: readonly ExportChecklistItem[]
  /** The conditions of the rule that held; empty where it cannot be told, and beyond the alerts the report describes. */
  readonly why: readonly WhyCondition[]
}

export interface ExportChecklistItem {
  readonly key: string
  readonly section: ChecklistSection
  readonly text: string
  /** Whether an answer is asked for. */
  readonly counted: boolean
  readonly state: ItemState | null
  readonly note: string
  readonly actor: string | null
  readonly at: string | null
}

export interface ExportRule {
  readonly ruleId: string
  readonly digest: string
  /** The stored text, whose sha256 is the digest. */
  readonly text: string
  readonly document: RuleDocument
  readonly path: string
}

/** A linked record: where its bytes stand in the export, and what the report tells of it. */
export interface ExportRecord {
  readonly eventId: number
  readonly sourceEventId: string | null
  /** ISO 8601 with as many digits as the source gave, up to nanoseconds. */
  readonly at: string
  /** Milliseconds since the epoch, and the nanoseconds within. */
  readonly ms: number
  readonly ns: number
  readonly bytes: number
  readonly sha256: string
  readonly path: string
  /** 1-based line of `events.jsonl`; null for a record with a file of its own. */
  readonly line: number | null
  readonly facts: RecordFacts
}

export interface RecordFacts {
  readonly role: string
  readonly action: string | null
  readonly hostId: string
  readonly hostName: string
  readonly processEntityId: string | null
  readonly parentEntityId: string | null
  readonly pid: string | null
  readonly processName: string | null
  readonly executable: string | null
  readonly commandLine: string | null
  readonly workingDirectory: string | null
  readonly parentName: string | null
  readonly parentExecutable: string | null
  readonly user: string | null
  readonly source: string | null
  readonly destination: string | null
  readonly transport: string | null
  /** What the record itself does not say and was taken from others. */
  readonly filledIn: readonly Enriched[]
}

export interface ExportTree {
  readonly hostId: string
  readonly hostName: string
  readonly alertIds: readonly number[]
  readonly tree: ProcessTree
}

export interface ExportAuditEntry extends Omit<CaseAuditEntry, 'text'> {
  readonly entityType: string
  readonly entityId: string
}
