'use client'

import { Spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useCommandList } from '@/components/ui/commands/command-provider'
import { groupCommands } from '@/components/ui/commands/command-registry'
import { Keys } from '@/components/ui/commands/keys'
import classes from './command-palette.module.css'

/** Ctrl/Cmd-K: everything that can be done on this page, by name. */
export function CommandPalette() {
  const commands = useCommandList().filter((command) => command.hiddenInPalette !== true)
  const actions = groupCommands(commands).map(([group, members]) => ({
    group,
    actions: members.map((command) => ({
      id: command.id,
      label: command.label,
      description: command.description,
      keywords: command.keywords ? [...command.keywords] : undefined,
      leftSection: command.icon,
      rightSection: command.keys === undefined ? undefined : <Keys keys={command.keys} />,
      onClick: command.run,
    })),
  }))
  return (
    <Spotlight
      actions={actions}
      shortcut="mod + K"
      // Also from within a search field: the palette is the way out of it.
      tagsToIgnore={[]}
      triggerOnContentEditable
      overlayProps={{ backgroundOpacity: 0.45, blur: 0 }}
      classNames={{ content: classes.content, search: classes.search, actionsGroup: classes.group, action: classes.action }}
      attributes={{ content: { 'aria-label': 'Commands' } }}
      scrollable
      maxHeight={420}
      limit={40}
      nothingFound="No command has that name"
      searchProps={{ leftSection: <IconSearch size={18} stroke={1.7} />, placeholder: 'Go to a page or run a command…', 'aria-label': 'Search commands' }}
    />
  )
}
