import { FACET_PARAMS, NONE, UNDECIDED } from '@/components/alerts/queue-params'
import type { QueueParams } from '@/components/alerts/queue-params'
import { ALERT_STATUSES, VERDICT_LABELS } from '@/lib/alerts/schema'
import type { AlertFacet, FacetCount, FacetLabels } from '@/lib/alerts/schema'
import { IMDS_PATH_CLASSES, IMDS_PATH_LABELS } from '@/lib/ecs/imds'
import { SEVERITIES } from '@/lib/rules/schema'

/** New values of the URL's parameters; null goes back to the default. */
export type QueueChange = Partial<{ [Key in keyof QueueParams]: QueueParams[Key] | null }>

export interface FacetOption {
  readonly value: string
  readonly label: string
  /** null until it is counted. */
  readonly count: number | null
}

/** The facets by name. */
export const FACET_LABELS: Readonly<Record<AlertFacet, string>> = {
  status: 'Status',
  severity: 'Severity',
  ruleId: 'Rule',
  host: 'Host',
  verdict: 'Verdict',
  assignee: 'Assignee',
  parent: 'Parent',
  pathClass: 'Asked for',
  role: 'Role',
}

const STATUS_LABELS: Readonly<Record<string, string>> = { open: 'Open', acknowledged: 'Acknowledged', closed: 'Closed' }
const SEVERITY_LABELS: Readonly<Record<string, string>> = { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' }

const NONE_LABELS: Partial<Record<AlertFacet, string>> = { assignee: 'Nobody', verdict: 'None yet', pathClass: 'Not said', role: 'None named' }

function labelOf(facet: AlertFacet, value: string, label: string | undefined): string {
  if (facet === 'status') return STATUS_LABELS[value] ?? value
  if (facet === 'severity') return SEVERITY_LABELS[value] ?? value
  if (facet === 'verdict' && value in VERDICT_LABELS) return VERDICT_LABELS[value as keyof typeof VERDICT_LABELS]
  if (value === NONE) return NONE_LABELS[facet] ?? 'Unknown'
  if (facet === 'pathClass' && value in IMDS_PATH_LABELS) return IMDS_PATH_LABELS[value as keyof typeof IMDS_PATH_LABELS]
  return label ?? value
}

const FIXED: Partial<Record<AlertFacet, readonly string[]>> = { status: ALERT_STATUSES, severity: SEVERITIES.toReversed(), pathClass: IMDS_PATH_CLASSES }

/**
 * What can be chosen: the counted values, and those chosen that no longer count; statuses, severities and path classes always
 * all. Before they are counted those that are known anyway, without a number.
 */
export function facetOptions(facet: AlertFacet, counts: readonly FacetCount[] | undefined, selected: readonly string[], labels: FacetLabels): readonly FacetOption[] {
  const counted = new Map(counts?.map(({ value, label, count }) => [value ?? NONE, { label, count }]))
  const values = [...new Set([...(FIXED[facet] ?? []), ...counted.keys(), ...selected])].filter((value) => value !== 'all')
  return values.map((value) => ({
    value,
    label: labelOf(facet, value, counted.get(value)?.label ?? chosenLabel(facet, value, labels)),
    count: counts === undefined ? null : (counted.get(value)?.count ?? 0),
  }))
}

/** The name of a value that the filter names by its id. */
function chosenLabel(facet: AlertFacet, value: string, labels: FacetLabels): string | undefined {
  return facet === 'ruleId' || facet === 'host' ? labels[facet][value] : undefined
}

/** A value that was chosen, as its chip says it. */
export function selectedLabel(facet: AlertFacet, value: string, labels: FacetLabels): string {
  return labelOf(facet, value, chosenLabel(facet, value, labels))
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
  asked: null,
  role: null,
  about: null,
  case: null,
  import: null,
  q: null,
  from: null,
  to: null,
}
