'use client'

import { Button, Group, Modal, Radio, Stack, Textarea } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useState, type ReactNode } from 'react'
import { ChangedMeanwhile } from '@/components/alerts/changed-meanwhile'
import type { Meant, Refusal } from '@/components/alerts/use-triage'
import { Keys } from '@/components/ui/commands/keys'
import { DraftMark } from '@/components/ui/draft/draft-mark'
import { useDraft } from '@/components/ui/draft/use-draft'
import { VerdictBadge } from '@/components/ui/verdict-badge'
import { VERDICTS, VERDICT_LABELS } from '@/lib/alerts/schema'
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
  /** How many that is. */
  readonly count: number
  /** Steps of their checklists that nobody settled; of all that match a filter it is not known, and 0. */
  readonly unsettled?: number
  /** Whether those that changed meanwhile can be left out. */
  readonly canLeave?: boolean
  readonly onCancel: () => void
  /** Answers why it was refused, or undefined when it is done. */
  readonly onClose: (verdict: Verdict, note: string, meant?: Meant) => Promise<Refusal | undefined>
  /** What happens afterwards, such as going on to the next alert: a setting. */
  readonly after?: ReactNode
}

/** Closing with a verdict and a note. The focus is in the note: `f`, a few words, Ctrl Enter, done. */
export function CloseDialog({ verdict, ...props }: CloseDialogProps) {
  return (
    <Modal opened={verdict !== undefined} onClose={props.onCancel} title={`Close ${props.what}`} size={520} transitionProps={{ exitDuration: 0 }}>
      {verdict !== undefined && <CloseForm initial={verdict} {...props} />}
    </Modal>
  )
}

function CloseForm({ initial, what, count, unsettled = 0, canLeave = false, onCancel, onClose, after }: Omit<CloseDialogProps, 'verdict'> & { initial: Verdict }) {
  const [verdict, setVerdict] = useState(initial)
  const draft = useDraft(`verdict of ${what}`)
  const note = draft.text
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refusal>()
  const conflict = refused?.conflict
  const others = count - (conflict?.alertIds.length ?? 0)
  const submit = async (meant?: Meant) => {
    if (busy) return
    setBusy(true)
    const answer = await onClose(verdict, note, meant)
    if (answer === undefined) draft.clear()
    setBusy(false)
    setRefused(answer)
  }
  /** What an attack leaves to do is asked about once: closed with nothing settled it reads as dealt with. */
  const asks = verdict === 'true_positive' && unsettled > 0 && !asked
  /** The first press is refused; the second, with what changed in sight, means it. */
  const confirm = async () => {
    if (asks) setAsked(true)
    else await submit(conflict && { entry: conflict.entry, leave: [] })
  }
  const isAnswering = verdict === 'true_positive' && unsettled > 0 && asked && !conflict
  // From anywhere in it. A second press out of habit must not overrule what it just told.
  useHotkeys([['mod+Enter', () => void (conflict ? undefined : confirm())]], [])
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void confirm()
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
          onChange={(event) => draft.set(event.currentTarget.value)}
        />
        <DraftMark draft={draft} />
        {isAnswering && (
          <p role="alert" className={classes.question}>
            {unsettled === 1 ? 'One step of the checklist is' : `${unsettled.toLocaleString('en')} steps of the checklist are`} not settled: whether the credentials were used, and whether
            they were revoked, is still open. Cancel to go on with the checklist, or close {what} all the same.
          </p>
        )}
        {conflict ? (
          <ChangedMeanwhile conflict={conflict} single={count === 1} />
        ) : (
          refused && (
            <p role="alert" className={classes.failure}>
              {refused.message}
            </p>
          )
        )}
        <Group justify="space-between" gap="sm">
          {after ?? <span />}
          <Group gap="sm" ml="auto">
            <Button variant="default" onClick={onCancel} disabled={busy}>
              Cancel
            </Button>
            {conflict && canLeave && others > 0 && (
              <Button variant="default" disabled={busy} onClick={() => void submit({ entry: conflict.entry, leave: conflict.alertIds })}>
                {others === 1 ? 'Close the other one' : `Close the other ${others.toLocaleString('en')}`}
              </Button>
            )}
            <Button
              type="submit"
              color={conflict ? 'red' : undefined}
              loading={busy}
              rightSection={conflict ? undefined : <Keys keys="mod+Enter" />}
              aria-label={conflict ? `Close ${what} as ${VERDICT_LABELS[verdict].toLowerCase()} anyway` : isAnswering ? `Close ${what} unsettled` : `Close ${what}`}
            >
              {conflict ? `Close as ${VERDICT_LABELS[verdict].toLowerCase()} anyway` : isAnswering ? 'Close unsettled' : 'Close'}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}
