'use client'

import { Button } from '@mantine/core'
import { IconFilterOff } from '@tabler/icons-react'
import { useState } from 'react'
import type { SaveException } from '@/components/exceptions/exception-actions'
import { ExceptionDialog } from '@/components/exceptions/exception-dialog'
import { useCommands } from '@/components/ui/commands/command-provider'

interface ExcludeButtonProps {
  readonly alertId: number
  readonly save: SaveException
}

/** "Exclude…", also on the key `e`: opens the exception editor filled in from the alert. */
export function ExcludeButton({ alertId, save }: ExcludeButtonProps) {
  const [isOpen, setOpen] = useState(false)
  useCommands([{ id: 'alert.exclude', label: 'Exclude…', group: 'Alert', keys: 'e', icon: <IconFilterOff size={18} stroke={1.7} />, run: () => setOpen(true) }])
  return (
    <>
      <Button variant="default" leftSection={<IconFilterOff size={15} stroke={1.7} />} aria-keyshortcuts="e" onClick={() => setOpen(true)}>
        Exclude…
      </Button>
      <ExceptionDialog source={isOpen ? { kind: 'alert', alertId } : undefined} onClose={() => setOpen(false)} save={save} />
    </>
  )
}
