import type { ReactNode } from 'react'
import { CopyButton } from '@/components/ui/copy-button'
import classes from './key-value-list.module.css'

export interface KeyValue {
  /** A field's ECS name, shown in monospace; or a word of ours with `label`. */
  readonly field: string
  /** Shown instead of the field's name, in the proportional face. */
  readonly label?: string
  readonly value: ReactNode
  /** Offers to copy this text. */
  readonly copy?: string
  /** Draws the eye: what a checklist asks about, or what a rule matched. */
  readonly highlighted?: boolean
}

/** Fields and their values in two aligned columns; below one another where the list is narrow. */
export function KeyValueList({ items }: { items: readonly KeyValue[] }) {
  return (
    <dl className={classes.list}>
      {items.map(({ field, label, value, copy, highlighted }) => (
        <div key={field} className={classes.row} data-highlighted={highlighted || undefined}>
          <dt className={label === undefined ? classes.field : classes.label} title={label === undefined ? undefined : field}>
            {label ?? field}
          </dt>
          <dd className={classes.value}>
            <span className={classes.text}>{value}</span>
            {copy !== undefined && (
              <span className={classes.copy}>
                <CopyButton value={copy} label={`Copy ${label ?? field}`} />
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
