'use client'

import { Alert, Button, Group, Modal, Textarea } from '@mantine/core'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { AS_BEFORE, ReadingFields, readingOf, type Reading } from '@/components/sources/reading-fields'
import type { RejectActions, RejectText } from '@/components/sources/reject-actions'
import { RetryOutcome } from '@/components/sources/retry-outcome'
import { ListSkeleton } from '@/components/ui/skeletons'
import type { RejectedRecord, RetrySummary } from '@/lib/ingest/schema'
import classes from './reject-dialogs.module.css'

interface EditRejectDialogProps {
  readonly reject: RejectedRecord
  readonly actions: RejectActions
  readonly onClose: () => void
}

/** Corrects the text of one rejected record and tries it again; what was sent stays beside it. */
export function EditRejectDialog({ reject, actions, onClose }: EditRejectDialogProps) {
  const { id } = reject
  // As it was when the dialog opened: a page that is rendered anew brings another one, and must not undo what is being written.
  const read = useRef(actions.read)
  const [before, setBefore] = useState<RejectText>()
  const [text, setText] = useState('')
  const [reading, setReading] = useState(AS_BEFORE)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string>()
  const [done, setDone] = useState<RetrySummary>()

  useEffect(() => {
    let current = true
    const load = async () => {
      try {
        const answer = await read.current(id)
        if (!current) return
        if (answer.ok) {
          setBefore(answer.value)
          setText(answer.value.text)
        } else setFault(answer.error.message)
      } catch {
        if (current) setFault('The server did not answer. Try again.')
      }
    }
    void load()
    return () => {
      current = false
    }
  }, [id])

  const changeReading = (changed: Reading) => {
    setReading(changed)
    setFault(undefined)
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFault(undefined)
    try {
      const answer = await actions.edit({ id, text, ...readingOf(reading) })
      if (answer.ok) {
        if (answer.value.resolved > 0) setDone(answer.value)
        else setFault('It was kept, and rejected again; the list behind shows the reason of this time.')
      } else setFault(answer.error.message)
    } catch {
      setFault('The server did not answer. Reload the page to see whether it was kept.')
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal opened onClose={onClose} title={`Edit record ${reject.record.toLocaleString('en')} of ${reject.importName}`} size={760}>
      {done && (
        <div className={classes.form}>
          <RetryOutcome summary={done} />
          <Group justify="flex-end">
            <Button onClick={onClose}>Close</Button>
          </Group>
        </div>
      )}
      {!done && !before && fault === undefined && <ListSkeleton rows={6} label="Reading the record" />}
      {!done && (before ?? fault !== undefined) && (
        <form className={classes.form} onSubmit={(event) => void submit(event)}>
          {before && (
            <>
              <p className={classes.note}>
                Rejected because: {reject.reason}
                <br />
                What was sent is kept beside what you write, with your name{before.edited ? '; this is what was written before' : ''}.
              </p>
              {!before.exact && (
                <Alert color="yellow" title="Not all of it is text">
                  Bytes that are not UTF-8 are shown as � and are written as that.
                </Alert>
              )}
              <Textarea
                className={classes.editor}
                label="Record"
                value={text}
                spellCheck={false}
                autosize
                minRows={8}
                maxRows={20}
                onChange={(event) => setText(event.currentTarget.value)}
              />
              <ReadingFields value={reading} onChange={changeReading} />
            </>
          )}
          {fault !== undefined && (
            <p className={classes.fault} role="alert">
              {fault}
            </p>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            {before && (
              <Button type="submit" loading={busy}>
                Save and retry
              </Button>
            )}
          </Group>
        </form>
      )}
    </Modal>
  )
}
