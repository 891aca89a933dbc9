import type { AlertSummary } from '@/lib/alerts/schema'
import { compareText } from '@/lib/lang/text-order'
import { describeAudit } from './describe-audit'
import type { CaseAuditEntry, CaseNote, TimelineEntry, TimelineKind } from './schema'

export interface TimelineSources {
  readonly alerts: readonly Pick<AlertSummary, 'id' | 'occurredAt' | 'reason' | 'hostName'>[]
  readonly history: readonly { readonly alertId: number; readonly at: string; readonly actor: string; readonly kind: string; readonly text: string }[]
  readonly notes: readonly CaseNote[]
  readonly audit: readonly Pick<CaseAuditEntry, 'at' | 'actor' | 'action' | 'detail'>[]
}

const DETECTOR_KINDS = new Set(['raised', 'relinked', 'retracted', 'restored'])
const ORDER: readonly TimelineKind[] = ['activity', 'detection', 'triage', 'case', 'note']

/** Oldest first; what bears the same time stands in the order in which it would have happened. */
export function compareEntries(a: TimelineEntry, b: TimelineEntry): number {
  return compareText(a.at, b.at) || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.alertId ?? 0) - (b.alertId ?? 0) || compareText(a.text, b.text)
}

/**
 * The course of a case from all who wrote about it: what the alerts say happened, when the detector said so, and what
 * people decided. Exports are left out: they are not part of what happened, and would make each export differ. Pure.
 */
export function buildTimeline({ alerts, history, notes, audit }: TimelineSources): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [
    ...alerts.map((alert): TimelineEntry => ({ at: alert.occurredAt, kind: 'activity', actor: null, text: `${alert.hostName}: ${alert.reason}`, alertId: alert.id })),
    // A case's own audit says the same of alerts that come and go.
    ...history
      .filter((entry) => entry.kind !== 'case')
      .map(({ at, actor, kind, text, alertId }): TimelineEntry => ({ at, kind: DETECTOR_KINDS.has(kind) ? 'detection' : 'triage', actor, text, alertId })),
    ...notes.map(({ at, actor, body }): TimelineEntry => ({ at, kind: 'note', actor, text: body, alertId: null })),
    ...audit
      .filter((entry) => entry.action !== 'case.add_note' && entry.action !== 'case.export')
      .map((entry): TimelineEntry => ({ at: entry.at, kind: 'case', actor: entry.actor, text: describeAudit(entry), alertId: null })),
  ]
  return entries.sort(compareEntries)
}
