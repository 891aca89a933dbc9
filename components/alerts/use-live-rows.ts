'use client'

import { useEffect, useMemo, useRef, useState } from 'react'
import type { AlertActions } from '@/components/alerts/alert-actions'
import { useLiveEvents } from '@/components/layout/live-events'
import type { AlertSummary, Seen } from '@/lib/alerts/schema'

/** Alerts that one live event names at most; where it names so many, others may have changed as well. */
const NAMED = 200

interface LiveRows {
  readonly rows: readonly AlertSummary[]
  /** What the rows show, to be sent with an act on them. */
  readonly seen: Seen
}

/**
 * The rows of the page, kept true while it is open: what somebody else changed shows in its row, and the row stays where it is,
 * also when the list would no longer hold it. The next reading of the list begins anew.
 */
export function useLiveRows(rows: readonly AlertSummary[], entry: number, readNow: AlertActions['readNow']): LiveRows {
  const [patched, setPatched] = useState<{ readonly of: readonly AlertSummary[]; readonly rows: ReadonlyMap<number, AlertSummary>; readonly entries: Readonly<Record<string, number>> }>()
  const current = useRef(rows)
  useEffect(() => {
    current.current = rows
  })
  const read = async (ids: readonly number[]) => {
    const of = rows
    // The server may be on its way down; the next change asks again.
    const answer = await readNow(ids).catch(() => undefined)
    if (!answer?.ok || current.current !== of) return
    const { entry: later, rows: now } = answer.value
    setPatched((before) => {
      const same = before?.of === of ? before : undefined
      return {
        of,
        rows: new Map([...(same?.rows ?? []), ...now.map((row) => [row.id, row] as const)]),
        entries: { ...same?.entries, ...Object.fromEntries(now.map(({ id }) => [id, later])) },
      }
    })
  }
  useLiveEvents('alerts', ({ alertIds, changed }) => {
    if (changed === 0) return
    const named = new Set(alertIds)
    const ids = rows.map(({ id }) => id).filter((id) => alertIds.length >= NAMED || named.has(id))
    if (ids.length > 0) void read(ids)
  })
  return useMemo(() => {
    if (patched?.of !== rows) return { rows, seen: { entry } }
    return { rows: rows.map((row) => patched.rows.get(row.id) ?? row), seen: { entry, rows: patched.entries } }
  }, [rows, entry, patched])
}
