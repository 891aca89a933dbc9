'use client'

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { instantParts } from '@/components/ui/format-instant'
import { useTimeZone } from '@/components/ui/time-provider'
import type { ProcessNode, ProcessTree as Tree } from '@/lib/process-tree/index'
import { ProcessDetails } from './process-details'
import classes from './process-tree.module.css'
import { blocksOf, TreeBlock } from './tree-block'
import { TreeHead } from './tree-head'
import { TreeNotes } from './tree-notes'
import type { TreeClock } from './tree-time'
import { TreeToolbar } from './tree-toolbar'
import { useTreeKeyboard, type TreePosition } from './use-tree-keyboard'
import { useTreeView } from './use-tree-view'

interface ProcessTreeProps {
  readonly tree: Tree
  /** What the tree is of, for a screen reader: `Process tree of A-12`. */
  readonly label: string
  /** The alert whose page this is: its marks are not links. */
  readonly currentAlert?: string
  /** A CSS length from which the tree scrolls by itself; without it the page does. */
  readonly maxHeight?: string
}

/** The day that need not be said: times of other days say theirs. */
function dayOf(tree: Tree, index: ReadonlyMap<string, ProcessNode>, zone: string): string {
  const focused = index.get(tree.focus[0] ?? '')?.startedAt
  const started = focused ?? tree.nodes.findLast((node) => node.startedAt !== null)?.startedAt
  return started == null ? '' : (instantParts(started, zone)?.date ?? '')
}

/**
 * A process tree as a treegrid: one stop of the Tab key, arrows within. It opens on the focus. Below it stands what it
 * lacks and why, and everything known of the process one is on.
 */
export function ProcessTree({ tree, label, currentAlert, maxHeight }: ProcessTreeProps) {
  const { zone } = useTimeZone()
  const [position, setPosition] = useState<TreePosition | null>(null)
  const pick = useCallback((rowId: string) => setPosition({ rowId, cell: null }), [])
  const view = useTreeView(tree, pick)
  const { index, rows, setExpanded, showMore } = view
  const clock = useMemo<TreeClock>(() => ({ zone, day: dayOf(tree, index, zone) }), [tree, index, zone])
  const focus = useMemo(() => new Set(tree.focus), [tree])
  const found = useMemo(() => new Set(view.matches), [view.matches])
  const blocks = useMemo(() => blocksOf(rows), [rows])
  const start = tree.focus[0] ?? null
  const grid = useRef<HTMLDivElement>(null)
  const { rowId, focusRow, onKeyDown } = useTreeKeyboard({ grid, rows, start, position, setPosition, setExpanded, showMore })

  // Once for each row that is asked for, as soon as it is there; only the tree's own box moves, the page stays.
  const scrolled = useRef<string | null>(null)
  const wanted = view.match === null ? start : view.currentMatch
  useEffect(() => {
    const box = grid.current
    if (wanted === null || box === null || scrolled.current === wanted) return
    const row = [...box.querySelectorAll<HTMLElement>('[data-row]')].find((element) => element.dataset['row'] === wanted)
    if (!row) return
    scrolled.current = wanted
    box.scrollTo({ top: row.offsetTop - box.clientHeight / 2 })
  })

  if (tree.nodes.length === 0) return <TreeNotes tree={tree} />
  const active = rows.find((row) => row.id === rowId)
  return (
    <div className={classes.root}>
      <TreeToolbar
        query={view.query}
        onQuery={view.search}
        matches={view.match}
        onStep={view.step}
        forks={view.forks}
        onForks={view.setForks}
        hiddenForks={view.hiddenForks}
        onExpandAll={view.expandAll}
        onFocusOnly={() => {
          view.closeAll()
          if (start !== null) focusRow(start)
        }}
      />
      {/* The grid itself is no stop of the Tab key: one of its rows is. */}
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus */}
      <div role="treegrid" aria-label={label} className={classes.grid} ref={grid} style={{ maxHeight }} onKeyDown={onKeyDown}>
        <TreeHead />
        {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role */}
        <div role="rowgroup">
          {blocks.map((block) => (
            <TreeBlock
              key={block[0]?.id}
              rows={block}
              index={index}
              clock={clock}
              currentAlert={currentAlert}
              active={block.some((row) => row.id === rowId) ? rowId : null}
              focus={focus}
              found={found}
              currentMatch={view.currentMatch}
              onPick={pick}
              onToggle={setExpanded}
              onMore={showMore}
            />
          ))}
        </div>
      </div>
      <TreeNotes tree={tree} />
      {active && active.kind !== 'more' && <ProcessDetails node={active.node} currentAlert={currentAlert} />}
    </div>
  )
}
