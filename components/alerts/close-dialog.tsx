'use client'

import { Button, Checkbox, Group, Modal, Radio, Stack, Textarea } from '@mantine/core'
import { getHotkeyHandler } from '@mantine/hooks'
import { useState } from 'react'
import { Keys } from '@/components/ui/commands/keys'
import { VerdictBadge } from '@/components/ui/verdict-badge'
import { VERDICTS } from '@/lib/alerts/schema'
import type { Verdict } from '@/lib/alerts/schema'
import classes from './close-dialog.module.css'

const HINTS: Readonly<Record<Verdict, string>> = {
  true_positive: 'It was an attack. The checklist goes on with the response.',
  benign_true_positive: 'It did happen as the rule says, and it was allowed.',
  false_positive: 'It did not happen as the rule says, or the rule should not have looked.',
  test: 'Somebody tried the rule or the sensor.',
  duplicate: 'Another alert has it already.',
}

interface CloseDialogProps {
  /** The verdict to begin with; undefined closes the dialog. */
  readonly verdict: Verdict | undefined
  /** `3 alerts`, `A-12`. */
  readonly what: string
  readonly onCancel: () => void
  /** Answers why it was refused, or undefined when it is done. */
  readonly onClose: (verdict: Verdict, note: string, goOn: boolean) => Promise<string | undefined>
  /** Offers to go on to the next alert; its initial state. */
  readonly goOn?: boolean
}

/** Closing with a verdict and a note. The focus is in the note: `f`, a few words, Ctrl Enter, done. */
export function CloseDialog({ verdict, ...props }: CloseDialogProps) {
  return (
    <Modal opened={verdict !== undefined} onClose={props.onCancel} title={`Close ${props.what}`} size={520}>
      {verdict !== undefined && <CloseForm initial={verdict} {...props} />}
    </Modal>
  )
}

function CloseForm({ initial, what, onCancel, onClose, goOn }: Omit<CloseDialogProps, 'verdict'> & { initial: Verdict }) {
  const [verdict, setVerdict] = useState(initial)
  const [note, setNote] = useState('')
  const [next, setNext] = useState(goOn ?? false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()
  const submit = async () => {
    if (busy) return
    setBusy(true)
    setFailure(undefined)
    const refused = await onClose(verdict, note, next)
    setBusy(false)
    setFailure(refused)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <Stack gap="md">
        <Radio.Group label="Verdict" value={verdict} onChange={(value) => setVerdict(VERDICTS.find((known) => known === value) ?? verdict)}>
          <div className={classes.verdicts}>
            {VERDICTS.map((value) => (
              <Radio
                key={value}
                value={value}
                label={<VerdictBadge verdict={value} variant="plain" />}
                description={HINTS[value]}
                classNames={{ root: classes.verdict, description: classes.hint }}
                data-checked={verdict === value || undefined}
              />
            ))}
          </div>
        </Radio.Group>
        <Textarea
          label="Note"
          description="Stands in the history: how you know."
          data-autofocus
          autosize
          minRows={3}
          maxRows={10}
          maxLength={30_000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          onKeyDown={getHotkeyHandler([['mod+Enter', () => void submit()]])}
        />
        {failure !== undefined && (
          <p role="alert" className={classes.failure}>
            {failure}
          </p>
        )}
        <Group justify="space-between" gap="sm">
          {goOn === undefined ? (
            <span />
          ) : (
            <Checkbox label="Then open the next alert" checked={next} onChange={(event) => setNext(event.currentTarget.checked)} />
          )}
          <Group gap="sm">
            <Button variant="default" onClick={onCancel} disabled={busy}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} rightSection={<Keys keys="mod+Enter" />} aria-label={`Close ${what}`}>
              Close
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}
