'use client'

import { ActionIcon, Button, Switch, Tooltip } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { SearchField } from '@/components/ui/search-field'
import classes from './process-tree.module.css'

interface TreeToolbarProps {
  readonly query: string
  readonly onQuery: (query: string) => void
  /** Which of the matches is looked at, from 0; null while nothing is searched. */
  readonly matches: { readonly at: number; readonly count: number } | null
  readonly onStep: (by: 1 | -1) => void
  readonly forks: boolean
  readonly onForks: (forks: boolean) => void
  readonly hiddenForks: number
  readonly onExpandAll: () => void
  readonly onFocusOnly: () => void
}

/** Search within the tree, and what of it is shown. */
export function TreeToolbar({ query, onQuery, matches, onStep, forks, onForks, hiddenForks, onExpandAll, onFocusOnly }: TreeToolbarProps) {
  const found = matches === null ? '' : matches.count === 0 ? 'No match' : `${matches.at + 1} of ${matches.count}`
  return (
    <div className={classes.toolbar}>
      <SearchField
        className={classes.search}
        aria-label="Search in this tree"
        placeholder="Search in this tree"
        value={query}
        onChange={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          onStep(event.shiftKey ? -1 : 1)
        }}
      />
      <output className={classes.matches}>{found}</output>
      {matches !== null && matches.count > 1 && (
        <span className={classes.steps}>
          <Tooltip label="Previous match (Shift Enter)">
            <ActionIcon size={24} aria-label="Previous match" onClick={() => onStep(-1)}>
              <IconChevronUp size={15} stroke={1.8} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Next match (Enter)">
            <ActionIcon size={24} aria-label="Next match" onClick={() => onStep(1)}>
              <IconChevronDown size={15} stroke={1.8} />
            </ActionIcon>
          </Tooltip>
        </span>
      )}
      <span className={classes.spring} />
      {hiddenForks > 0 && (
        <Switch
          label={`Forks before an exec (${hiddenForks.toLocaleString('en')})`}
          checked={forks}
          onChange={(event) => onForks(event.currentTarget.checked)}
        />
      )}
      <Button variant="subtle" color="gray" size="compact-xs" onClick={onFocusOnly}>
        Only the alert’s path
      </Button>
      <Button variant="subtle" color="gray" size="compact-xs" onClick={onExpandAll}>
        Expand all
      </Button>
    </div>
  )
}
