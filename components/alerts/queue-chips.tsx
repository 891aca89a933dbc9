'use client'

import { FACET_LABELS, NO_FILTERS, facetChange, isDefaultStatus, selectedLabel } from '@/components/alerts/queue-facets'
import type { QueueChange } from '@/components/alerts/queue-facets'
import { FACET_PARAMS } from '@/components/alerts/queue-params'
import type { QueueParams } from '@/components/alerts/queue-params'
import { FilterChips } from '@/components/ui/filter-chips'
import type { FilterChip } from '@/components/ui/filter-chips'
import { visibleText } from '@/lib/text/visible-text'
import { ALERT_FACETS } from '@/lib/alerts/schema'
import type { FacetLabels } from '@/lib/alerts/schema'
import { OBSERVABLE_LABELS, parseObservable } from '@/lib/ecs/observables'
import classes from './queue.module.css'

interface QueueChipsProps {
  readonly params: QueueParams
  readonly labels: FacetLabels
  readonly onChange: (change: QueueChange) => void
}

function chipsOf(params: QueueParams, labels: FacetLabels): readonly FilterChip[] {
  const chips: FilterChip[] = []
  for (const facet of ALERT_FACETS) {
    const selected: readonly string[] = params[FACET_PARAMS[facet]]
    if (facet === 'status' && (isDefaultStatus(selected) || selected.includes('all') || selected.length === 0)) continue
    for (const value of new Set(selected)) chips.push({ id: `${facet} ${value}`, label: FACET_LABELS[facet], value: visibleText(selectedLabel(facet, value, labels)) })
  }
  for (const text of new Set(params.about)) {
    const about = parseObservable(text)
    if (about) chips.push({ id: `about ${text}`, label: OBSERVABLE_LABELS[about.kind], value: visibleText(about.value) })
  }
  if (params.case !== null) chips.push({ id: 'case', label: 'Case', value: params.case })
  if (params.import !== null) chips.push({ id: 'import', label: 'Import', value: String(params.import) })
  if (params.from !== null) chips.push({ id: 'from', label: 'From', value: params.from })
  if (params.to !== null) chips.push({ id: 'to', label: 'To', value: params.to })
  return chips
}

/** What limits the list beyond its default, each to be taken away by itself; nothing when nothing does. */
export function QueueChips({ params, labels, onChange }: QueueChipsProps) {
  const chips = chipsOf(params, labels)
  if (chips.length === 0) return null
  const remove = (id: string) => {
    if (id === 'case' || id === 'import' || id === 'from' || id === 'to') onChange({ [id]: null })
    if (id.startsWith('about ')) onChange({ about: params.about.filter((text) => `about ${text}` !== id) })
    const facet = ALERT_FACETS.find((name) => id.startsWith(`${name} `))
    if (!facet) return
    const selected: readonly string[] = params[FACET_PARAMS[facet]]
    onChange(facetChange(facet, selected.filter((value) => `${facet} ${value}` !== id)))
  }
  return (
    <div className={classes.chips}>
      <FilterChips chips={chips} onRemove={remove} onClear={() => onChange(NO_FILTERS)} />
    </div>
  )
}
