'use client'

import { ActionIcon, Burger, Tooltip, UnstyledButton } from '@mantine/core'
import { IconKeyboard, IconSearch } from '@tabler/icons-react'
import { ColorSchemeSwitch } from '@/components/layout/color-scheme-switch'
import { TimeZoneSwitch } from '@/components/layout/time-zone-switch'
import { palette } from '@/components/layout/palette-store'
import { Keys } from '@/components/ui/commands/keys'
import classes from './top-bar.module.css'

interface TopBarProps {
  readonly navOpened: boolean
  readonly onToggleNav: () => void
  readonly onHelp: () => void
}

/** What is the same on every page: palette, time zone, theme, help; on narrow screens also the way to the navigation. */
export function TopBar({ navOpened, onToggleNav, onHelp }: TopBarProps) {
  return (
    <div className={classes.bar}>
      <Burger
        opened={navOpened}
        onClick={onToggleNav}
        size="sm"
        hiddenFrom="sm"
        aria-label={navOpened ? 'Close navigation' : 'Open navigation'}
        aria-expanded={navOpened}
        aria-controls="navigation"
      />
      <UnstyledButton className={classes.search} onClick={palette.open} aria-keyshortcuts="Control+K Meta+K">
        <IconSearch size={16} stroke={1.8} aria-hidden />
        <span className={classes.searchLabel}>Search or run a command</span>
        <span className={classes.searchKeys}>
          <Keys keys="mod+k" />
        </span>
      </UnstyledButton>
      <div className={classes.controls}>
        <TimeZoneSwitch />
        <ColorSchemeSwitch />
        <Tooltip label="Keyboard shortcuts">
          <ActionIcon aria-label="Keyboard shortcuts" onClick={onHelp} aria-keyshortcuts="?" visibleFrom="xs">
            <IconKeyboard size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  )
}
