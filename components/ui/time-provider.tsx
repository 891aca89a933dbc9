'use client'

import { createContext, use, useCallback, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react'
import { UTC } from '@/components/ui/format-instant'
import { TIME_ZONE_COOKIE } from '@/components/layout/preferences'


interface TimeContext {
  /** `UTC` or the IANA zone of the browser. */
  readonly zone: string
  readonly setLocal: (local: boolean) => void
  /** The server's clock when it rendered, so that the first render in the browser says the same "3 min ago". */
  readonly renderedAt: number
}

const Context = createContext<TimeContext>({ zone: UTC, setLocal: () => {}, renderedAt: 0 })

// One clock for the page: a thousand relative times cost one timer, and all change together.
const TICK_MS = 10_000
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let now = 0

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const notify of listeners) notify()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
      now = 0
    }
  }
}

function readNow(): number {
  if (now === 0) now = Date.now()
  return now
}

function localZone(): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone
  // On a machine that runs in UTC the choice "local" must still differ from the choice "UTC".
  return zone === UTC ? 'Etc/UTC' : zone
}

/**
 * Gives all times below it their zone and their "now". Both come from the server (a cookie and its clock), so that server
 * and browser render the same text; afterwards the browser's own clock ticks.
 */
export function TimeProvider({ zone: initialZone, renderedAt, children }: { zone: string; renderedAt: number; children: ReactNode }) {
  const [zone, setZone] = useState(initialZone)
  const setLocal = useCallback((local: boolean) => {
    const next = local ? localZone() : UTC
    document.cookie = `${TIME_ZONE_COOKIE}=${encodeURIComponent(next)}; path=/; max-age=31536000; samesite=lax`
    setZone(next)
  }, [])
  const value = useMemo(() => ({ zone, setLocal, renderedAt }), [zone, setLocal, renderedAt])
  return <Context value={value}>{children}</Context>
}

/** The zone in which times are shown, and the switch between UTC and the browser's own. */
export function useTimeZone(): { zone: string; isLocal: boolean; setLocal: (local: boolean) => void } {
  const { zone, setLocal } = use(Context)
  return { zone, isLocal: zone !== UTC, setLocal }
}

/** Epoch milliseconds of about now; changes every ten seconds. During hydration it is the server's. */
export function useNow(): number {
  const { renderedAt } = use(Context)
  return useSyncExternalStore(subscribe, readNow, () => renderedAt)
}
