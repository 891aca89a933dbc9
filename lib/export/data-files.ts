import { alertRef } from '@/lib/alerts/schema'
import { compareEntries } from '@/lib/cases/timeline'
import { caseRef, tlpLabel } from '@/lib/cases/schema'
import { exceptionRef } from '@/lib/exceptions/schema'
import { heldFile, jsonFile, jsonLinesFile } from './export-file'
import type { ExportFile } from './export-file'
import { forReading } from './for-reading'
import { compareInstants } from './instant'
import type { ExportAlert, ExportModel, ExportRecord } from './model'
import { readmeText } from './readme-text'
import { treeNotes, treeText } from './tree-text'
import { visibleText } from '@/lib/text/visible-text'

const ref = (id: number | null) => (id === null ? null : alertRef(id))

function caseJson({ case: c, exporter, asOf, alerts, roles }: ExportModel) {
  return {
    id: caseRef(c.id),
    title: c.title,
    description: c.description,
    status: c.status,
    severity: c.severity,
    tlp: tlpLabel(c.tlp),
    created_by: c.createdBy,
    created_at: c.createdAt,
    updated_at: c.updatedAt,
    closed_at: c.closedAt,
    state_of: asOf,
    exporter,
    alerts: alerts.map((alert) => alertRef(alert.id)),
    roles_asked_for: roles.map(({ role, provider, alertIds, hosts, firstAt, lastAt }) => ({ role, provider, alerts: alertIds.map(alertRef), hosts, first_at: firstAt, last_at: lastAt })),
  }
}

function alertJson(alert: ExportAlert, model: ExportModel, records: ReadonlyMap<number, ExportRecord>) {
  const rule = model.rules[alert.rule]
  return {
    id: alertRef(alert.id),
    rule_id: alert.ruleId,
    rule_name: alert.ruleName,
    rule_version: rule?.document.version ?? null,
    rule_sha256: rule?.digest ?? null,
    rule_file: rule?.path ?? null,
    severity: alert.severity,
    risk_score: alert.riskScore,
    status: alert.status,
    verdict: alert.verdict,
    assignee: alert.assignee,
    reason: alert.reason,
    imds: alert.imds && {
      provider: alert.imds.provider,
      host: alert.imds.host,
      path: alert.imds.path,
      path_class: alert.imds.pathClass,
      role: alert.imds.role,
      version: alert.imds.version,
    },
    host: { id: alert.hostId, name: alert.hostName },
    process_name: alert.processName,
    parent_executable: alert.parentExecutable,
    user_name: alert.userName,
    occurred_at: alert.occurredAt,
    created_at: alert.createdAt,
    updated_at: alert.updatedAt,
    closed_at: alert.closedAt,
    retracted_at: alert.retractedAt,
    truncated: alert.truncated,
    records_removed_at: alert.recordsRemovedAt,
    added_to_case: { by: alert.addedBy, at: alert.addedAt },
    checklist: { done: alert.checklistDone, total: alert.checklistTotal },
    keys: alert.keys,
    kinship: alert.kinship,
    events: alert.links.map((link) => {
      const record = records.get(link.eventId)
      return {
        position: link.position,
        role: link.role,
        stage: link.stage,
        event_id: record?.sourceEventId ?? null,
        timestamp: record?.at ?? null,
        delta_ms: link.deltaMs,
        sha256: record?.sha256 ?? null,
        file: record?.path ?? null,
        line: record?.line ?? null,
      }
    }),
    why: alert.why.map(({ stage, text, decidedBy, fields }) => ({ stage, condition: text, decided_by: decidedBy, saw: Object.fromEntries(fields.map(({ field, value }) => [field, value])) })),
    history: alert.history,
  }
}

