'use client'

import { useEffect } from 'react'
import { useRefresh } from '@/components/sources/use-refresh'

/** What a watch sees changes without a change in the database that could be told. */
const EVERY_MS = 5_000

/** Reads the page anew from time to time, as long as it is looked at. */
export function WatchRefresh() {
  const refresh = useRefresh()
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) refresh()
    }, EVERY_MS)
    return () => clearInterval(timer)
  }, [refresh])
  return null
}
