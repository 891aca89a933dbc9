'use client'

import { useEffect, useState } from 'react'
import type { AlertActions } from '@/components/alerts/alert-actions'
import type { AlertFacet, AlertFilter, FacetCount } from '@/lib/alerts/schema'

interface Counted {
  readonly key: string
  readonly counts: readonly FacetCount[]
  readonly error?: string
}

/**
 * A facet's values, counted while its menu is open: anew each time it opens, and when another condition changes. Its own
 * choice changes nothing about them.
 */
export function useFacetCounts(countFacet: AlertActions['countFacet'], filter: AlertFilter, facet: AlertFacet, opened: boolean) {
  const key = JSON.stringify({ ...filter, [facet]: undefined })
  const [counted, setCounted] = useState<Counted>()
  useEffect(() => {
    let wanted = opened
    const count = async () => {
      const answer = await countFacet(JSON.parse(key) as AlertFilter, facet).catch(() => undefined)
      if (!wanted) return
      if (answer?.ok) setCounted({ key, counts: answer.value })
      else setCounted({ key, counts: [], error: answer?.error.message ?? 'The server does not answer. Open the menu again.' })
    }
    if (opened) void count()
    return () => {
      wanted = false
    }
  }, [countFacet, facet, key, opened])
  const current = counted?.key === key ? counted : undefined
  return { counts: current?.error === undefined ? current?.counts : undefined, error: current?.error, loading: opened && current === undefined }
}
