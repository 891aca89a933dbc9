// Divisions with roles, not a table: see Cell.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import { Button } from '@mantine/core'
import { memo } from 'react'
import { LIMITS } from '@/lib/limits'
import type { MoreRow, ProcessNode, TreeRow } from '@/lib/process-tree/index'
import { ConnectionCells } from './connection-cells'
import { Indent } from './indent'
import { ProcessCells } from './process-cells'
import classes from './process-tree.module.css'
import type { TreeClock } from './tree-time'

interface TreeRowProps {
  readonly row: TreeRow
  readonly before: ProcessNode | null
  readonly clock: TreeClock
  readonly currentAlert: string | undefined
  /** The one row in the tab order. */
  readonly active: boolean
  readonly inFocus: boolean
  readonly found: 'match' | 'current' | null
  readonly onPick: (id: string) => void
  readonly onToggle: (key: string, expanded: boolean) => void
  readonly onMore: (key: string) => void
}

function MoreCells({ row, onMore }: { row: MoreRow; onMore: () => void }) {
  return (
    <div role="gridcell" className={classes.cell} data-column="more" aria-colspan={7}>
      <Indent level={row.level} guides={row.guides} last={row.last} />
      <span className={classes.twist} data-leaf="narrow" aria-hidden="true" />
      {row.hidden > 0 && (
        <Button variant="subtle" size="compact-xs" tabIndex={-1} onClick={onMore}>
          Show {Math.min(row.hidden, LIMITS.treeChildren)} of {row.hidden.toLocaleString('en')} more
        </Button>
      )}
      {row.cut > 0 && <span className={classes.quiet}>{row.cut.toLocaleString('en')} more are not part of this tree, which has a limit</span>}
    </div>
  )
}

/** One row of the treegrid. Rendered again only when something of its own changes: a tree may have thousands. */
export const TreeRowView = memo(function TreeRowView({ row, before, clock, currentAlert, active, inFocus, found, onPick, onToggle, onMore }: TreeRowProps) {
  const open = row.kind === 'process' && row.hasChildren ? row.expanded : undefined
  const ghost = row.kind === 'process' && row.node.evidence === 'ghost'
  return (
    // Its keys are the grid's, see use-tree-keyboard.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      role="row"
      className={classes.row}
      data-row={row.id}
      data-kind={row.kind}
      data-ghost={ghost || undefined}
      data-focus={(row.kind === 'process' && inFocus) || undefined}
      data-found={found ?? undefined}
      aria-level={row.level}
      aria-posinset={row.posInSet}
      aria-setsize={row.setSize}
      aria-expanded={open}
      aria-selected={active}
      tabIndex={active ? 0 : -1}
      onClick={() => onPick(row.id)}
      onDoubleClick={() => open !== undefined && onToggle(row.node.key, !open)}
    >
      {row.kind === 'process' && (
        <ProcessCells row={row} before={before} clock={clock} currentAlert={currentAlert} onToggle={() => onToggle(row.node.key, !row.expanded)} />
      )}
      {row.kind === 'connection' && <ConnectionCells row={row} clock={clock} />}
      {row.kind === 'more' && <MoreCells row={row} onMore={() => onMore(row.node.key)} />}
    </div>
  )
})
