import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { ConsoleShell } from '@/components/layout/console-shell'
import { isNavCollapsed, NAV_COOKIE, TIME_ZONE_COOKIE, zoneFromCookie } from '@/components/layout/preferences'
import { CommandProvider } from '@/components/ui/commands/command-provider'
import { TimeProvider } from '@/components/ui/time-provider'

// This layout is rendered for each request: it reads cookies.
function requestTime(): number {
  return Date.now()
}

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const jar = await cookies()
  return (
    <TimeProvider zone={zoneFromCookie(jar.get(TIME_ZONE_COOKIE)?.value)} renderedAt={requestTime()}>
      <CommandProvider>
        <ConsoleShell navCollapsed={isNavCollapsed(jar.get(NAV_COOKIE)?.value)} counts={{}}>
          {children}
        </ConsoleShell>
      </CommandProvider>
    </TimeProvider>
  )
}
