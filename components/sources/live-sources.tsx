'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { useLiveEvents } from '@/components/layout/live-events'

/** A push moves its counts with every request; more often than this nobody reads them. */
const EVERY_MS = 2_000

/** Keeps the counts of sources and imports on a page current while something is being taken in. */
export function LiveSources() {
  const router = useRouter()
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  useLiveEvents('imports', () => {
    waiting.current ??= setTimeout(() => {
      waiting.current = undefined
      router.refresh()
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
