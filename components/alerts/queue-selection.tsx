'use client'

import { Button } from '@mantine/core'
import { IconChecks, IconUserPlus, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { AssignMenu } from '@/components/alerts/assign-menu'
import classes from './queue.module.css'

interface QueueSelectionProps {
  readonly count: number
  /** Every row of the page is chosen and there are more: how many match in all, and how to have them. */
  readonly widen?: { readonly total: number; readonly onWiden: () => void }
  /** All that match are chosen, not only those on the page. */
  readonly isWide: boolean
  readonly me: string
  readonly busy: boolean
  readonly onAcknowledge: () => void
  readonly onClose: () => void
  readonly onAssign: (assignee: string | null) => void
  readonly onClear: () => void
  /** Further things to do with the selection. */
  readonly children?: ReactNode
}

/** What can be done with the chosen alerts; says whether that is this page or everything that matches. */
export function QueueSelection({ count, widen, isWide, me, busy, onAcknowledge, onClose, onAssign, onClear, children }: QueueSelectionProps) {
  return (
    <section className={classes.selection} aria-label="Selected alerts">
      <output className={classes.selected}>{isWide ? `All ${count.toLocaleString('en')} matching selected` : `${count.toLocaleString('en')} selected`}</output>
      {widen && (
        <button type="button" className={classes.allMatching} onClick={widen.onWiden}>
          Select all {widen.total.toLocaleString('en')} matching
        </button>
      )}
      <Button variant="default" leftSection={<IconChecks size={15} stroke={1.7} />} aria-keyshortcuts="a" disabled={busy} onClick={onAcknowledge}>
        Acknowledge
      </Button>
      <Button variant="default" aria-keyshortcuts="f b t" disabled={busy} onClick={onClose}>
        Close…
      </Button>
      <AssignMenu
        me={me}
        onAssign={onAssign}
        target={
          <Button variant="default" leftSection={<IconUserPlus size={15} stroke={1.7} />} disabled={busy}>
            Assign
          </Button>
        }
      />
      {children}
      <Button variant="subtle" color="gray" leftSection={<IconX size={14} stroke={1.8} />} onClick={onClear}>
        Clear
      </Button>
    </section>
  )
}
