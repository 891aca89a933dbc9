'use client'

import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { ErrorState } from '@/components/ui/error-state'

async function askWhy(digest: string, signal: AbortSignal): Promise<string | null> {
  const response = await fetch(`/api/refusals/${encodeURIComponent(digest)}`, { signal })
  const body = (await response.json()) as { message?: unknown }
  return typeof body.message === 'string' ? body.message : null
}

/** What the server says of the error with this digest, where that is meant for users: a damaged database, a full disk. */
function useRefusal(digest: string | undefined): string | null {
  const [message, setMessage] = useState<string | null>(null)
  useEffect(() => {
    const asked = new AbortController()
    // A server that does not answer leaves the general words.
    if (digest !== undefined) askWhy(digest, asked.signal).then(setMessage, () => undefined)
    return () => asked.abort()
  }, [digest])
  return message
}

/** A page that failed. Shows why where the server knows, and else the digest under which it logged the error, never the error itself. */
export function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = typeof error === 'object' && error !== null && 'digest' in error ? String(error.digest) : undefined
  const refusal = useRefusal(digest)
  return (
    <>
      <h1 className="visually-hidden">Error</h1>
      <ErrorState title="This page could not be shown" reference={digest} action={<Button onClick={retry}>Try again</Button>}>
        <p>{refusal ?? 'Nothing was changed. If it happens again, the server’s log has the reason.'}</p>
      </ErrorState>
    </>
  )
}
