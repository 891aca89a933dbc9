'use client'

import { Button, Textarea } from '@mantine/core'
import { IconMessagePlus } from '@tabler/icons-react'
import { useEffect, useRef, useState, useTransition } from 'react'
import type { AlertActions } from '@/components/alerts/alert-actions'
import { useCommands } from '@/components/ui/commands/command-provider'
import { Keys } from '@/components/ui/commands/keys'
import { DraftMark } from '@/components/ui/draft/draft-mark'
import { useDraft } from '@/components/ui/draft/use-draft'
import { markOwn } from '@/components/ui/undo/own-acts'
import { tabId } from '@/components/ui/undo/tab-id'
import { alertRef } from '@/lib/alerts/schema'
import classes from './note-form.module.css'

/** A note into the alert's history; also on the key `n`. */
export function NoteForm({ alertId, addNote }: { alertId: number; addNote: AlertActions['addNote'] }) {
  const field = useRef<HTMLTextAreaElement>(null)
  const draft = useDraft(`alert ${alertRef(alertId)} note`)
  const text = draft.text
  const [failure, setFailure] = useState<string>()
  const [busy, startTransition] = useTransition()
  useCommands([{ id: 'alert.note', label: 'Write a note', group: 'Alert', keys: 'n', icon: <IconMessagePlus size={18} stroke={1.7} />, run: () => field.current?.focus() }])
  // The queue leads here to write: `/alerts/A-12#note`.
  useEffect(() => {
    if (location.hash === '#note') field.current?.focus()
  }, [])

  const save = () => {
    if (text.trim() === '' || busy) return
    startTransition(async () => {
      markOwn([alertId])
      const result = await addNote({ alertId, note: text, tab: tabId() })
      setFailure(result.ok ? undefined : result.error.message)
      if (result.ok) draft.clear()
    })
  }
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <Textarea
        ref={field}
        id="note"
        aria-label="Note"
        placeholder="What did you find? Markdown works."
        autosize
        minRows={2}
        maxRows={12}
        maxLength={30_000}
        error={failure}
        value={text}
        onChange={(event) => draft.set(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) save()
        }}
      />
      <DraftMark draft={draft} />
      <Button type="submit" variant="default" loading={busy} disabled={text.trim() === ''} rightSection={<Keys keys="mod+Enter" />} aria-label="Add note">
        Add note
      </Button>
    </form>
  )
}
