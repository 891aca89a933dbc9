import './globals.css'
import { ColorSchemeScript, mantineHtmlProps } from '@mantine/core'
import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { DropGuard } from '@/components/layout/drop-guard'
import { Providers } from '@/components/layout/providers'

export const metadata: Metadata = {
  title: { default: 'Linklocal', template: '%s · Linklocal' },
  description: 'Who on this host reached the instance metadata service, and what happened to the credentials?',
}

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f7f8fa' },
    { media: '(prefers-color-scheme: dark)', color: '#0e1116' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  // The server allows scripts by nonce only. Reading it also keeps every page rendered per request, which a nonce needs.
  const nonce = (await headers()).get('x-nonce') ?? undefined
  return (
    <html lang="en" {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" nonce={nonce} />
        <DropGuard nonce={nonce} />
      </head>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  )
}
