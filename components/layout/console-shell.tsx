'use client'

import { ActionIcon, AppShell, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import Link from 'next/link'
import { useState, type ReactNode } from 'react'
import { CommandPalette } from '@/components/layout/command-palette'
import { Logo } from '@/components/layout/logo'
import type { NavCounts } from '@/components/layout/nav-items'
import { NavLinks } from '@/components/layout/nav-links'
import { NAV_COOKIE } from '@/components/layout/preferences'
import { ShortcutHelp } from '@/components/layout/shortcut-help'
import { TopBar } from '@/components/layout/top-bar'
import { useShellCommands } from '@/components/layout/use-shell-commands'
import { useCommands } from '@/components/ui/commands/command-provider'
import classes from './console-shell.module.css'

interface ConsoleShellProps {
  readonly navCollapsed: boolean
  readonly counts: NavCounts
  readonly children: ReactNode
}

/** The frame around every page of the console: navigation, top bar, palette, help; and the page as the main landmark. */
export function ConsoleShell({ navCollapsed, counts, children }: ConsoleShellProps) {
  const [collapsed, setCollapsed] = useState(navCollapsed)
  const [opened, nav] = useDisclosure(false)
  const [helpOpened, help] = useDisclosure(false)

  const toggleCollapsed = () => {
    document.cookie = `${NAV_COOKIE}=${collapsed ? 'wide' : 'collapsed'}; path=/; max-age=31536000; samesite=lax`
    setCollapsed(!collapsed)
  }
  useShellCommands({ onHelp: help.open, onToggleNav: toggleCollapsed })
  useCommands(opened ? [{ id: 'navigation.close', label: 'Close navigation', group: 'Display', keys: 'Escape', run: nav.close }] : [])

  const collapseLabel = collapsed ? 'Widen navigation' : 'Narrow navigation'
  return (
    <>
      <a href="#main" className={classes.skip}>
        Skip to content
      </a>
      <AppShell
        layout="alt"
        header={{ height: 48 }}
        navbar={{ width: { base: 248, sm: collapsed ? 56 : 216 }, breakpoint: 'sm', collapsed: { mobile: !opened } }}
        transitionDuration={120}
        classNames={{ header: classes.header, navbar: classes.navbar, main: classes.main }}
      >
        <AppShell.Header>
          <TopBar navOpened={opened} onToggleNav={nav.toggle} onHelp={help.open} />
        </AppShell.Header>
        <AppShell.Navbar id="navigation" aria-label="Main" data-opened={opened || undefined}>
          <div className={classes.brand}>
            <Link href="/" className={classes.home} onClick={nav.close}>
              <Logo compact={collapsed} />
            </Link>
          </div>
          <div className={classes.links}>
            <NavLinks counts={counts} collapsed={collapsed} onNavigate={nav.close} />
          </div>
          <div className={classes.foot}>
            <Tooltip label={collapseLabel} position="right">
              <ActionIcon aria-label={collapseLabel} aria-expanded={!collapsed} onClick={toggleCollapsed} visibleFrom="sm">
                {collapsed ? <IconLayoutSidebarLeftExpand size={18} stroke={1.7} /> : <IconLayoutSidebarLeftCollapse size={18} stroke={1.7} />}
              </ActionIcon>
            </Tooltip>
          </div>
        </AppShell.Navbar>
        {opened && <button type="button" className={classes.scrim} aria-label="Close navigation" onClick={nav.close} />}
        <AppShell.Main id="main" tabIndex={-1}>
          {children}
        </AppShell.Main>
      </AppShell>
      <CommandPalette />
      <ShortcutHelp opened={helpOpened} onClose={help.close} />
    </>
  )
}
