'use client'

import { useEffect, useEffectEvent, useImperativeHandle, useLayoutEffect, useRef, type Ref, type RefObject } from 'react'
import { useCommands } from '@/components/ui/commands/command-provider'
import { hasMovedOn, rememberPlace, useListPlace } from '@/components/ui/data-table/list-place'
import { nextOutside, resolvePlace } from '@/components/ui/data-table/resolve-place'
import { selectRange, stepFrom, toggleRow, type Selected } from '@/components/ui/data-table/row-range'
import { useFocusReturn } from '@/components/ui/data-table/use-focus-return'

/** What the owner of a table can do with its cursor. */
export interface CursorHandle {
  /** The row under the cursor is done, and these with it: on to the next one. */
  readonly advance: (done: ReadonlySet<string>) => void
  /** Onto a row, now or as soon as it is in the list. */
  readonly pointAt: (id: string) => void
}

interface RowCursorOptions {
  readonly enabled: boolean
  readonly name: string
  /** The list's address: its place is kept under it. */
  readonly address: string
  /** Row ids in the order shown. */
  readonly ids: readonly string[]
  readonly body: RefObject<HTMLElement | null>
  readonly scrollToRow: (index: number, align: 'nearest' | 'center') => void
  /** Rows moved by so many pixels above the cursor: the list scrolls along, so that the row under the cursor stays put. */
  readonly scrollBy: (rows: number) => void
  readonly onOpen?: (id: string) => void
  readonly selected?: Selected
  readonly onSelectedChange?: (next: Selected) => void
  readonly handle?: Ref<CursorHandle>
}

/** The row that is current in a list: also for the owner of a table, whose commands are about it. */
export function useCurrentRow(address: string, ids: readonly string[]): string | undefined {
  return resolvePlace(useListPlace(address), ids)
}

/**
 * The row that the keyboard is on: `j` and `k` move it, `Enter` opens, `x` selects, Shift extends. The focus follows it to
 * the row's link, so that a screen reader reads the row and Tab goes on from there. It outlives its row: when that leaves the
 * list, the next one is current.
 */
export function useRowCursor({ enabled, name, address, ids, body, scrollToRow, scrollBy, onOpen, selected, onSelectedChange, handle }: RowCursorOptions) {
  const place = useListPlace(address)
  const cursor = resolvePlace(place, ids)
  const index = cursor === undefined ? -1 : ids.indexOf(cursor)
  const anchor = useRef<string>(undefined)
  const wanted = useRef<string>(undefined)
  const shown = useRef({ address, cursor, index })
  const restored = useRef<string>(undefined)
  const focus = useFocusReturn()
  const focusRow = (id: string) => focus(() => body.current?.querySelector(`[data-row-id="${CSS.escape(id)}"]`)?.querySelector<HTMLElement>('[data-primary] a, [data-primary] button'))

  const setCursor = (id: string) => {
    restored.current = address
    rememberPlace(address, id, ids)
  }
  const moveTo = (id: string | undefined) => {
    if (id === undefined) return
    setCursor(id)
    scrollToRow(ids.indexOf(id), 'nearest')
    focusRow(id)
  }
  useImperativeHandle(handle, () => ({
    advance: (done) => {
      if (cursor !== undefined && done.has(cursor)) moveTo(nextOutside(ids, cursor, done))
      else if (cursor !== undefined) focusRow(cursor)
    },
    pointAt: (id) => {
      if (ids.includes(id)) moveTo(id)
      else wanted.current = id
    },
  }))

  // Before the browser paints, or the row would be seen to jump.
  const follow = useEffectEvent((at: string, rows: readonly string[]) => {
    const before = shown.current
    const now = cursor === undefined ? -1 : rows.indexOf(cursor)
    shown.current = { address: at, cursor, index: now }
    if (before.address === at && before.index >= 0 && now >= 0 && before.cursor === cursor) scrollBy(now - before.index)
  })
  useLayoutEffect(() => follow(address, ids), [address, ids])

  const settle = useEffectEvent((at: string, rows: readonly string[], isHere: boolean) => {
    const awaited = wanted.current
    if (awaited !== undefined && rows.includes(awaited)) {
      wanted.current = undefined
      moveTo(awaited)
      return
    }
    if (!isHere || cursor === undefined || !enabled) return
    // A refresh of the list settles a moment after it is drawn; a key pressed in between has moved the cursor already.
    if (hasMovedOn(at, place)) return
    const isBack = restored.current !== at
    if (isBack) scrollToRow(index, 'center')
    // The row that was here left, or somebody came back to the list.
    if (isBack || place?.id !== cursor) focusRow(cursor)
    // What stands around it now is what to go by when it leaves.
    setCursor(cursor)
  })
  const isHere = cursor !== undefined
  useEffect(() => settle(address, ids, isHere), [address, ids, isHere])

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
