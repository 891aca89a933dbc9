'use client'

import { useEffect, useState } from 'react'
import type { AlertActions } from '@/components/alerts/alert-actions'
import type { AlertFilter } from '@/lib/alerts/schema'

const EVERY_MS = 15_000

/**
 * How many alerts of the list arrived since it was rendered: asked now and then while somebody looks. The list itself stays
 * as it is until they want the new ones, so that no row moves under a cursor.
 */
export function useNewAlerts(countNew: AlertActions['countNew'], filter: AlertFilter, newestId: number): number {
  const [fresh, setFresh] = useState({ key: '', count: 0 })
  const key = JSON.stringify([filter, newestId])
  useEffect(() => {
    let live = true
    const ask = async () => {
      if (document.visibilityState !== 'visible') return
      const [wanted, after] = JSON.parse(key) as [AlertFilter, number]
      // The server may be on its way down; the next round asks again.
      const answer = await countNew(wanted, after).catch(() => undefined)
      if (live && answer?.ok) setFresh({ key, count: answer.value })
    }
    const timer = setInterval(() => void ask(), EVERY_MS)
    return () => {
      live = false
      clearInterval(timer)
    }
  }, [countNew, key])
  return fresh.key === key ? fresh.count : 0
}
