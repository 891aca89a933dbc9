'use client'

import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useRef, useState, type ReactNode } from 'react'
import { FacetMenu } from '@/components/alerts/facet-menu'
import { FACET_LABELS, facetChange } from '@/components/alerts/queue-facets'
import type { QueueChange } from '@/components/alerts/queue-facets'
import { FACET_PARAMS } from '@/components/alerts/queue-params'
import type { QueueParams } from '@/components/alerts/queue-params'
import { useCommands } from '@/components/ui/commands/command-provider'
import { Keys } from '@/components/ui/commands/keys'
import { ALERT_FACETS } from '@/lib/alerts/schema'
import type { AlertFilter, FacetLabels } from '@/lib/alerts/schema'
import type { AlertActions } from '@/components/alerts/alert-actions'
import { SearchField } from '@/components/ui/search-field'
import classes from './queue.module.css'

interface QueueFiltersProps {
  readonly params: QueueParams
  readonly filter: AlertFilter
  readonly labels: FacetLabels
  readonly countFacet: AlertActions['countFacet']
  readonly onChange: (change: QueueChange) => void
  /** At the end of the line of filters. */
  readonly children?: ReactNode
}

/** Search, and the facets as menus. */
export function QueueFilters({ params, filter, labels, countFacet, onChange, children }: QueueFiltersProps) {
  const search = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(params.q)
  const [applied, setApplied] = useState(params.q)
  // The URL changed by other means than this field: going back, "Clear filters".
  if (applied !== params.q) {
    setApplied(params.q)
    if (text.trim() !== params.q) setText(params.q)
  }
  const apply = useDebouncedCallback((value: string) => onChange({ q: value.trim() || null }), 250)
  useCommands([{ id: 'alerts.search', label: 'Search alerts', group: 'List', keys: '/', icon: <IconSearch size={18} stroke={1.7} />, run: () => search.current?.select() }])

  return (
    <div className={classes.tools}>
      <SearchField
        ref={search}
        className={classes.search}
        aria-label="Search alerts"
        placeholder="Search reason, host, process, A-12…"
        rightSection={text === '' ? <Keys keys="/" /> : undefined}
        rightSectionPointerEvents="none"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          apply(event.currentTarget.value)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') apply.flush()
          // Out of the field, so that j and k move in what was found.
          if (event.key === 'Enter') event.currentTarget.blur()
        }}
      />
      {ALERT_FACETS.map((facet) => {
        const selected: readonly string[] = params[FACET_PARAMS[facet]]
        return (
          <FacetMenu
            key={facet}
            facet={facet}
            label={FACET_LABELS[facet]}
            filter={filter}
            labels={labels}
            countFacet={countFacet}
            selected={selected.filter((value) => value !== 'all')}
            onChange={(next) => onChange(facetChange(facet, next))}
          />
        )
      })}
      {children}
    </div>
  )
}
