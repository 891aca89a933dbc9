'use client'

import { Modal, Switch } from '@mantine/core'
import { useCharacterKeys, useCommandList } from '@/components/ui/commands/command-provider'
import { groupCommands } from '@/components/ui/commands/command-registry'
import { Keys } from '@/components/ui/commands/keys'
import classes from './shortcut-help.module.css'

/** `?`: the shortcuts that work on this page, grouped, with the switch that silences those of one character. */
export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const characterKeys = useCharacterKeys()
  const groups = groupCommands(useCommandList().filter((command) => command.keys !== undefined))
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size={720}>
      <div className={classes.groups}>
        {groups.map(([name, members]) => (
          <section key={name} className={classes.group}>
            <h3 className={classes.heading}>{name}</h3>
            <dl className={classes.list}>
              {members.map((command) => (
                <div key={command.id} className={classes.row}>
                  <dt>
                    {command.label}
                    {command.unavailable !== undefined && <span className={classes.unavailable}>{command.unavailable}</span>}
                  </dt>
                  <dd>
                    <Keys keys={command.keys ?? ''} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Switch
        mt="lg"
        checked={characterKeys.on}
        onChange={(event) => characterKeys.set(event.currentTarget.checked)}
        label="Shortcuts of a single character"
        description="Switch them off when you dictate text. Ctrl/Cmd-K always works."
      />
    </Modal>
  )
}
