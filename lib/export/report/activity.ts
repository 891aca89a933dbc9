import { alertRef } from '@/lib/alerts/schema'
import { TIMELINE_KIND_LABELS } from '@/lib/cases/schema'
import { compareInstants } from '@/lib/export/instant'
import type { ExportModel } from '@/lib/export/model'
import { treeNotes, treeText } from '@/lib/export/tree-text'
import { html, multiline } from './html'
import type { Html, HtmlValue } from './html'
import { markdown } from './markdown'
import { code, short, table, time } from './parts'
import { timelineFigure } from './timeline-figure'

interface TimelineRow {
  readonly at: string
  readonly kind: string
  readonly actor: string | null
  readonly text: HtmlValue
}

export function timeline(model: ExportModel): Html {
  const alertsOf = new Map<number, string[]>()
  for (const alert of model.alerts) for (const link of alert.links) alertsOf.set(link.eventId, [...(alertsOf.get(link.eventId) ?? []), alertRef(alert.id)])
  const rows: TimelineRow[] = [
    ...model.records.map((record): TimelineRow => {
      const f = record.facts
      return {
        at: record.at,
        kind: f.action ?? f.role,
        actor: f.hostName,
        text: html`${code(f.commandLine ?? f.executable ?? f.processName)}${f.destination !== null && html` → ${code(f.destination)}`} <span class="soft">${(alertsOf.get(record.eventId) ?? []).join(', ')}</span>`,
      }
    }),
    ...model.timeline.map((entry): TimelineRow => ({
      at: entry.at,
      kind: TIMELINE_KIND_LABELS[entry.kind],
      actor: entry.actor,
      text: html`${entry.alertId !== null && `${alertRef(entry.alertId)}: `}${entry.kind === 'note' ? markdown(entry.text) : html`<span class="kept">${multiline(entry.text)}</span>`}`,
    })),
  ].sort((a, b) => compareInstants(a.at, b.at))
  return html`${timelineFigure(model)}
${table(
    rows,
    [
      { head: 'Time', kind: 'time', cell: (row) => time(row.at) },
      { head: 'What', cell: (row) => short(row.kind) },
      { head: 'Host or person', cell: (row) => short(row.actor ?? '–') },
      { head: 'Text', cell: (row) => row.text },
    ],
    { empty: 'Nothing happened yet.', most: 1000, rest: 'timeline.jsonl' },
  )}`
}

export function processTrees(model: ExportModel): Html {
  if (model.trees.length === 0) return html`<p class="soft">No processes are recorded.</p>`
  return html`<p class="soft">* marks the processes that the alerts are about; · a connection.</p>
${model.trees.map(({ hostName, alertIds, tree }) => html`<h3>${hostName} <span class="soft">${alertIds.slice(0, 20).map(alertRef).join(', ')}</span></h3><pre class="tree" tabindex="0" role="region" aria-label="Process tree of ${hostName}">${multiline(treeText(tree))}</pre>
${treeNotes(tree).map((note) => html`<p class="soft">${note}</p>`)}`)}`
}
