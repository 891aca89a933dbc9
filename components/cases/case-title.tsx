'use client'

import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import classes from './cases.module.css'

/** The field appears because somebody asked for it: the focus goes there, once. */
const focus = (field: HTMLElement | null) => field?.focus()

interface CaseTitleProps {
  readonly title: string
  /** Answers why it was refused, or undefined when it is done. */
  readonly onSave: (title: string) => Promise<string | undefined>
}

/** The title, which can be changed in place. Escape leaves it as it was. */
export function CaseTitle({ title, onSave }: CaseTitleProps) {
  const [draft, setDraft] = useState<string>()
  const [failure, setFailure] = useState<string>()
  const [busy, setBusy] = useState(false)
  const cancel = () => {
    setDraft(undefined)
    setFailure(undefined)
  }
  const save = async () => {
    if (draft === undefined || busy) return
    setBusy(true)
    const refused = await onSave(draft)
    setBusy(false)
    setFailure(refused)
    if (refused === undefined) setDraft(undefined)
  }
  if (draft === undefined) {
    return (
      <span className={classes.title}>
        {title}
        <Tooltip label="Change the title">
          <ActionIcon aria-label="Change the title" size={24} onClick={() => setDraft(title)}>
            <IconPencil size={15} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </span>
    )
  }
  return (
    <form
      className={classes.titleForm}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <TextInput
        aria-label="Title"
        className={classes.titleInput}
        size="sm"
        ref={focus}
        maxLength={160}
        value={draft}
        error={failure}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') cancel()
        }}
      />
      <Button type="submit" loading={busy}>
        Save
      </Button>
      <Button variant="default" onClick={cancel} disabled={busy}>
        Cancel
      </Button>
    </form>
  )
}
