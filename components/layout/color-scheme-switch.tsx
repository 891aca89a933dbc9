'use client'

import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
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
        <Menu.RadioGroup value={colorScheme} onChange={(value) => SCHEMES.forEach((scheme) => scheme.value === value && setColorScheme(scheme.value))}>
          {SCHEMES.map(({ value, label, icon: Icon }) => (
            <Menu.RadioItem key={value} value={value} closeMenuOnClick rightSection={<Icon size={16} stroke={1.7} />}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}
