import { notFound } from 'next/navigation'
import { cache } from 'react'
import { getAlert } from '@/lib/alerts/queries'
import type { AlertDetail } from '@/lib/alerts/schema'
import { parseAlertRef } from '@/lib/alerts/schema'
import { getContext } from '@/lib/web/context'

/** The alert of a reference in the URL, read once for a page and its title; a page that says so when there is none. */
export const loadAlert = cache(async (ref: string): Promise<AlertDetail> => {
  const id = parseAlertRef(ref)
  const alert = id === null ? null : await getAlert(getContext(), id)
  if (!alert) notFound()
  return alert
})
