'use client'

import { IconClock, IconKeyboard, IconLayoutSidebar } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { NAV_ITEMS } from '@/components/layout/nav-items'
import { palette } from '@/components/layout/palette-store'
import { useCommands } from '@/components/ui/commands/command-provider'
import { useTimeZone } from '@/components/ui/time-provider'

/** The commands that work everywhere: going places, the display, the help. */
export function useShellCommands({ onHelp, onToggleNav }: { onHelp: () => void; onToggleNav: () => void }): void {
  const router = useRouter()
  const { isLocal, setLocal } = useTimeZone()
  useCommands([
    ...NAV_ITEMS.map(({ key, href, label, letter, icon: Icon }) => ({
      id: `go.${key}`,
      label,
      group: 'Go to',
      keys: `g ${letter}`,
      icon: <Icon size={18} stroke={1.7} />,
      run: () => router.push(href),
    })),
    {
      id: 'display.zone',
      label: isLocal ? 'Show times in UTC' : 'Show times in local time',
      group: 'Display',
      icon: <IconClock size={18} stroke={1.7} />,
      run: () => setLocal(!isLocal),
    },
    {
      id: 'display.navigation',
      label: 'Narrow or widen the navigation',
      group: 'Display',
      keys: '[',
      icon: <IconLayoutSidebar size={18} stroke={1.7} />,
      run: onToggleNav,
    },
    // The palette itself listens for this one, also inside of text fields; here it is for the list of shortcuts.
    { id: 'help.palette', label: 'Search and commands', group: 'Help', keys: 'mod+k', hiddenInPalette: true, run: palette.open },
    { id: 'help.shortcuts', label: 'Keyboard shortcuts', group: 'Help', keys: '?', icon: <IconKeyboard size={18} stroke={1.7} />, run: onHelp },
  ])
}
