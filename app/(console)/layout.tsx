import { cookies } from 'next/headers'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { ConsoleShell } from '@/components/layout/console-shell'
import { isNavCollapsed, NAV_COOKIE, TIME_ZONE_COOKIE, zoneFromCookie } from '@/components/layout/preferences'
import { CommandProvider } from '@/components/ui/commands/command-provider'
import { TimeProvider } from '@/components/ui/time-provider'
import { getContext } from '@/lib/web/context'

// This layout is rendered for each request: it reads cookies.
function requestTime(): number {
  return Date.now()
}

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const jar = await cookies()
  const open = await getContext().db.alert.count({ where: { status: 'open', overCap: false } })
  return (
    <TimeProvider zone={zoneFromCookie(jar.get(TIME_ZONE_COOKIE)?.value)} renderedAt={requestTime()}>
      <CommandProvider>
        <ConsoleShell navCollapsed={isNavCollapsed(jar.get(NAV_COOKIE)?.value)} counts={{ alerts: open }}>
          <NuqsAdapter>{children}</NuqsAdapter>
        </ConsoleShell>
      </CommandProvider>
    </TimeProvider>
  )
}
