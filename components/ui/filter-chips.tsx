'use client'

import { IconX } from '@tabler/icons-react'
import classes from './filter-chips.module.css'

export interface FilterChip {
  readonly id: string
  /** A field's name or a word: `host.name`, `Severity`. */
  readonly label: string
  readonly value: string
  /** Shows everything but this. */
  readonly exclude?: boolean
}

interface FilterChipsProps {
  readonly chips: readonly FilterChip[]
  readonly onRemove: (id: string) => void
  /** Turns "is" into "is not" and back, where that makes sense. */
  readonly onInvert?: (id: string) => void
  readonly onClear: () => void
}

/** The filters in force, each to be removed or inverted by itself. Shows nothing when there are none. */
export function FilterChips({ chips, onRemove, onInvert, onClear }: FilterChipsProps) {
  if (chips.length === 0) return null
  return (
    <div className={classes.row}>
      <ul className={classes.chips} aria-label="Filters in force">
        {chips.map((chip) => {
          const relation = chip.exclude === true ? 'is not' : 'is'
          const sentence = `${chip.label} ${relation} ${chip.value}`
          const content = (
            <>
              <span className={classes.label}>{chip.label}</span>
              <span className={classes.relation}>{relation}</span>
              <span className={classes.value}>{chip.value}</span>
            </>
          )
          return (
            <li key={chip.id} className={classes.chip} data-exclude={chip.exclude || undefined}>
              {onInvert ? (
                <button type="button" className={classes.body} title="Invert this filter" onClick={() => onInvert(chip.id)}>
                  {content}
                </button>
              ) : (
                <span className={classes.body}>{content}</span>
              )}
              <button type="button" className={classes.remove} aria-label={`Remove filter: ${sentence}`} onClick={() => onRemove(chip.id)}>
                <IconX size={13} stroke={2} aria-hidden />
              </button>
            </li>
          )
        })}
      </ul>
      <button type="button" className={classes.clear} onClick={onClear}>
        Clear filters
      </button>
    </div>
  )
}
