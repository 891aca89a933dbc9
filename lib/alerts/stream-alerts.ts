import { EventReader } from '@/lib/db/event-reader'
import type { Database } from '@/lib/db/open'
import { imdsOf } from './alert-row'
import { allOf, beyond, filterCondition, orderBy } from './filter-sql'
import { readLinkedEvents } from './linked-events'
import type { EventLink } from './linked-events'
import { parseObject } from './parse-object'
import { parseTruncated } from './schema'
import type { AlertEvent, AlertFilter, AlertSort, AlertSummary } from './schema'

/** An alert with its keys and linked records: more than a row of the queue. */
export interface AlertRecord {
  readonly summary: AlertSummary
  readonly keys: Readonly<Record<string, unknown>>
  readonly events: readonly AlertEvent[]
  /** Linked records that are no longer stored, and when retention deleted some. */
  readonly missingEvents: number
  readonly recordsRemovedAt: string | null
  /** Entries of its history. */
  readonly history: number
}

interface Row {
  readonly id: number
  readonly rule: string
  readonly rule_name: string
  readonly keys: string
  readonly severity: AlertSummary['severity']
  readonly risk_score: number
  readonly reason: string
  readonly host_id: string
  readonly host_name: string
  readonly process_name: string | null
  readonly parent_executable: string | null
  readonly user_name: string | null
  readonly imds_provider: string | null
  readonly imds_host: string | null
  readonly imds_path: string | null
  readonly imds_path_class: string | null
  readonly imds_role: string | null
  readonly imds_version: string | null
  readonly occurred_at: number
  readonly created_at: number
  readonly updated_at: number
  readonly status: AlertSummary['status']
  readonly verdict: AlertSummary['verdict']
  readonly assignee: string | null
  readonly over_cap: number
  readonly retracted_at: number | null
  readonly records_removed_at: number | null
  readonly checklist_done: number
  readonly checklist_total: number
  readonly truncated: string | null
  readonly cases: string | null
  readonly history: number
}

const COLUMNS = `a.*, r.rule_id AS rule, r.name AS rule_name,
  (SELECT group_concat(c.case_id) FROM case_alert c WHERE c.alert_id = a.id) AS cases,
  (SELECT count(*) FROM alert_history h WHERE h.alert_id = a.id) AS history`
const OLDEST_FIRST: AlertSort = { by: 'time', descending: false }
const PAGE = 250

function instant(ms: number): string {
  return new Date(ms).toISOString()
}

function summaryOf(row: Row): AlertSummary {
  return {
    id: row.id,
    ruleId: row.rule,
    ruleName: row.rule_name,
    severity: row.severity,
    riskScore: row.risk_score,
    status: row.status,
    verdict: row.verdict,
    reason: row.reason,
    hostId: row.host_id,
    hostName: row.host_name,
    processName: row.process_name,
    parentExecutable: row.parent_executable,
    userName: row.user_name,
    imds: imdsOf({
      imdsProvider: row.imds_provider,
      imdsHost: row.imds_host,
      imdsPath: row.imds_path,
      imdsPathClass: row.imds_path_class,
      imdsRole: row.imds_role,
      imdsVersion: row.imds_version,
    }),
    assignee: row.assignee,
    occurredAt: instant(row.occurred_at),
    createdAt: instant(row.created_at),
    updatedAt: instant(row.updated_at),
    checklistDone: row.checklist_done,
    checklistTotal: row.checklist_total,
    overCap: row.over_cap !== 0,
    truncated: parseTruncated(row.truncated),
    retractedAt: row.retracted_at === null ? null : instant(row.retracted_at),
    caseIds: (row.cases ?? '').split(',').filter(Boolean).map(Number).sort((a, b) => a - b),
  }
}

/**
 * Every alert that meets the filter, oldest first, a page in memory at a time. Reads with the driver alone: a command that
 * lists alerts should not wait for the client of the application's records to start.
 */
export function* streamAlerts(db: Database, filter: AlertFilter): Generator<readonly AlertRecord[]> {
  const events = new EventReader(db)
  let after: number | null = null
  for (;;) {
    const condition = allOf([filterCondition(filter), after === null ? null : beyond(after, OLDEST_FIRST, 'after')])
    const rows: readonly Row[] = db
      .prepare<unknown[], Row>(`SELECT ${COLUMNS} FROM alert a JOIN rule r ON r.id = a.rule_id WHERE ${condition.sql} ORDER BY ${orderBy(OLDEST_FIRST)} LIMIT ${PAGE}`)
      .all(...condition.values)
    const links = db.prepare<[number], EventLink>('SELECT position, role, stage, event_id AS eventId FROM alert_event WHERE alert_id = ? ORDER BY position')
    yield rows.map((row) => {
      const ofAlert = links.all(row.id)
      const linked = readLinkedEvents(events, ofAlert)
      const recordsRemovedAt = row.records_removed_at === null ? null : instant(row.records_removed_at)
      return { summary: summaryOf(row), keys: parseObject(row.keys), events: linked, missingEvents: ofAlert.length - linked.length, recordsRemovedAt, history: row.history }
    })
    after = rows.at(-1)?.id ?? null
    if (rows.length < PAGE) return
  }
}
