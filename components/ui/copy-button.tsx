'use client'

import { ActionIcon, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconAlertCircle, IconCheck, IconCopy } from '@tabler/icons-react'

interface CopyButtonProps {
  readonly value: string
  /** What is copied, as in `Copy entity id`. */
  readonly label?: string
  readonly size?: number
}

/** Copies a value as it is, and says that it did. */
export function CopyButton({ value, label = 'Copy', size = 24 }: CopyButtonProps) {
  const clipboard = useClipboard({ timeout: 1500 })
  const state = clipboard.error ? 'Not copied: the browser refused' : clipboard.copied ? 'Copied' : label
  return (
    <Tooltip label={state}>
      <ActionIcon size={size} aria-label={state} onClick={() => clipboard.copy(value)}>
        {clipboard.error ? (
          <IconAlertCircle size={15} stroke={1.8} />
        ) : clipboard.copied ? (
          <IconCheck size={15} stroke={2} color="var(--ll-good-mark)" />
        ) : (
          <IconCopy size={15} stroke={1.7} />
        )}
        <output className="visually-hidden">{clipboard.copied ? 'Copied' : ''}</output>
      </ActionIcon>
    </Tooltip>
  )
}
