import { FACET_PARAMS, NONE, UNDECIDED } from '@/components/alerts/queue-params'
import type { QueueParams } from '@/components/alerts/queue-params'
import { ALERT_STATUSES, VERDICT_LABELS } from '@/lib/alerts/schema'
import type { AlertFacet, AlertFacets } from '@/lib/alerts/schema'
import { SEVERITIES } from '@/lib/rules/schema'

/** New values of the URL's parameters; null goes back to the default. */
export type QueueChange = Partial<{ [Key in keyof QueueParams]: QueueParams[Key] | null }>

/** The facets by name. */
export const FACET_LABELS: Readonly<Record<AlertFacet, string>> = {
  status: 'Status',
  severity: 'Severity',
  ruleId: 'Rule',
  host: 'Host',
  verdict: 'Verdict',
  assignee: 'Assignee',
  parent: 'Parent',
}

const STATUS_LABELS: Readonly<Record<string, string>> = { open: 'Open', acknowledged: 'Acknowledged', closed: 'Closed' }
const SEVERITY_LABELS: Readonly<Record<string, string>> = { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' }

function labelOf(facet: AlertFacet, value: string, label: string | undefined): string {
  if (facet === 'status') return STATUS_LABELS[value] ?? value
  if (facet === 'severity') return SEVERITY_LABELS[value] ?? value
  if (facet === 'verdict' && value in VERDICT_LABELS) return VERDICT_LABELS[value as keyof typeof VERDICT_LABELS]
  if (value === NONE) return facet === 'assignee' ? 'Nobody' : facet === 'verdict' ? 'None yet' : 'Unknown'
  return label ?? value
}

/** What can be chosen: the counted values, and those chosen that no longer count; statuses and severities always all. */
export function facetOptions(facet: AlertFacet, facets: AlertFacets, selected: readonly string[]) {
  const counted = new Map(facets[facet].map(({ value, label, count }) => [value ?? NONE, { label, count }]))
  const fixed: readonly string[] = facet === 'status' ? ALERT_STATUSES : facet === 'severity' ? SEVERITIES.toReversed() : []
  const values = [...new Set([...fixed, ...counted.keys(), ...selected])].filter((value) => value !== 'all')
  return values.map((value) => ({ value, label: labelOf(facet, value, counted.get(value)?.label), count: counted.get(value)?.count ?? 0 }))
}

export function isDefaultStatus(status: readonly string[]): boolean {
  return status.length === UNDECIDED.length && UNDECIDED.every((value) => status.includes(value))
}

/** The change that sets one facet. No status at all is every status; what is the default stays out of the URL. */
export function facetChange(facet: AlertFacet, selected: readonly string[]): QueueChange {
  if (facet !== 'status') return { [FACET_PARAMS[facet]]: selected.length === 0 ? null : selected }
  if (selected.length === 0) return { status: ['all'] }
  return { status: isDefaultStatus(selected) ? null : ALERT_STATUSES.filter((value) => selected.includes(value)) }
}

/** The change that takes every filter away. */
export const NO_FILTERS: QueueChange = {
  status: null,
  severity: null,
  rule: null,
  host: null,
  verdict: null,
  assignee: null,
  parent: null,
  case: null,
  import: null,
  q: null,
  from: null,
  to: null,
}
