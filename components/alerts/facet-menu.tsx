'use client'

import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { visibleText } from '@/components/ui/machine-text/visible-text'
import classes from './queue.module.css'

export interface FacetOption {
  readonly value: string
  readonly label: string
  readonly count: number
}

interface FacetMenuProps {
  readonly label: string
  readonly options: readonly FacetOption[]
  readonly selected: readonly string[]
  readonly onChange: (selected: string[]) => void
}

/** From so many values on one searches rather than reads. */
const SEARCH_FROM = 9

/** One filter of the queue: its values with how many alerts each has, several to be chosen. Stays open while one chooses. */
export function FacetMenu({ label, options, selected, onChange }: FacetMenuProps) {
  const [query, setQuery] = useState('')
  const shown = options.filter((option) => option.label.toLowerCase().includes(query.trim().toLowerCase()))
  const toggle = (value: string) => onChange(selected.includes(value) ? selected.filter((other) => other !== value) : [...selected, value])
  return (
    <Menu position="bottom-start" width={280} onClose={() => setQuery('')}>
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
      <Menu.Dropdown>
        {options.length >= SEARCH_FROM && (
          <Menu.Search aria-label={`Search ${label.toLowerCase()}`} placeholder="Search" value={query} onChange={(event) => setQuery(event.currentTarget.value)} />
        )}
        <div className={classes.facetList}>
          {shown.length === 0 && <div className={classes.facetNone}>No values</div>}
          {shown.map((option) => (
            <Menu.CheckboxItem
              key={option.value}
              checked={selected.includes(option.value)}
              rightSection={<span className={classes.facetNumber}>{option.count.toLocaleString('en')}</span>}
              onChange={() => toggle(option.value)}
            >
              <span className={classes.facetValue} title={option.label.length > 28 ? option.label : undefined}>
                {visibleText(option.label)}
              </span>
            </Menu.CheckboxItem>
          ))}
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
