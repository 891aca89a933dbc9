import { CASE_STATUS_LABELS, caseRef, tlpLabel } from '@/lib/cases/schema'
import type { ExportModel } from '@/lib/export/model'
import { html } from './html'
import type { Html } from './html'
import { markdown } from './markdown'
import { count, facts, severity, time } from './parts'
import { summarySentences } from './summary-text'

export function titleBlock(model: ExportModel): Html {
  const c = model.case
  return html`<h1>${c.title}</h1>
${facts([
  ['Case', caseRef(c.id)],
  ['Severity', severity(c.severity)],
  ['Status', CASE_STATUS_LABELS[c.status]],
  ['Opened', html`${time(c.createdAt)} by ${c.createdBy}`],
  ['Closed', c.closedAt !== null && time(c.closedAt)],
  ['State of the data', time(model.asOf)],
  ['Evidence', `${count(model.alerts.length, 'alert')}, ${count(model.records.length, 'linked record')}, ${count(model.trees.length, 'host')}`],
])}
<p class="soft">All times are UTC.</p>`
}

export function summary(model: ExportModel): Html {
  return html`${model.case.description !== '' && markdown(model.case.description)}
<ul class="plain">${summarySentences(model).map((sentence) => html`<li>${sentence}</li>`)}</ul>`
}

export function tlpBanner(model: ExportModel): Html {
  return html`<div class="tlp" data-tlp="${model.case.tlp}"><b>${tlpLabel(model.case.tlp)}</b><span>${caseRef(model.case.id)}</span></div>`
}
