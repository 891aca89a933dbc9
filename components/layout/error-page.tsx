'use client'

import { Button } from '@mantine/core'
import { ErrorState } from '@/components/ui/error-state'

/** A page that failed. Shows the digest under which the server logged the error, never the error itself. */
export function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = typeof error === 'object' && error !== null && 'digest' in error ? String(error.digest) : undefined
  return (
    <>
      <h1 className="visually-hidden">Error</h1>
      <ErrorState title="This page could not be shown" reference={digest} action={<Button onClick={retry}>Try again</Button>}>
        <p>Nothing was changed. If it happens again, the server’s log has the reason.</p>
      </ErrorState>
    </>
  )
}
