'use client'

/** The root layout itself failed: nothing of ours can be relied on here, so this page is plain. */
export default function GlobalError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en" style={{ colorScheme: 'light dark', fontFamily: 'system-ui, sans-serif' }}>
      <head>
        <title>Error · Linklocal</title>
      </head>
      <body style={{ display: 'grid', placeContent: 'center', minHeight: '90vh', textAlign: 'center' }}>
        <main>
          <h1 style={{ fontSize: 18 }}>Linklocal could not be shown</h1>
          <p>Nothing was changed. If it happens again, the server’s log has the reason.</p>
          <button type="button" onClick={retry}>
            Try again
          </button>
        </main>
      </body>
    </html>
  )
}
