import { alertRef } from '@/lib/alerts/schema'
import { originText } from '@/lib/ecs/enriched'
import { ALERTS_IN_FULL } from '@/lib/export/model'
import type { ExportAlert, ExportModel, ExportRecord } from '@/lib/export/model'
import type { WhyCondition } from '@/lib/export/why'
import { IMDS_PATH_LABELS, IMDS_PROVIDER_LABELS } from '@/lib/ecs/imds'
import type { ImdsFacts } from '@/lib/ecs/imds'
import { html, multiline } from './html'
import type { Html, HtmlValue } from './html'
import { markdown } from './markdown'
import { code, delta, facts, severity, short, table, time, verdict } from './parts'

const KINSHIP_WORDS: Readonly<Record<ExportAlert['kinship'], string>> = {
  same_process: 'the record it is about and the last one are of the same process',
  siblings: 'the record it is about and the last one are of two processes with the same parent',
  unknown: 'the records do not tell whether they are of one process',
}

/** What was asked of a metadata service, as the alert has it. */
function askedFor({ pathClass, role, provider, version, path }: ImdsFacts): HtmlValue {
  const what = pathClass === null ? 'the records do not say' : IMDS_PATH_LABELS[pathClass]
  return html`${what}${role !== null && html` of ${code(role)}`}${provider !== null && `, ${IMDS_PROVIDER_LABELS[provider]}`}${version !== null && `, IMDS${version}`}${path !== null && html`: ${code(path)}`}`
}

function whyTable(why: readonly WhyCondition[]): Html {
  return table(
    why,
    [
      { head: 'Stage', kind: 'number', cell: (row) => row.stage + 1 },
      { head: 'Condition', cell: (row) => code(row.text) },
      { head: 'Decided by', cell: (row) => code(row.decidedBy) },
      { head: 'What it saw', cell: (row) => row.fields.map(({ field, value }) => html`<div><code>${field}</code>: <code>${value}</code></div>`) },
    ],
    { empty: '', most: 100 },
  )
}

function linksTable(alert: ExportAlert, records: ReadonlyMap<number, ExportRecord>): Html {
  return table(
    alert.links.map((link) => ({ link, record: records.get(link.eventId) })),
    [
      { head: 'Stage', kind: 'number', cell: ({ link }) => link.stage + 1 },
      { head: 'Time', kind: 'time', cell: ({ record }) => (record ? time(record.at) : 'no longer stored') },
      { head: 'Δt', kind: 'number', cell: ({ link }) => delta(link.deltaMs) },
      { head: 'Record', cell: ({ link, record }) => short(record?.facts.action ?? link.role) },
      { head: 'Process', cell: ({ record }) => html`${code(record?.facts.executable ?? record?.facts.processName)} ${record?.facts.pid && html`<span class="soft">pid ${record.facts.pid}</span>`}${record?.facts.filledIn.map((filled) => html`<div class="soft">${filled.fields.join(', ')} filled in ${originText(filled)}</div>`)}` },
      { head: 'Command line or destination', cell: ({ record }) => code(record?.facts.destination ?? record?.facts.commandLine) },
    ],
    { empty: 'None of its records is stored any more.' },
  )
}

export function detections(model: ExportModel): Html {
  const records = new Map(model.records.map((record) => [record.eventId, record]))
  const shown = model.alerts.slice(0, ALERTS_IN_FULL)
  const more = model.alerts.length - shown.length
  return html`${table(
    model.alerts,
    [
      { head: 'Alert', cell: (alert) => html`<span class="nowrap">${alertRef(alert.id)}</span>` },
      { head: 'Time', kind: 'time', cell: (alert) => time(alert.occurredAt) },
      { head: 'Severity', cell: (alert) => severity(alert.severity) },
      { head: 'Host', cell: (alert) => short(alert.hostName) },
      { head: 'What happened', cell: (alert) => alert.reason },
      { head: 'Verdict', cell: (alert) => verdict(alert.verdict) },
    ],
    { empty: 'The case has no alerts.', rest: 'alerts.jsonl' },
  )}
${model.rules.map(
    (rule, index) => html`<h3>${rule.document.name}</h3>
${facts([
  ['Rule', html`<code>${rule.ruleId}</code>, version ${rule.document.version}`],
  ['Severity', html`${severity(rule.document.severity)}, risk score ${rule.document.risk_score}`],
  ['Digest', html`<code class="digest">${rule.digest}</code>`],
])}
${markdown(rule.document.description.trim(), { hardWrapped: true })}
<h4>Query (${rule.document.language})</h4>
<pre>${multiline(rule.document.query.trim())}</pre>
${shown
  .filter((alert) => alert.rule === index)
  .map(
    (alert) => html`<div class="box"><h4>${alertRef(alert.id)}: ${alert.reason}</h4>
${facts([
  ['Asked for', alert.imds && askedFor(alert.imds)],
  ['Joined by', Object.entries(alert.keys).map(([field, value], i) => html`${i > 0 && ', '}<code>${field}</code> = ${code(typeof value === 'string' ? value : JSON.stringify(value))}`)],
  ['Kinship', KINSHIP_WORDS[alert.kinship]],
  ['Records deleted', alert.recordsRemovedAt !== null && html`${time(alert.recordsRemovedAt)}, by retention, before the alert came into the case`],
  ['Retracted', alert.retractedAt !== null && html`${time(alert.retractedAt)}: a later record took the match away`],
])}
${linksTable(alert, records)}
${alert.why.length > 0 && html`<h4>Conditions that held</h4>${whyTable(alert.why)}`}</div>`,
  )}`,
  )}
${more > 0 && html`<p class="open">${more} more alerts are not described here; they are in alerts.jsonl.</p>`}`
}
