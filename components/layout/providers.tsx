'use client'

import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { useEffect, type ReactNode } from 'react'
import { cssVariables, theme } from '@/components/layout/theme'

/** Theme and notifications for every page. A client component because the theme carries functions. */
export function Providers({ children }: { children: ReactNode }) {
  // What the server sent can be looked at before it answers to anybody. This effect runs after those of all that is inside.
  useEffect(() => {
    document.documentElement.dataset['hydrated'] = 'true'
  }, [])
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      {children}
      <Notifications position="bottom-right" limit={4} autoClose={6000} />
    </MantineProvider>
  )
}
