'use client'

import { ActionIcon, Button, Group, Textarea, Tooltip } from '@mantine/core'
import { getHotkeyHandler } from '@mantine/hooks'
import { IconCheck, IconFlag, IconNotes, IconSlash } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { Evidence } from '@/components/triage/evidence'
import { DraftMark } from '@/components/ui/draft/draft-mark'
import { draftKey } from '@/components/ui/draft/kept-drafts'
import { useDraft } from '@/components/ui/draft/use-draft'
import { Markdown } from '@/components/ui/markdown'
import { RelativeAge } from '@/components/ui/relative-age'
import { useStoredText } from '@/components/ui/stored-text'
import { alertRef } from '@/lib/alerts/schema'
import { ITEM_STATES, ITEM_STATE_LABELS } from '@/lib/triage/schema'
import type { ChecklistItemView, ItemState } from '@/lib/triage/schema'
import classes from './checklist.module.css'

const ICONS: Readonly<Record<ItemState, typeof IconCheck>> = { done: IconCheck, not_applicable: IconSlash, follow_up: IconFlag }

interface ChecklistItemProps {
  readonly item: ChecklistItemView
  readonly alertId: number
  /** A short name for a screen reader: `Investigation step 2`. */
  readonly label: string
  /** Without a note the one that is there stays. */
  readonly onSet: (state: ItemState | null, note?: string) => void
}

/** One step: what to look at, what the alert says about it, how far somebody is, and what they noted. */
export function ChecklistItem({ item, alertId, label, onSet }: ChecklistItemProps) {
  const place = `alert ${alertRef(alertId)} step ${item.key}`
  const left = useStoredText(draftKey(place)) !== undefined
  const [opened, setWriting] = useState(false)
  // One that was left half-written is open again.
  const writing = opened || left
  return (
    <li className={classes.item} data-state={item.state ?? undefined}>
      <div className={classes.step}>
        <div className={classes.words}>
          <Markdown>{item.text}</Markdown>
        </div>
        <fieldset className={classes.states}>
          <legend className="visually-hidden">{label}</legend>
          {ITEM_STATES.map((state) => {
            const on = item.state === state
            const Icon = ICONS[state]
            return (
              <Tooltip key={state} label={on ? `${ITEM_STATE_LABELS[state]} (take back)` : ITEM_STATE_LABELS[state]}>
                <ActionIcon size={26} className={classes.state} data-state={state} aria-label={ITEM_STATE_LABELS[state]} aria-pressed={on} onClick={() => onSet(on ? null : state)}>
                  <Icon size={15} stroke={2} />
                </ActionIcon>
              </Tooltip>
            )
          })}
        </fieldset>
      </div>
      <Evidence evidence={item.evidence} />
      {item.note !== '' && !writing && <p className={classes.note}>{item.note}</p>}
      {(item.state !== null || writing) && (
        <div className={classes.foot}>
          {item.actor !== null && item.at !== null && (
            <span>
              {item.actor}, <RelativeAge value={item.at} />
            </span>
          )}
          {!writing && (
            <Button variant="subtle" color="gray" size="compact-xs" leftSection={<IconNotes size={13} stroke={1.8} />} onClick={() => setWriting(true)}>
              {item.note === '' ? 'Add note' : 'Edit note'}
            </Button>
          )}
        </div>
      )}
      {writing && (
        <NoteForm
          place={place}
          initial={item.note}
          onCancel={() => setWriting(false)}
          onSave={(note) => {
            setWriting(false)
            onSet(item.state ?? 'follow_up', note)
          }}
        />
      )}
    </li>
  )
}

function NoteForm({ place, initial, onSave, onCancel }: { place: string; initial: string; onSave: (note: string) => void; onCancel: () => void }) {
  const draft = useDraft(place, initial)
  const text = draft.text
  const save = () => {
    draft.clear()
    onSave(text)
  }
  const cancel = () => {
    draft.clear()
    onCancel()
  }
  const field = useRef<HTMLTextAreaElement>(null)
  // It was just asked for.
  useEffect(() => field.current?.focus(), [])
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
        aria-label="Note on this step"
        autosize
        minRows={2}
        maxRows={8}
        maxLength={10_000}
        value={text}
        onChange={(event) => draft.set(event.currentTarget.value)}
        onKeyDown={getHotkeyHandler([
          ['mod+Enter', save],
          ['Escape', onCancel],
        ])}
      />
      <DraftMark draft={draft} onDiscard={onCancel} />
      <Group gap="xs" justify="flex-end">
        <Button variant="default" size="compact-xs" onClick={cancel}>
          Cancel
        </Button>
        <Button type="submit" size="compact-xs">
          Save note
        </Button>
      </Group>
    </form>
  )
}
