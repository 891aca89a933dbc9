'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import type { RefObject } from 'react'

interface RowWindowOptions {
  readonly count: number
  readonly rowHeight: number
  /** Of the sticky head, which covers the last pixels of what the virtualizer takes for rows. */
  readonly headHeight: number
  /** When not, all rows are in the window. */
  readonly enabled: boolean
  readonly scroller: RefObject<HTMLElement | null>
}

interface RowWindow {
  readonly indexes: readonly number[]
  /** Heights in pixels of the empty rows that stand for what is above and below. */
  readonly before: number
  readonly after: number
  readonly scrollToIndex: (index: number, align?: 'auto' | 'center') => void
}

/** Which rows are to be rendered for what is on screen; a hundred thousand rows cost forty. */
export function useRowWindow({ count, rowHeight, headHeight, enabled, scroller }: RowWindowOptions): RowWindow {
  // Read anew on each render, and nothing of it is memoized here.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count,
    enabled,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingEnd: headHeight,
    // So that the server renders a screen of rows.
    initialRect: { width: 1200, height: 900 },
  })
  const scrollToIndex = (index: number, align: 'auto' | 'center' = 'auto') => virtualizer.scrollToIndex(index, { align })
  if (!enabled) return { indexes: Array.from({ length: count }, (_, index) => index), before: 0, after: 0, scrollToIndex }
  const items = virtualizer.getVirtualItems()
  return {
    indexes: items.map((item) => item.index),
    before: items[0]?.start ?? 0,
    after: virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0),
    scrollToIndex,
  }
}
