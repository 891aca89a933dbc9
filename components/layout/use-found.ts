'use client'

import { useEffect, useState } from 'react'
import { findResponse } from '@/lib/find/schema'
import type { Found } from '@/lib/find/schema'
import { LIMITS } from '@/lib/limits'

/** Long enough that a word typed at once asks once. */
const TYPING_MS = 120

export interface FoundState {
  readonly found: readonly Found[]
  /** `looking` while the results are not those of the query. */
  readonly state: 'idle' | 'looking' | 'found' | 'failed'
}

const NOTHING: FoundState = { found: [], state: 'idle' }

async function ask(query: string, signal: AbortSignal): Promise<readonly Found[]> {
  const response = await fetch(`/api/find?${new URLSearchParams({ q: query }).toString()}`, { signal })
  if (!response.ok) throw new Error(`find answered ${response.status}`)
  return findResponse.parse(await response.json()).found
}

/** What the server finds for a query, asked when typing pauses. Results of an earlier query are never shown for a later one. */
export function useFound(query: string): FoundState {
  const text = query.trim().slice(0, LIMITS.findLength)
  const [answer, setAnswer] = useState<{ readonly text: string; readonly found: readonly Found[] | null }>({ text: '', found: [] })
  useEffect(() => {
    if (text === '') return undefined
    const abort = new AbortController()
    const timer = setTimeout(() => {
      ask(text, abort.signal).then(
        (found) => setAnswer({ text, found }),
        () => {
          if (!abort.signal.aborted) setAnswer({ text, found: null })
        },
      )
    }, TYPING_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [text])
  if (text === '') return NOTHING
  if (answer.text !== text) return { found: [], state: 'looking' }
  return answer.found === null ? { found: [], state: 'failed' } : { found: answer.found, state: 'found' }
}
