'use client'

import { useEffect, useRef, useState, type RefObject } from 'react'
import { selectRange, stepFrom, toggleRow, type Selected } from '@/components/ui/data-table/row-range'
import { useCommands } from '@/components/ui/commands/command-provider'

interface RowCursorOptions {
  readonly enabled: boolean
  readonly name: string
  /** Row ids in the order shown. */
  readonly ids: readonly string[]
  readonly body: RefObject<HTMLElement | null>
  readonly scrollToRow: (index: number) => void
  readonly onOpen?: (id: string) => void
  /** Told with the move itself: a key about the row may be the very next one. */
  readonly onCursorChange?: (id: string) => void
  readonly selected?: Selected
  readonly onSelectedChange?: (next: Selected) => void
}

/**
 * The row that the keyboard is on: `j` and `k` move it, `Enter` opens, `x` selects, Shift extends. The focus follows it to
 * the row's link, so that a screen reader reads the row and Tab goes on from there.
 */
export function useRowCursor({ enabled, name, ids, body, scrollToRow, onOpen, onCursorChange, selected, onSelectedChange }: RowCursorOptions) {
  const [cursor, setOwnCursor] = useState<string>()
  const anchor = useRef<string>(undefined)
  const focusWanted = useRef<string>(undefined)

  // A virtual row exists only once the scroll has been rendered, hence after every render until it is there.
  useEffect(() => {
    const id = focusWanted.current
    if (id === undefined) return
    const row = body.current?.querySelector(`[data-row-id="${CSS.escape(id)}"]`)
    const target = row?.querySelector<HTMLElement>('[data-primary] a, [data-primary] button')
    if (!row) return
    focusWanted.current = undefined
    target?.focus({ preventScroll: true })
  })

  const setCursor = (id: string) => {
    setOwnCursor(id)
    onCursorChange?.(id)
  }
  const moveTo = (id: string | undefined) => {
    if (id === undefined) return
    focusWanted.current = id
    setCursor(id)
    scrollToRow(ids.indexOf(id))
  }
  const extend = (step: 1 | -1) => {
    const next = stepFrom(ids, cursor, step)
    if (next === undefined || !selected || !onSelectedChange) return
    onSelectedChange(selectRange(selected, ids, cursor, next, true))
    anchor.current = next
    moveTo(next)
  }
  /** A click on a row's checkbox; with Shift it reaches from the last one. */
  const select = (id: string, range: boolean) => {
    if (!selected || !onSelectedChange) return
    onSelectedChange(range ? selectRange(selected, ids, anchor.current, id, !selected.has(id)) : toggleRow(selected, id))
    anchor.current = id
    setCursor(id)
  }

  const group = 'List'
  const hiddenInPalette = true
  useCommands(
    enabled
      ? [
          { id: `${name}.next`, label: 'Next row', group, keys: 'j', hiddenInPalette, run: () => moveTo(stepFrom(ids, cursor, 1)) },
          { id: `${name}.previous`, label: 'Previous row', group, keys: 'k', hiddenInPalette, run: () => moveTo(stepFrom(ids, cursor, -1)) },
          ...(onOpen ? [{ id: `${name}.open`, label: 'Open row', group, keys: 'Enter', hiddenInPalette, run: () => cursor !== undefined && onOpen(cursor) }] : []),
          ...(onSelectedChange
            ? [
                { id: `${name}.select`, label: 'Select row', group, keys: 'x', hiddenInPalette, run: () => cursor !== undefined && select(cursor, false) },
                { id: `${name}.range`, label: 'Select from the last row to here', group, keys: 'shift+x', hiddenInPalette, run: () => cursor !== undefined && select(cursor, true) },
                { id: `${name}.extend-down`, label: 'Extend selection down', group, keys: 'shift+j', hiddenInPalette, run: () => extend(1) },
                { id: `${name}.extend-up`, label: 'Extend selection up', group, keys: 'shift+k', hiddenInPalette, run: () => extend(-1) },
              ]
            : []),
        ]
      : [],
  )
  return { cursor, setCursor, select }
}
