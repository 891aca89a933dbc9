import { memo } from 'react'
import type { ProcessNode, TreeRow } from '@/lib/process-tree/index'
import { TreeRowView } from './tree-row'
import type { TreeClock } from './tree-time'

const ROWS = 40

/** The rows in blocks, so that a press of an arrow key renders two blocks again and not two thousand rows. */
export function blocksOf(rows: readonly TreeRow[]): readonly (readonly TreeRow[])[] {
  return Array.from({ length: Math.ceil(rows.length / ROWS) }, (_, i) => rows.slice(i * ROWS, (i + 1) * ROWS))
}

/** What a process was before its exec, unless that was only the fork it came from. */
function stepBefore(row: TreeRow, index: ReadonlyMap<string, ProcessNode>): ProcessNode | null {
  if (row.kind !== 'process' || row.node.execOf === null) return null
  const before = index.get(row.node.execOf)
  return before && before.began !== 'fork' ? before : null
}

interface TreeBlockProps {
  readonly rows: readonly TreeRow[]
  readonly index: ReadonlyMap<string, ProcessNode>
  readonly clock: TreeClock
  readonly currentAlert: string | undefined
  /** The active row where it is in this block. */
  readonly active: string | null
  readonly focus: ReadonlySet<string>
  readonly found: ReadonlySet<string>
  readonly currentMatch: string | null
  readonly onPick: (id: string) => void
  readonly onToggle: (key: string, expanded: boolean) => void
  readonly onMore: (key: string) => void
}

export const TreeBlock = memo(function TreeBlock({ rows, index, active, focus, found, currentMatch, ...rest }: TreeBlockProps) {
  return rows.map((row) => (
    <TreeRowView
      key={row.id}
      row={row}
      before={stepBefore(row, index)}
      active={row.id === active}
      inFocus={focus.has(row.node.key)}
      found={row.kind !== 'process' || !found.has(row.id) ? null : row.id === currentMatch ? 'current' : 'match'}
      {...rest}
    />
  ))
})
