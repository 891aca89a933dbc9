'use client'

import { useCallback, type KeyboardEvent, type RefObject } from 'react'
import type { TreeRow } from '@/lib/process-tree/index'

const PAGE = 10
const FOCUSABLE = 'a[href], button:not([disabled])'

/** Where the keyboard is: on a row, or on one of its cells. */
export interface TreePosition {
  readonly rowId: string
  /** null is the row itself. */
  readonly cell: number | null
}

interface Actions {
  readonly grid: RefObject<HTMLDivElement | null>
  readonly position: TreePosition | null
  readonly setPosition: (position: TreePosition) => void
  readonly rows: readonly TreeRow[]
  /** The row that is in the tab order before anybody moved. */
  readonly start: string | null
  readonly setExpanded: (key: string, expanded: boolean) => void
  readonly showMore: (key: string) => void
}

function cellsOf(row: Element | null | undefined): HTMLElement[] {
  if (!row) return []
  // A column that a narrow container hides is no stop.
  return [...row.querySelectorAll<HTMLElement>('[role="gridcell"]')].filter((cell) => cell.offsetParent !== null)
}

/**
 * The keyboard of a treegrid with focus on rows and cells (ARIA Authoring Practices, "Treegrid"): arrows, Home, End,
 * Page Up, Page Down, Enter. Left on a closed row goes to its parent besides. One row is in the tab order at a time.
 */
export function useTreeKeyboard({ grid, rows, start, position, setPosition, setExpanded, showMore }: Actions) {
  const known = (id: string | null | undefined) => (id != null && rows.some((row) => row.id === id) ? id : null)
  const rowId = known(position?.rowId) ?? known(start) ?? rows[0]?.id ?? null
  const cell = position && position.rowId === rowId ? position.cell : null

  const focusRow = useCallback(
    (id: string, at: number | null = null) => {
      setPosition({ rowId: id, cell: at })
      const row = [...(grid.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])].find((element) => element.dataset['row'] === id)
      const target = at === null ? row : cellsOf(row)[at]
      // A cell with a link or a button in it hands the focus to that.
      const inner = at === null ? null : target?.querySelector<HTMLElement>(FOCUSABLE)
      ;(inner ?? target)?.focus()
    },
    [grid, setPosition],
  )

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.altKey || event.metaKey || rowId === null) return
    const at = rows.findIndex((row) => row.id === rowId)
    const row = rows[at]
    if (!row) return
    const element = event.target instanceof Element ? event.target.closest('[data-row]') : null
    const cells = cellsOf(element)
    const to = (index: number) => {
      const next = rows[Math.max(0, Math.min(rows.length - 1, index))]
      if (next) focusRow(next.id, next.kind === 'more' ? null : cell)
    }
    const open = row.kind === 'process' && row.hasChildren ? row.expanded : null
    const control = event.ctrlKey
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => to(at + 1),
      ArrowUp: () => to(at - 1),
      PageDown: () => to(at + PAGE),
      PageUp: () => to(at - PAGE),
      Home: () => (cell === null || control ? to(0) : focusRow(row.id, 0)),
      End: () => (cell === null || control ? to(rows.length - 1) : focusRow(row.id, cells.length - 1)),
      ArrowRight: () => {
        if (cell !== null) focusRow(row.id, Math.min(cells.length - 1, cell + 1))
        else if (open === false) setExpanded(row.node.key, true)
        else if (cells.length > 0) focusRow(row.id, 0)
      },
      ArrowLeft: () => {
        if (cell !== null) focusRow(row.id, cell === 0 ? null : cell - 1)
        else if (open === true) setExpanded(row.node.key, false)
        else {
          const parent = row.kind === 'process' ? row.node.parent : row.node.key
          if (parent !== null) focusRow(parent)
        }
      },
      Enter: () => {
        if (row.kind === 'more') showMore(row.node.key)
        else if (open !== null) setExpanded(row.node.key, !open)
      },
    }
    const move = moves[event.key]
    // Enter on a link or a button inside of a cell is that link's.
    const onControl = event.target instanceof Element && event.target.matches(FOCUSABLE)
    if (!move || (event.key === 'Enter' && onControl) || (control && event.key !== 'Home' && event.key !== 'End')) return
    event.preventDefault()
    event.stopPropagation()
    move()
  }

  return { rowId, focusRow, onKeyDown }
}