function indexJson(model: ExportModel) {
  return model.records.map((record) => ({
    file: record.path,
    line: record.line,
    sha256: record.sha256,
    bytes: record.bytes,
    timestamp: record.at,
    event_id: record.sourceEventId,
    host: { id: record.facts.hostId, name: record.facts.hostName },
    role: record.facts.role,
    filled_in: record.facts.filledIn.map(({ fields, from, at }) => ({ fields, from, at })),
    alerts: model.alerts.flatMap((alert) =>
      alert.links.filter((link) => link.eventId === record.eventId).map((link) => ({ alert: alertRef(alert.id), role: link.role, stage: link.stage, position: link.position })),
    ),
  }))
}

function timelineJson(model: ExportModel) {
  const records = model.records.map((record) => ({
    at: record.at,
    kind: 'record',
    actor: null,
    text: [record.facts.hostName, record.facts.action ?? record.facts.role, record.facts.commandLine ?? record.facts.processName ?? '', record.facts.destination ?? '']
      .filter((part) => part !== '')
      .join(' · '),
    alert: null,
    sha256: record.sha256,
  }))
  const entries = model.timeline.toSorted(compareEntries).map(({ at, kind, actor, text, alertId }) => ({ at, kind, actor, text, alert: ref(alertId), sha256: null }))
  return [...records, ...entries].sort((a, b) => compareInstants(a.at, b.at))
}

function treesText(model: ExportModel): string {
  return model.trees
    .map(({ hostName, hostId, alertIds, tree }) => {
      const head = `Host ${visibleText(hostName)} (${visibleText(hostId)}), ${alertIds.map(alertRef).join(', ')}`
      return [head, '', treeText(tree), ...treeNotes(tree).map((note) => `\n${note}`), ''].join('\n')
    })
    .join('\n\n')
}

/** All files of an export but the records, the report and the manifest. Pure: the same model gives the same bytes. */
export function dataFiles(model: ExportModel): readonly ExportFile[] {
  const records = new Map(model.records.map((record) => [record.eventId, record]))
  const read = forReading(model)
  return [
    heldFile('README.txt', 'readme', 'text/plain', readmeText(model)),
    jsonFile('case.json', 'case', caseJson(model)),
    jsonLinesFile('alerts.jsonl', 'alerts', model.alerts.map((alert) => alertJson(alert, model, records))),
    jsonLinesFile('events_index.jsonl', 'evidence_index', indexJson(model)),
    jsonFile(
      'process_trees.json',
      'process_tree',
      model.trees.map(({ hostId, hostName, alertIds, tree }) => ({ host: { id: hostId, name: hostName }, alerts: alertIds.map(alertRef), tree })),
    ),
    heldFile('process_trees.txt', 'process_tree', 'text/plain', treesText(read)),
    jsonLinesFile('timeline.jsonl', 'timeline', timelineJson(read)),
    jsonFile(
      'checklists.json',
      'triage',
      model.alerts.map((alert) => ({
        alert: alertRef(alert.id),
        done: alert.checklistDone,
        total: alert.checklistTotal,
        items: alert.checklist.map(({ counted, ...item }) => ({ ...item, asked: counted })),
      })),
    ),
    jsonFile('notes.json', 'case', model.notes),
    jsonFile(
      'exceptions.json',
      'exceptions',
      model.exceptions.map((exception) => ({
        id: exceptionRef(exception.id),
        name: exception.name,
        reason: exception.reason,
        rule_id: exception.ruleId,
        stage: exception.stage,
        entries: exception.entries,
        enabled: exception.enabled,
        starts_at: exception.startsAt,
        expires_at: exception.expiresAt,
        made_from: ref(exception.alertId),
        created_by: exception.createdBy,
        created_at: exception.createdAt,
        updated_by: exception.updatedBy,
        updated_at: exception.updatedAt,
      })),
    ),
    ...model.rules.map((rule) => heldFile(rule.path, 'rule', 'application/json', rule.text)),
    jsonLinesFile(
      'audit_log.jsonl',
      'audit',
      model.audit.map(({ id, at, actor, action, entityType, entityId, detail }) => ({ id, at, actor, action, entity_type: entityType, entity_id: entityId, detail })),
    ),
  ]
}
