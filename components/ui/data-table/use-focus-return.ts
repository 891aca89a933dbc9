'use client'

import { useCallback, useEffect, useRef } from 'react'

const EVERY_MS = 25
const GIVE_UP_MS = 3_000
/** A dialog that closed gives the focus back a moment later, perhaps to the row that was left. */
const STAY_MS = 150

function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null
}

/**
 * Puts the focus on an element that is about to be there, such as the row that takes the place of one that left. It waits for a
 * dialog to close, which gives the focus back to an element that may be gone, and never takes it from a control that somebody
 * went to in the meantime.
 */
export function useFocusReturn(): (find: () => HTMLElement | null | undefined) => void {
  const timer = useRef<ReturnType<typeof setInterval>>(undefined)
  useEffect(() => () => clearInterval(timer.current), [])
  return useCallback((find) => {
    clearInterval(timer.current)
    let waited = 0
    let stayed = 0
    const attempt = () => {
      waited += EVERY_MS
      if (waited > GIVE_UP_MS) clearInterval(timer.current)
      if (isDialogOpen()) return
      const active = document.activeElement
      const target = find()
      const isFree = active === null || active === document.body || active.id === 'main' || target?.closest('tbody')?.contains(active) === true
      if (!isFree) clearInterval(timer.current)
      else if (target) {
        if (active !== target) target.focus({ preventScroll: true })
        stayed += EVERY_MS
        if (stayed > STAY_MS) clearInterval(timer.current)
      }
    }
    timer.current = setInterval(attempt, EVERY_MS)
    attempt()
  }, [])
}
