'use client'

import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import type { AlertActions } from '@/components/alerts/alert-actions'
import { facetOptions } from '@/components/alerts/queue-facets'
import { useFacetCounts } from '@/components/alerts/use-facet-counts'
import { visibleText } from '@/lib/text/visible-text'
import { SkeletonBar } from '@/components/ui/skeletons'
import type { AlertFacet, AlertFilter, FacetLabels } from '@/lib/alerts/schema'
import classes from './queue.module.css'

interface FacetMenuProps {
  readonly facet: AlertFacet
  readonly label: string
  readonly filter: AlertFilter
  readonly labels: FacetLabels
  readonly countFacet: AlertActions['countFacet']
  readonly selected: readonly string[]
  readonly onChange: (selected: string[]) => void
}

/** From so many values on one searches rather than reads. */
const SEARCH_FROM = 9

/**
 * One filter of the queue: its values with how many alerts each has, several to be chosen. Stays open while one chooses. The
 * values are counted when it opens: on every page they would cost more than the list.
 */
export function FacetMenu({ facet, label, filter, labels, countFacet, selected, onChange }: FacetMenuProps) {
  const [query, setQuery] = useState('')
  const [opened, setOpened] = useState(false)
  const { counts, error, loading } = useFacetCounts(countFacet, filter, facet, opened)
  const options = facetOptions(facet, counts, selected, labels)
  const shown = options.filter((option) => option.label.toLowerCase().includes(query.trim().toLowerCase()))
  const toggle = (value: string) => onChange(selected.includes(value) ? selected.filter((other) => other !== value) : [...selected, value])
  return (
    <Menu position="bottom-start" width={280} opened={opened} onChange={setOpened} onClose={() => setQuery('')}>
      <Menu.Target>
        <Button
          variant="default"
          rightSection={<IconChevronDown size={13} stroke={2} aria-hidden />}
          data-active={selected.length > 0 || undefined}
          className={classes.facet}
        >
          {label}
          {selected.length > 0 && <span className={classes.facetCount}>{selected.length}</span>}
        </Button>
      </Menu.Target>
      <Menu.Dropdown aria-busy={loading}>
        {options.length >= SEARCH_FROM && (
          <Menu.Search aria-label={`Search ${label.toLowerCase()}`} placeholder="Search" value={query} onChange={(event) => setQuery(event.currentTarget.value)} />
        )}
        <div className={classes.facetList}>
          {shown.map((option) => (
            <Menu.CheckboxItem
              key={option.value}
              checked={selected.includes(option.value)}
              rightSection={option.count !== null && <span className={classes.facetNumber}>{option.count.toLocaleString('en')}</span>}
              onChange={() => toggle(option.value)}
            >
              <span className={classes.facetValue} title={option.label.length > 28 ? visibleText(option.label) : undefined}>
                {visibleText(option.label)}
              </span>
            </Menu.CheckboxItem>
          ))}
          {loading && shown.length === 0 && (
            <div className={classes.facetLoading}>
              <SkeletonBar width="70%" />
              <SkeletonBar width="52%" />
              <SkeletonBar width="60%" />
            </div>
          )}
          {error !== undefined && <div className={classes.facetNone}>{error}</div>}
          {!loading && error === undefined && shown.length === 0 && <div className={classes.facetNone}>No values</div>}
        </div>
        {selected.length > 0 && (
          <>
            <Menu.Divider />
            <Menu.Item onClick={() => onChange([])}>Any {label.toLowerCase()}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
