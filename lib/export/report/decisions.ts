import { alertRef } from '@/lib/alerts/schema'
import { exceptionRef } from '@/lib/exceptions/schema'
import type { ExportAlert, ExportModel } from '@/lib/export/model'
import { ITEM_STATE_LABELS, SECTION_TITLES } from '@/lib/triage/schema'
import { html } from './html'
import type { Html } from './html'
import { inlineMarkdown, markdown } from './markdown'
import { code, short, table, time, verdict } from './parts'

export function checklists(model: ExportModel): Html {
  const open = model.alerts.flatMap((alert) =>
    alert.checklist.filter((item) => item.state === 'follow_up' || (item.counted && item.state === null)).map((item) => ({ alert, item })),
  )
  const answered = model.alerts.flatMap((alert) => alert.checklist.filter((item) => item.state !== null && item.state !== 'follow_up').map((item) => ({ alert, item })))
  return html`<h3>Open (${open.length})</h3>
${table(
    open,
    [
      { head: 'Alert', cell: ({ alert }) => html`<span class="nowrap">${alertRef(alert.id)}</span>` },
      { head: 'Section', cell: ({ item }) => short(SECTION_TITLES[item.section]) },
      { head: 'Step', cell: ({ item }) => inlineMarkdown(item.text) },
      { head: 'State', cell: ({ item }) => html`<span class="open nowrap">${item.state === null ? 'Not answered' : ITEM_STATE_LABELS[item.state]}</span>` },
      { head: 'Note', cell: ({ item }) => (item.note === '' ? '–' : markdown(item.note)) },
    ],
    { empty: 'Nothing is open.', most: 300, rest: 'checklists.json' },
  )}
<h3>Answered (${answered.length})</h3>
${table(
    answered,
    [
      { head: 'Alert', cell: ({ alert }) => html`<span class="nowrap">${alertRef(alert.id)}</span>` },
      { head: 'Step', cell: ({ item }) => inlineMarkdown(item.text) },
      { head: 'Answer', cell: ({ item }) => html`<span class="done nowrap">${item.state === null ? '' : ITEM_STATE_LABELS[item.state]}</span>` },
      { head: 'Note', cell: ({ item }) => (item.note === '' ? '–' : markdown(item.note)) },
      { head: 'By', cell: ({ item }) => short(item.actor ?? '–') },
      { head: 'When', kind: 'time', cell: ({ item }) => (item.at === null ? '–' : time(item.at)) },
    ],
    { empty: 'No step was answered.', most: 300, rest: 'checklists.json' },
  )}`
}

export function verdicts(model: ExportModel): Html {
  const reasons = (alert: ExportAlert) => alert.history.filter((entry) => entry.kind === 'status' || entry.kind === 'note')
  return table(
    model.alerts,
    [
      { head: 'Alert', cell: (alert) => html`<span class="nowrap">${alertRef(alert.id)}</span>` },
      { head: 'Verdict', cell: (alert) => verdict(alert.verdict) },
      { head: 'Closed', kind: 'time', cell: (alert) => (alert.closedAt === null ? '–' : time(alert.closedAt)) },
      { head: 'Assignee', cell: (alert) => alert.assignee ?? '–' },
      {
        head: 'Reasoning',
        cell: (alert) => reasons(alert).map((entry) => html`<div><span class="soft">${time(entry.at)} ${entry.actor}</span>${markdown(entry.text)}</div>`),
      },
    ],
    { empty: 'The case has no alerts.', rest: 'alerts.jsonl' },
  )
}

export function exceptions(model: ExportModel): Html {
  return table(
    model.exceptions,
    [
      { head: 'Exception', cell: (row) => html`<span class="nowrap">${exceptionRef(row.id)}</span> ${row.name}` },
      { head: 'Rule', cell: (row) => row.ruleName ?? row.ruleId ?? 'All rules' },
      {
        head: 'Conditions',
        cell: (row) =>
          row.entries.map((entry, i) => {
            const value = entry.type === 'exists' ? '' : entry.type === 'match_any' ? entry.value.join(' | ') : entry.value
            return html`${i > 0 && ' and '}<code>${entry.field}</code> ${entry.operator === 'excluded' && 'not '}${entry.type.replace('_', ' ')} ${value !== '' && code(value)}`
          }),
      },
      { head: 'Reason', cell: (row) => markdown(row.reason) },
      { head: 'In force', cell: (row) => (row.enabled ? 'enabled' : 'disabled') },
      { head: 'Expires', kind: 'time', cell: (row) => (row.expiresAt === null ? 'never' : time(row.expiresAt)) },
      { head: 'By', cell: (row) => row.updatedBy },
    ],
    { empty: 'No exception touches these rules.' },
  )
}

export function notes(model: ExportModel): Html {
  if (model.notes.length === 0) return html`<p class="soft">No notes.</p>`
  return html`${model.notes.slice(0, 500).map((note) => html`<div class="box"><p class="soft">${time(note.at)} ${note.actor}</p>${markdown(note.body)}</div>`)}`
}
