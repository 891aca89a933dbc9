'use client'

import { createContext, use, useMemo, useState, type ReactNode } from 'react'
import { EditRejectDialog } from '@/components/sources/edit-reject-dialog'
import type { RejectActions } from '@/components/sources/reject-actions'
import { RetryDialog, type RejectSelection } from '@/components/sources/retry-dialog'
import { invariant } from '@/lib/invariant'
import type { RejectedRecord } from '@/lib/ingest/schema'

interface Opener {
  /** `what` as the title says it: `12 records`. */
  readonly retry: (selection: RejectSelection, what: string) => void
  readonly edit: (reject: RejectedRecord) => void
}

type Opened = { readonly kind: 'retry'; readonly selection: RejectSelection; readonly what: string } | { readonly kind: 'edit'; readonly reject: RejectedRecord }

const Dialogs = createContext<Opener | null>(null)

export function useRejectDialogs(): Opener {
  const opener = use(Dialogs)
  invariant(opener, 'inside of RejectDialogs')
  return opener
}

/** Holds the dialogs of the page, so that one goes on telling what became of a record after that has left the list. */
export function RejectDialogs({ actions, children }: { actions: RejectActions; children: ReactNode }) {
  const [opened, setOpened] = useState<Opened>()
  const opener = useMemo<Opener>(
    () => ({
      retry: (selection, what) => setOpened({ kind: 'retry', selection, what }),
      edit: (reject) => setOpened({ kind: 'edit', reject }),
    }),
    [],
  )
  const close = () => setOpened(undefined)
  return (
    <Dialogs value={opener}>
      {children}
      {opened?.kind === 'retry' && <RetryDialog selection={opened.selection} what={opened.what} retry={actions.retry} onClose={close} />}
      {opened?.kind === 'edit' && <EditRejectDialog reject={opened.reject} actions={actions} onClose={close} />}
    </Dialogs>
  )
}
