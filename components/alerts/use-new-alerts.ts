'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import type { AlertActions } from '@/components/alerts/alert-actions'
import { useLiveEvents } from '@/components/layout/live-events'
import type { AlertFilter } from '@/lib/alerts/schema'

/** In case no live event comes through; those are what is asked upon. */
const EVERY_MS = 60_000

/**
 * How many alerts of the list arrived since it was rendered: asked when the server tells of new ones while somebody looks. The list itself stays
 * as it is until they want the new ones, so that no row moves under a cursor.
 */
export function useNewAlerts(countNew: AlertActions['countNew'], filter: AlertFilter, newestId: number): number {
  const [fresh, setFresh] = useState({ key: '', count: 0 })
  const key = JSON.stringify([filter, newestId])
  const current = useRef(key)
  const ask = useCallback(async () => {
    if (document.visibilityState !== 'visible') return
    const [wanted, after] = JSON.parse(key) as [AlertFilter, number]
    // The server may be on its way down; the next round asks again.
    const answer = await countNew(wanted, after).catch(() => undefined)
    if (answer?.ok && current.current === key) setFresh({ key, count: answer.value })
  }, [countNew, key])
  useEffect(() => {
    current.current = key
    const timer = setInterval(() => void ask(), EVERY_MS)
    return () => clearInterval(timer)
  }, [ask, key])
  useLiveEvents('alerts', ({ raised }) => {
    if (raised > 0) void ask()
  })
  return fresh.key === key ? fresh.count : 0
}
