'use client'

import { Button, Group, Modal } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { AS_BEFORE, ReadingFields, readingOf, type Reading } from '@/components/sources/reading-fields'
import type { RejectActions } from '@/components/sources/reject-actions'
import { RetryOutcome } from '@/components/sources/retry-outcome'
import type { RetryRequest, RetrySummary } from '@/lib/ingest/schema'
import classes from './reject-dialogs.module.css'

/** Which rejects, without what they are read as. */
export type RejectSelection = Omit<RetryRequest, 'format' | 'host'>

interface RetryDialogProps {
  readonly selection: RejectSelection
  /** As the title says it: `12 records`. */
  readonly what: string
  readonly retry: RejectActions['retry']
  readonly onClose: () => void
}

/** Tries rejected records again: as they were read before, or as what somebody now knows them to be. */
export function RetryDialog({ selection, what, retry, onClose }: RetryDialogProps) {
  const [reading, setReading] = useState(AS_BEFORE)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string>()
  const [done, setDone] = useState<RetrySummary>()

  const changeReading = (changed: Reading) => {
    setReading(changed)
    setFault(undefined)
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFault(undefined)
    try {
      const answer = await retry({ ...selection, ...readingOf(reading) })
      if (answer.ok) setDone(answer.value)
      else setFault(answer.error.message)
    } catch {
      setFault('The server did not answer. Reload the page to see what became of them.')
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal opened onClose={onClose} title={`Retry ${what}`} size={560}>
      {done ? (
        <div className={classes.form}>
          <RetryOutcome summary={done} />
          <Group justify="flex-end">
            <Button onClick={onClose}>Close</Button>
          </Group>
        </div>
      ) : (
        <form className={classes.form} onSubmit={(event) => void submit(event)}>
          <p>The bytes that were kept are read once more, as an import of its own. What can be stored now leaves this list; the rest stays with its new reason.</p>
          <ReadingFields value={reading} onChange={changeReading} />
          {fault !== undefined && (
            <p className={classes.fault} role="alert">
              {fault}
            </p>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy}>
              Retry
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  )
}
