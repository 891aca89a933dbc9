'use client'

import { Menu, TextInput } from '@mantine/core'
import { IconUser, IconUserOff } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'

interface AssignMenuProps {
  /** The button that opens it. */
  readonly target: ReactNode
  readonly me: string
  readonly assignee?: string | null
  readonly onAssign: (assignee: string | null) => void
}

/** Who looks after alerts: me, nobody, or somebody by name. */
export function AssignMenu({ target, me, assignee, onAssign }: AssignMenuProps) {
  const [opened, setOpened] = useState(false)
  const [name, setName] = useState('')
  const choose = (next: string | null) => {
    setOpened(false)
    setName('')
    onAssign(next)
  }
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-start" width={240}>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUser size={15} stroke={1.7} />} disabled={assignee === me} onClick={() => choose(me)}>
          Assign to me
        </Menu.Item>
        <Menu.Item leftSection={<IconUserOff size={15} stroke={1.7} />} disabled={assignee === null} onClick={() => choose(null)}>
          Nobody
        </Menu.Item>
        <Menu.Divider />
        <form
          style={{ padding: '4px 8px 8px' }}
          onSubmit={(event) => {
            event.preventDefault()
            if (name.trim() !== '') choose(name.trim())
          }}
        >
          <TextInput
            label="Somebody else"
            placeholder="Name, then Enter"
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            // The menu's own keys move between items; here they write.
            onKeyDown={(event) => event.key !== 'Escape' && event.stopPropagation()}
          />
        </form>
      </Menu.Dropdown>
    </Menu>
  )
}
