import type { AlertEvent, AlertSummary } from '@/lib/alerts/schema'
import { alertRef } from '@/lib/alerts/schema'

interface Described {
  readonly summary: AlertSummary
  readonly keys: Readonly<Record<string, unknown>>
  readonly events: readonly AlertEvent[]
  readonly missingEvents: number
  readonly recordsRemovedAt: string | null
}

function eventJson({ role, stage, sourceEventId, eventId, timestamp }: AlertEvent) {
  return { role, stage, event_id: sourceEventId ?? String(eventId), timestamp }
}

/** An alert as the command line writes it: names of its own, stable across versions of the console. */
export function alertJson({ summary, keys, events, missingEvents, recordsRemovedAt }: Described) {
  return {
    id: alertRef(summary.id),
    rule_id: summary.ruleId,
    rule_name: summary.ruleName,
    severity: summary.severity,
    risk_score: summary.riskScore,
    status: summary.status,
    verdict: summary.verdict,
    assignee: summary.assignee,
    occurred_at: summary.occurredAt,
    created_at: summary.createdAt,
    updated_at: summary.updatedAt,
    retracted_at: summary.retractedAt,
    over_cap: summary.overCap,
    truncated: summary.truncated,
    reason: summary.reason,
    imds: summary.imds && {
      provider: summary.imds.provider,
      host: summary.imds.host,
      path: summary.imds.path,
      path_class: summary.imds.pathClass,
      role: summary.imds.role,
      version: summary.imds.version,
    },
    host: { id: summary.hostId, name: summary.hostName },
    keys,
    events: events.map(eventJson),
    missing_records: missingEvents,
    records_removed_at: recordsRemovedAt,
  }
}
