'use client'

import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useRef, useState, type ReactNode } from 'react'
import { FacetMenu } from '@/components/alerts/facet-menu'
import { FACET_PARAMS, NONE, UNDECIDED } from '@/components/alerts/queue-params'
import type { QueueParams } from '@/components/alerts/queue-params'
import { useCommands } from '@/components/ui/commands/command-provider'
import { Keys } from '@/components/ui/commands/keys'
import { FilterChips } from '@/components/ui/filter-chips'
import type { FilterChip } from '@/components/ui/filter-chips'
import { ALERT_FACETS, ALERT_STATUSES, VERDICT_LABELS } from '@/lib/alerts/schema'
import type { AlertFacet, AlertFacets } from '@/lib/alerts/schema'
import { SEVERITIES } from '@/lib/rules/schema'
import classes from './queue.module.css'

export type QueueChange = Partial<{ [Key in keyof QueueParams]: QueueParams[Key] | null }>

interface QueueFiltersProps {
  readonly params: QueueParams
  readonly facets: AlertFacets
  readonly onChange: (change: QueueChange) => void
  /** At the end of the line of filters. */
  readonly children?: ReactNode
}

const LABELS: Readonly<Record<AlertFacet, string>> = {
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
function optionsOf(facet: AlertFacet, facets: AlertFacets, selected: readonly string[]) {
  const counted = new Map(facets[facet].map(({ value, label, count }) => [value ?? NONE, { label, count }]))
  const fixed: readonly string[] = facet === 'status' ? ALERT_STATUSES : facet === 'severity' ? SEVERITIES.toReversed() : []
  const values = [...new Set([...fixed, ...counted.keys(), ...selected])].filter((value) => value !== 'all')
  return values.map((value) => ({ value, label: labelOf(facet, value, counted.get(value)?.label), count: counted.get(value)?.count ?? 0 }))
}

function isDefaultStatus(status: readonly string[]): boolean {
  return status.length === UNDECIDED.length && UNDECIDED.every((value) => status.includes(value))
}

function chipsOf(params: QueueParams, facets: AlertFacets): readonly FilterChip[] {
  const chips: FilterChip[] = []
  for (const facet of ALERT_FACETS) {
    const selected: readonly string[] = params[FACET_PARAMS[facet]]
    if (facet === 'status' && (isDefaultStatus(selected) || selected.includes('all') || selected.length === 0)) continue
    for (const { value, label } of optionsOf(facet, facets, selected)) {
      if (selected.includes(value)) chips.push({ id: `${facet} ${value}`, label: LABELS[facet], value: label })
    }
  }
  if (params.case !== null) chips.push({ id: 'case', label: 'Case', value: params.case })
  if (params.from !== null) chips.push({ id: 'from', label: 'From', value: params.from })
  if (params.to !== null) chips.push({ id: 'to', label: 'To', value: params.to })
  return chips
}

/** Search, the facets as menus, and what they limit as chips. */
export function QueueFilters({ params, facets, onChange, children }: QueueFiltersProps) {
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

  const setFacet = (facet: AlertFacet, selected: readonly string[]) => {
    const param = FACET_PARAMS[facet]
    if (facet !== 'status') onChange({ [param]: selected.length === 0 ? null : selected })
    // No status at all is every status; what is the default stays out of the URL.
    else onChange({ status: selected.length === 0 ? ['all'] : isDefaultStatus(selected) ? null : ALERT_STATUSES.filter((value) => selected.includes(value)) })
  }
  const remove = (id: string) => {
    if (id === 'case' || id === 'from' || id === 'to') return onChange({ [id]: null })
    const facet = ALERT_FACETS.find((name) => id.startsWith(`${name} `))
    if (!facet) return undefined
    const selected: readonly string[] = params[FACET_PARAMS[facet]]
    return setFacet(facet, selected.filter((value) => `${facet} ${value}` !== id))
  }
  const clear = () => {
    apply.cancel()
    setText('')
    onChange({ status: null, severity: null, rule: null, host: null, verdict: null, assignee: null, parent: null, case: null, q: null, from: null, to: null })
  }
  return (
    <div className={classes.tools}>
      <TextInput
        ref={search}
        className={classes.search}
        type="search"
        aria-label="Search alerts"
        placeholder="Search reason, host, process, A-12…"
        leftSection={<IconSearch size={14} stroke={1.8} />}
        rightSection={text === '' ? <Keys keys="/" /> : undefined}
        rightSectionPointerEvents="none"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          apply(event.currentTarget.value)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') apply.flush()
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      {ALERT_FACETS.map((facet) => {
        const selected: readonly string[] = params[FACET_PARAMS[facet]]
        return (
          <FacetMenu
            key={facet}
            label={LABELS[facet]}
            options={optionsOf(facet, facets, selected)}
            selected={selected.filter((value) => value !== 'all')}
            onChange={(next) => setFacet(facet, next)}
          />
        )
      })}
      {children}
      <div className={classes.chips}>
        <FilterChips chips={chipsOf(params, facets)} onRemove={remove} onClear={clear} />
      </div>
    </div>
  )
}
