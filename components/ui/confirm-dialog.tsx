'use client'

import { Button, Group, Modal } from '@mantine/core'
import { useState, type ReactNode } from 'react'

interface ConfirmDialogProps {
  readonly opened: boolean
  readonly onClose: () => void
  /** The question, as in `Delete this exception?` */
  readonly title: string
  /** What will happen, to how many things, and whether it can be undone. */
  readonly children: ReactNode
  /** The verb of the title: `Delete`. */
  readonly confirmLabel: string
  readonly danger?: boolean
  /** The dialog stays open, its button busy, until this is done; after a throw it shows the message and stays. */
  readonly onConfirm: () => Promise<void> | void
}

/** Asks before something that costs to undo. Focus starts on Cancel, returns to where it was, and Escape cancels. */
export function ConfirmDialog({ opened, onClose, title, children, confirmLabel, danger = false, onConfirm }: ConfirmDialogProps) {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()
  const confirm = async () => {
    setBusy(true)
    setFailure(undefined)
    try {
      await onConfirm()
      onClose()
    } catch (error) {
      setFailure(error instanceof Error ? error.message : 'It did not work.')
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={460} closeOnEscape={!busy} closeOnClickOutside={!busy}>
      <div>{children}</div>
      {failure !== undefined && (
        <p role="alert" style={{ marginTop: 12, color: 'var(--ll-bad-text)' }}>
          {failure}
        </p>
      )}
      <Group justify="flex-end" gap="sm" mt="lg">
        <Button variant="default" onClick={onClose} disabled={busy} data-autofocus>
          Cancel
        </Button>
        <Button color={danger ? 'red' : undefined} onClick={() => void confirm()} loading={busy}>
          {confirmLabel}
        </Button>
      </Group>
    </Modal>
  )
}
