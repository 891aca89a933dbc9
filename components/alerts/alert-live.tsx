'use client'

import { notifications } from '@mantine/notifications'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { useLiveEvents } from '@/components/layout/live-events'
import { isOwn } from '@/components/ui/undo/own-acts'
import { alertRef } from '@/lib/alerts/schema'
import type { AlertHistoryEntry } from '@/lib/alerts/schema'

/** Alerts that one live event names at most. */
const NAMED = 200

interface AlertLiveProps {
  readonly alertId: number
  /** What people did to it last; null when nobody did anything. */
  readonly newest: Pick<AlertHistoryEntry, 'id' | 'actor' | 'text'> | null
}

/**
 * Keeps the page of an alert true while it is open: what is done elsewhere shows as it happens, and is told, since it may be what
 * somebody here was about to decide. Half-written text stays as it is.
 */
export function AlertLive({ alertId, newest }: AlertLiveProps) {
  const router = useRouter()
  const told = useRef({ alertId, entry: newest?.id ?? 0 })
  useLiveEvents('alerts', ({ alertIds }) => {
    if (alertIds.includes(alertId) || alertIds.length >= NAMED) router.refresh()
  })
  useEffect(() => {
    const before = told.current
    const entry = newest?.id ?? 0
    told.current = { alertId, entry }
    if (!newest || before.alertId !== alertId || entry <= before.entry || isOwn(alertId)) return
    notifications.show({ title: `${alertRef(alertId)} was changed elsewhere`, message: `${newest.actor}: ${newest.text}` })
  }, [alertId, newest])
  return null
}
