'use client'

import { useEffect, useRef } from 'react'
import { useLiveEvents } from '@/components/layout/live-events'
import { useRefresh } from '@/components/sources/use-refresh'

/** A push moves its counts with every request; more often than this nobody reads them. */
const EVERY_MS = 2_000

/** Keeps the counts of sources and imports on a page current while something is being taken in. */
export function LiveSources() {
  const refresh = useRefresh()
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  useLiveEvents('imports', () => {
    waiting.current ??= setTimeout(() => {
      waiting.current = undefined
      refresh()
    }, EVERY_MS)
  })
  useEffect(
    () => () => {
      clearTimeout(waiting.current)
      waiting.current = undefined
    },
    [],
  )
  return null
}
