'use client'

import { useEffect, useState } from 'react'
import type { ExceptionImpact, PreviewInput } from '@/lib/exceptions/schema'

const PAUSE_MS = 350

export interface ImpactState {
  /** The newest answer there is, also while the next one is on its way. */
  readonly impact: ExceptionImpact | null
  /** The answer is for what is entered now. */
  readonly isCurrent: boolean
  readonly failure: string | null
}

interface Answer {
  readonly request: string
  readonly impact: ExceptionImpact | null
  readonly failure: string | null
}

async function ask(body: string, signal: AbortSignal): Promise<Omit<Answer, 'request'>> {
  const response = await fetch('/api/exceptions/preview', { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal })
  const answer: unknown = await response.json()
  if (response.ok) return { impact: answer as ExceptionImpact, failure: null }
  const { error } = answer as { error?: { message?: string } }
  return { impact: null, failure: error?.message ?? 'The effect could not be computed.' }
}

/**
 * Asks what conditions would have removed, a moment after they last changed, and calls off a question that is no longer
 * asked. Null when the conditions are not complete; another `round` asks again.
 */
export function useImpact(input: PreviewInput | null, round = 0): ImpactState {
  const body = input === null ? null : JSON.stringify(input)
  const request = body === null ? null : `${round} ${body}`
  const [answer, setAnswer] = useState<Answer>({ request: '', impact: null, failure: null })
  useEffect(() => {
    if (request === null || body === null) return undefined
    const controller = new AbortController()
    const timer = setTimeout(() => {
      ask(body, controller.signal).then(
        (next) => setAnswer({ ...next, request }),
        () => {
          if (!controller.signal.aborted) setAnswer({ request, impact: null, failure: 'The server did not answer. Is it still running?' })
        },
      )
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [request, body])
  return { impact: answer.impact, isCurrent: request !== null && answer.request === request, failure: answer.request === request ? answer.failure : null }
}
