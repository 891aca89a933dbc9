// Divisions with roles, not a table: see Cell.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import type { TreeColumn } from './cell'
import classes from './process-tree.module.css'

const COLUMNS: readonly (readonly [TreeColumn, string])[] = [
  ['process', 'Process'],
  ['command', 'Command line'],
  ['seen', 'Alerts, network'],
  ['user', 'User'],
  ['tty', 'Terminal'],
  ['started', 'Started'],
  ['exit', 'Exit'],
]

/** The names of the columns; stays in sight while the rows scroll. */
export function TreeHead() {
  return (
    <div role="rowgroup" className={classes.head}>
      <div role="row" className={classes.headRow}>
        {COLUMNS.map(([column, title]) => (
          <div key={column} role="columnheader" className={classes.cell} data-column={column}>
            {title}
          </div>
        ))}
      </div>
    </div>
  )
}
