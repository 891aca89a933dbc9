'use client'

import { Button, Modal } from '@mantine/core'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { SavedAnswer, SaveException } from '@/components/exceptions/exception-actions'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { ErrorState } from '@/components/ui/error-state'
import { ListSkeleton } from '@/components/ui/skeletons'
import { useUndo } from '@/components/ui/undo/undo-provider'
import { alertRef } from '@/lib/alerts/schema'
import { exceptionRef, type ExceptionDraft } from '@/lib/exceptions/schema'

/** What the editor is opened on. */
export type ExceptionSource = { readonly kind: 'new'; readonly condition?: { readonly field: string; readonly value: string } } | { readonly kind: 'alert'; readonly alertId: number } | { readonly kind: 'exception'; readonly id: number; readonly enable?: boolean }

interface ExceptionDialogProps {
  /** Undefined is closed. */
  readonly source: ExceptionSource | undefined
  readonly onClose: () => void
  /** The server action that saves. */
  readonly save: SaveException
}

// The editor brings the table of ECS fields with it: pages that merely offer it load without.
const ExceptionEditor = lazy(async () => ({ default: (await import('@/components/exceptions/exception-editor')).ExceptionEditor }))

function title(source: ExceptionSource): string {
  if (source.kind === 'alert') return `Exclude what raised ${alertRef(source.alertId)}`
  return source.kind === 'exception' ? `Edit exception ${exceptionRef(source.id)}` : 'New exception'
}

function query(source: ExceptionSource): string {
  if (source.kind === 'alert') return `?alert=${source.alertId}`
  if (source.kind === 'exception') return `?exception=${source.id}`
  return source.condition ? `?${new URLSearchParams({ ...source.condition }).toString()}` : ''
}

function savedWords({ id, closedAlertIds }: SavedAnswer, name: string): string {
  const closed = closedAlertIds.length
  const also = closed === 0 ? '' : ` ${closed.toLocaleString('en')} ${closed === 1 ? 'alert was' : 'alerts were'} closed.`
  return `Exception ${exceptionRef(id)} “${name}” saved.${also}`
}

/** The exception editor in a dialog, from an alert, for a new exception, or for one that exists. */
export function ExceptionDialog({ source, onClose, save }: ExceptionDialogProps) {
  const { announce } = useUndo()
  const [isDirty, setDirty] = useState(false)
  const [isAsking, setAsking] = useState(false)
  const [attempt, setAttempt] = useState(0)
  // The title stays while the dialog fades out.
  const [last, setLast] = useState(source)
  if (source !== undefined && source !== last) setLast(source)
  const shown = source ?? last
  const close = () => {
    setDirty(false)
    setAsking(false)
    onClose()
  }
  const ask = () => (isDirty ? setAsking(true) : close())
  return (
    <>
      <Modal opened={source !== undefined} onClose={ask} title={shown && title(shown)} size={1240} closeOnClickOutside={!isDirty} centered={false} yOffset="4dvh">
        {source && (
          <LoadedEditor
            key={`${query(source)}#${attempt}`}
            source={source}
            save={save}
            onSaved={(saved, name) => {
              announce(savedWords(saved, name), saved.act)
              close()
            }}
            onCancel={ask}
            onDirty={() => setDirty(true)}
            onRetry={() => setAttempt((n) => n + 1)}
          />
        )}
      </Modal>
      {/* Mounted when asked for: of two dialogs of one height the one that came last is on top. */}
      {isAsking && (
        <ConfirmDialog opened onClose={() => setAsking(false)} title="Discard what you entered?" confirmLabel="Discard" danger onConfirm={close}>
          The exception has not been saved.
        </ConfirmDialog>
      )}
    </>
  )
}

interface LoadedEditorProps {
  readonly source: ExceptionSource
  readonly save: SaveException
  readonly onSaved: (saved: SavedAnswer, name: string) => void
  readonly onCancel: () => void
  readonly onDirty: () => void
  readonly onRetry: () => void
}

function LoadedEditor({ source, onRetry, ...props }: LoadedEditorProps) {
  const [loaded, setLoaded] = useState<{ readonly draft?: ExceptionDraft; readonly failure?: string }>({})
  const search = query(source)
  const enable = source.kind === 'exception' && source.enable === true
  useEffect(() => {
    const controller = new AbortController()
    const load = async () => {
      const response = await fetch(`/api/exceptions/draft${search}`, { signal: controller.signal })
      const answer: unknown = await response.json()
      if (response.ok) {
        const draft = answer as ExceptionDraft
        setLoaded({ draft: enable ? { ...draft, initial: { ...draft.initial, enabled: true } } : draft })
      }
      else setLoaded({ failure: (answer as { error?: { message?: string } }).error?.message ?? 'The server refused.' })
    }
    load().catch(() => {
      if (!controller.signal.aborted) setLoaded({ failure: 'The server did not answer. Is it still running?' })
    })
    return () => controller.abort()
  }, [search, enable])
  if (loaded.failure !== undefined) {
    return (
      <ErrorState size="inline" title="The editor could not be filled in" action={<Button onClick={onRetry}>Try again</Button>}>
        {loaded.failure}
      </ErrorState>
    )
  }
  if (!loaded.draft) return <ListSkeleton label="Loading the editor" />
  return (
    <Suspense fallback={<ListSkeleton label="Loading the editor" />}>
      <ExceptionEditor draft={loaded.draft} {...props} />
    </Suspense>
  )
}
