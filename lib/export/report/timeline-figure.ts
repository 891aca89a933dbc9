import type { ExportModel } from '@/lib/export/model'
import { visibleText } from '@/lib/text/visible-text'
import { html } from './html'
import type { Html } from './html'

const WIDTH = 1000
const LEFT = 150
const RIGHT = 20
const LANE = 30
const TOP = 14
const LANES_SHOWN = 16
const TICKS = 5
const MARKS_SHOWN = 2_000

function tickLabel(ms: number, span: number): string {
  const iso = new Date(ms).toISOString()
  if (span > 2 * 86_400_000) return iso.slice(0, 10)
  return span < 60_000 ? iso.slice(11, 23) : iso.slice(11, 19)
}

function mark(role: string, x: number, y: number, title: string): Html {
  const at = (n: number) => n.toFixed(1)
  // A connection mostly follows its exec within milliseconds: one above the line, one below, so that both are seen.
  if (role === 'network') return html`<path class="network" d="M${at(x)} ${at(y + 1)}l5 5l-5 5l-5-5z"><title>${title}</title></path>`
  if (role === 'exec') return html`<circle class="exec" cx="${at(x)}" cy="${at(y - 6)}" r="4.5"><title>${title}</title></circle>`
  return html`<rect class="other" x="${at(x - 4)}" y="${at(y - 4)}" width="8" height="8"><title>${title}</title></rect>`
}

/**
 * The linked records on a line of time, one lane a host. What it shows is also in the table below it; its description says
 * the same in words for those who cannot see it.
 */
export function timelineFigure(model: ExportModel): Html {
  const { records } = model
  const first = records[0]
  const last = records.at(-1)
  if (!first || !last) return html`<p class="soft">No linked records.</p>`
  const hosts = [...new Set(records.map((record) => record.facts.hostName))]
  const lanes = hosts.slice(0, LANES_SHOWN)
  // One moment alone still needs a line to stand on.
  const pad = Math.max((last.ms - first.ms) * 0.03, 5)
  const from = first.ms - pad
  const span = last.ms + pad - from
  const x = (ms: number) => LEFT + ((ms - from) / span) * (WIDTH - LEFT - RIGHT)
  const height = TOP + lanes.length * LANE + 30
  const bottom = TOP + lanes.length * LANE
  const words = `${records.length} linked records on ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'} from ${first.at} to ${last.at}.`
  return html`<figure><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="figure-title figure-words">
<title id="figure-title">Linked records over time</title><desc id="figure-words">${words} The table below lists them.</desc>
${Array.from({ length: TICKS }, (_, i) => {
  const ms = from + (span * i) / (TICKS - 1)
  const anchor = i === 0 ? 'start' : i === TICKS - 1 ? 'end' : 'middle'
  return html`<line class="axis" x1="${x(ms).toFixed(1)}" x2="${x(ms).toFixed(1)}" y1="${TOP}" y2="${bottom}"/><text class="label" x="${x(ms).toFixed(1)}" y="${bottom + 18}" text-anchor="${anchor}">${tickLabel(ms, span)}</text>`
})}
${lanes.map((host, i) => {
  const y = TOP + i * LANE + LANE / 2
  // No spans of HTML in SVG: hidden characters are written as plain names.
  const label = host.length > 22 ? `${host.slice(0, 21)}…` : host
  return html`<line class="lane" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text x="0" y="${y + 4}">${visibleText(label)}</text>
${records
  .filter((record) => record.facts.hostName === host)
  .slice(0, MARKS_SHOWN)
  .map((record) => mark(record.facts.role, x(record.ms), y, visibleText(`${record.at} ${record.facts.action ?? record.facts.role} ${record.facts.processName ?? ''} ${record.facts.destination ?? ''}`)))}`
})}
</svg><figcaption>Circle: a process was executed. Diamond: a network connection. Square: another record.${
    hosts.length > lanes.length ? ` ${hosts.length - lanes.length} more hosts are in the table only.` : ''
  }</figcaption></figure>`
}
