'use client'

import { Button, Textarea } from '@mantine/core'
import { getHotkeyHandler } from '@mantine/hooks'
import { IconNote } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import type { CaseActions } from '@/components/cases/case-actions'
import { useCommands } from '@/components/ui/commands/command-provider'
import { Keys } from '@/components/ui/commands/keys'
import { DraftMark } from '@/components/ui/draft/draft-mark'
import { useDraft } from '@/components/ui/draft/use-draft'
import { Markdown } from '@/components/ui/markdown'
import { Panel } from '@/components/ui/panel'
import { RelativeAge } from '@/components/ui/relative-age'
import { caseRef } from '@/lib/cases/schema'
import type { CaseDetail } from '@/lib/cases/schema'
import { LIMITS } from '@/lib/limits'
import classes from './cases.module.css'

/** Notes, newest first, and a field for the next one (key `n`). Notes are only ever added. */
export function CaseNotes({ detail, actions }: { detail: CaseDetail; actions: Pick<CaseActions, 'addNote'> }) {
  const field = useRef<HTMLTextAreaElement>(null)
  const draft = useDraft(`case ${caseRef(detail.id)} note`)
  const body = draft.text
  const [failure, setFailure] = useState<string>()
  const [busy, setBusy] = useState(false)
  useCommands([{ id: 'case.note', label: 'Write a note', group: 'Case', keys: 'n', icon: <IconNote size={18} stroke={1.7} />, run: () => field.current?.focus() }])
  const save = async () => {
    if (busy || body.trim() === '') return
    setBusy(true)
    setFailure(undefined)
    try {
      const result = await actions.addNote({ caseId: detail.id, body })
      if (result.ok) draft.clear()
      else setFailure(result.error.message)
    } catch {
      setFailure('The server did not answer. The note is still here.')
    }
    setBusy(false)
  }
  return (
    <Panel title="Notes" count={detail.noteList.length} flush>
      <form
        className={classes.note}
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <Textarea
          ref={field}
          aria-label="New note"
          placeholder="What you found, and how you know. Markdown."
          autosize
          minRows={2}
          maxRows={12}
          maxLength={LIMITS.caseTextLength}
          value={body}
          error={failure}
          onChange={(event) => draft.set(event.currentTarget.value)}
          onKeyDown={getHotkeyHandler([['mod+Enter', () => void save()]])}
        />
        <DraftMark draft={draft} />
        <div className={classes.noteFoot}>
          <Button type="submit" variant="default" loading={busy} disabled={body.trim() === ''} rightSection={<Keys keys="mod+Enter" />} aria-label="Add note">
            Add note
          </Button>
        </div>
      </form>
      {detail.noteList.length === 0 ? (
        <p className={classes.empty}>No notes yet.</p>
      ) : (
        <ul className={classes.rows}>
          {detail.noteList.toReversed().map((note) => (
            <li key={note.id}>
              <p className={classes.rowHead}>
                {note.actor} · <RelativeAge value={note.at} />
              </p>
              <div className={classes.rowText}>
                <Markdown headingLevel={4}>{note.body}</Markdown>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
