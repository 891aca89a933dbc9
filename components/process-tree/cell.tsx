import type { ReactNode } from 'react'
import classes from './process-tree.module.css'

export type TreeColumn = 'process' | 'command' | 'seen' | 'user' | 'tty' | 'started' | 'exit'

/** A cell of the treegrid. It takes the focus by the arrow keys only. */
export function Cell({ column, span, children }: { column: TreeColumn; span?: number; children?: ReactNode }) {
  return (
    // A table's own rows cannot skip their layout while they are out of sight (content-visibility), which thousands must.
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role, jsx-a11y/control-has-associated-label
    <div role="gridcell" tabIndex={-1} className={classes.cell} data-column={column} aria-colspan={span}>
      {children}
    </div>
  )
}
