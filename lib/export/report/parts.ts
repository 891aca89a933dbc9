import { VERDICT_LABELS } from '@/lib/alerts/schema'
import type { Verdict } from '@/lib/alerts/schema'
import type { Severity } from '@/lib/rules/schema'
import { html } from './html'
import type { Html, HtmlValue } from './html'

/** `2026-11-21 19:00:00.000`; the report says once that all times are UTC. */
export function timeText(iso: string): string {
  return iso.replace('T', ' ').replace(/Z$/, '')
}

export function time(iso: string): Html {
  return html`<span class="nowrap">${timeText(iso)}</span>`
}

/** A word that stays on one line where it is short enough; what a record calls something may be of any length. */
export function short(text: string): Html {
  return text.length <= 24 ? html`<span class="nowrap">${text}</span>` : html`${text}`
}

export function code(text: string | null | undefined): HtmlValue {
  if (text === null || text === undefined || text === '') return '–'
  return text.length <= 24 ? html`<code class="nowrap">${text}</code>` : html`<code>${text}</code>`
}

const SEVERITY_WORDS: Readonly<Record<Severity, string>> = { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' }

export function severity(of: Severity): Html {
  return html`<span class="severity nowrap" data-severity="${of}">${SEVERITY_WORDS[of]}</span>`
}

export function verdict(of: Verdict | null): Html {
  return of === null ? html`<span class="open nowrap">No verdict</span>` : html`<span class="verdict nowrap" data-verdict="${of}">${VERDICT_LABELS[of]}</span>`
}

export interface Column<Row> {
  readonly head: string
  readonly kind?: 'time' | 'number'
  readonly cell: (row: Row) => HtmlValue
}

/** A table, or a sentence when there is nothing in it. Of many rows the first are shown, and it says so. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], { empty, most = 500, rest }: { empty: string; most?: number; rest?: string }): Html {
  if (rows.length === 0) return html`<p class="soft">${empty}</p>`
  const shown = rows.slice(0, most)
  const more = rows.length - shown.length
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Table"><table><thead><tr>${columns.map((column) => html`<th scope="col" class="${column.kind ?? ''}">${column.head}</th>`)}</tr></thead>
<tbody>${shown.map((row) => html`<tr>${columns.map((column) => html`<td class="${column.kind ?? ''}">${column.cell(row)}</td>`)}</tr>\n`)}</tbody></table></div>
${more > 0 && html`<p class="open">${more.toLocaleString('en')} more rows are not shown${rest === undefined ? '.' : `; they are in ${rest}.`}</p>`}`
}

/** Facts as a list of names and values; values that are nothing are left out. */
export function facts(rows: readonly (readonly [name: string, value: HtmlValue])[]): Html {
  return html`<dl class="facts">${rows
    .filter(([, value]) => value !== null && value !== undefined && value !== false && value !== '')
    .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
}

/** `3 alerts`, `1 alert`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

/** `412 ms`, `1.250 s`, `4 min`: what lies between two records. */
export function delta(ms: number | null): string {
  if (ms === null) return '–'
  if (ms === 0) return '0 ms'
  if (Math.abs(ms) < 1000) return `+${Number.isInteger(ms) ? ms : ms.toFixed(3)} ms`
  return `+${(ms / 1000).toFixed(3)} s`
}
