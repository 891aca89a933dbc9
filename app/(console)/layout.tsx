import { cookies } from 'next/headers'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { undoAction } from '@/app/(console)/undo/actions'
import { ConsoleShell } from '@/components/layout/console-shell'
import { isNavCollapsed, NAV_COOKIE, TIME_ZONE_COOKIE, zoneFromCookie } from '@/components/layout/preferences'
import { CommandProvider } from '@/components/ui/commands/command-provider'
import { UndoProvider } from '@/components/ui/undo/undo-provider'
import { TimeProvider } from '@/components/ui/time-provider'
import { lastAct } from '@/lib/undo/last-act'
import { getContext } from '@/lib/web/context'

// This layout is rendered for each request: it reads cookies.
function requestTime(): number {
  return Date.now()
}

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const jar = await cookies()
  const open = await getContext().db.alert.count({ where: { status: 'open', overCap: false } })
  const last = await lastAct(getContext())
  return (
    <TimeProvider zone={zoneFromCookie(jar.get(TIME_ZONE_COOKIE)?.value)} renderedAt={requestTime()}>
      <CommandProvider>
        <ConsoleShell navCollapsed={isNavCollapsed(jar.get(NAV_COOKIE)?.value)} counts={{ alerts: open }}>
          <UndoProvider undo={undoAction} last={last}>
            <NuqsAdapter>{children}</NuqsAdapter>
          </UndoProvider>
        </ConsoleShell>
      </CommandProvider>
    </TimeProvider>
  )
}
