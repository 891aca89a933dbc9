import { describeAudit } from '@/lib/cases/describe-audit'
import { leftOut } from '@/lib/export/left-out'
import type { ExportModel } from '@/lib/export/model'
import type { ManifestFile } from '@/lib/export/schema'
import { compareText } from '@/lib/lang/text-order'
import { html } from './html'
import type { Html } from './html'
import { code, table, time } from './parts'

export function appendix(model: ExportModel, files: readonly ManifestFile[]): Html {
  return html`<h3>Limits</h3><ul class="plain">${leftOut(model).map((sentence) => html`<li>${sentence}</li>`)}</ul>
<h3>Linked records</h3>
${table(
    model.records,
    [
      { head: 'Time', kind: 'time', cell: (record) => time(record.at) },
      { head: 'event.id', cell: (record) => code(record.sourceEventId) },
      { head: 'Where', cell: (record) => html`${record.path}${record.line !== null && `, line ${record.line}`}` },
      { head: 'Bytes', kind: 'number', cell: (record) => record.bytes.toLocaleString('en') },
      { head: 'sha256', cell: (record) => html`<code class="digest">${record.sha256}</code>` },
    ],
    { empty: 'No records are linked.', rest: 'events_index.jsonl' },
  )}
<h3>Files of this export</h3>
${table(
    files.toSorted((a, b) => compareText(a.path, b.path)),
    [
      { head: 'File', cell: (file) => file.path },
      { head: 'Bytes', kind: 'number', cell: (file) => file.bytes.toLocaleString('en') },
      { head: 'sha256', cell: (file) => html`<code class="digest">${file.sha256}</code>` },
    ],
    { empty: '', rest: 'manifest.json' },
  )}
<p class="soft">This report and the manifest itself are not in the list; manifest.json lists the report, and manifest.sha256 both.</p>
<h3>Audit log</h3>
${table(
    model.audit,
    [
      { head: 'Time', kind: 'time', cell: (entry) => time(entry.at) },
      { head: 'Who', cell: (entry) => entry.actor },
      { head: 'What', cell: (entry) => (entry.entityType === 'case' ? describeAudit(entry) : entry.action) },
      { head: 'On', cell: (entry) => html`<span class="nowrap">${entry.entityId}</span>` },
    ],
    { empty: 'Nothing is recorded.', rest: 'audit_log.jsonl' },
  )}`
}
