'use client'

import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import { useCommands } from '@/components/ui/commands/command-provider'
import classes from './color-scheme-switch.module.css'

const SCHEMES = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
] as const

/** Light, dark, or as the system. Both icons are rendered and CSS shows one, so that the server need not know. */
export function ColorSchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  useCommands(
    SCHEMES.map(({ value, label, icon: Icon }) => ({
      id: `theme.${value}`,
      label: `Theme: ${label.toLowerCase()}`,
      group: 'Display',
      icon: <Icon size={18} stroke={1.7} />,
      run: () => setColorScheme(value),
    })),
  )
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <Tooltip label="Theme">
          <ActionIcon aria-label="Theme">
            <IconSun size={18} stroke={1.7} className={classes.light} />
            <IconMoon size={18} stroke={1.7} className={classes.dark} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            role="menuitemradio"
            aria-checked={colorScheme === value}
            leftSection={<Icon size={16} stroke={1.7} />}
            rightSection={colorScheme === value ? <IconCheck size={14} /> : undefined}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
