import { useEffect, useState } from 'react'
import type { PreviewRetention } from '@/components/settings/retention-actions'
import type { RetentionPreview } from '@/lib/retention/schema'

const PAUSE_MS = 350

interface Answer {
  readonly request: string
  readonly preview: RetentionPreview | null
  readonly failure: string | null
}

async function answerOf(ask: PreviewRetention, request: string): Promise<Omit<Answer, 'request'>> {
  try {
    const result = await ask(JSON.parse(request) as Parameters<PreviewRetention>[0])
    return result.ok ? { preview: result.value, failure: null } : { preview: null, failure: result.error.message }
  } catch {
    return { preview: null, failure: 'The server did not answer. Is it still running?' }
  }
}

/** Asks what a policy would do, a moment after it was last changed. `isCurrent` says whether the answer is for what is entered. */
export function useRetentionPreview(ask: PreviewRetention, request: string | null): Omit<Answer, 'request'> & { readonly isCurrent: boolean } {
  const [answer, setAnswer] = useState<Answer>({ request: '', preview: null, failure: null })
  useEffect(() => {
    if (request === null) return undefined
    let isWanted = true
    const timer = setTimeout(() => {
      answerOf(ask, request)
        .then((next) => (isWanted ? setAnswer({ ...next, request }) : undefined))
        .catch(() => undefined)
    }, PAUSE_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [ask, request])
  return { preview: answer.preview, failure: answer.request === request ? answer.failure : null, isCurrent: request !== null && answer.request === request }
}
