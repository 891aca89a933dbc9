'use client'

import { Button, Group, Textarea } from '@mantine/core'
import { getHotkeyHandler } from '@mantine/hooks'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import type { CaseActions } from '@/components/cases/case-actions'
import { useCaseUpdate } from '@/components/cases/use-case-update'
import { DraftMark } from '@/components/ui/draft/draft-mark'
import { useDraft } from '@/components/ui/draft/use-draft'
import { Markdown } from '@/components/ui/markdown'
import { Panel } from '@/components/ui/panel'
import { caseRef } from '@/lib/cases/schema'
import type { CaseDetail } from '@/lib/cases/schema'
import { LIMITS } from '@/lib/limits'
import classes from './cases.module.css'

/** The field appears because somebody asked for it: the focus goes there, once. */
const focus = (field: HTMLElement | null) => field?.focus()

/** What is known, in Markdown; changed in place. */
export function CaseDescription({ detail, actions }: { detail: CaseDetail; actions: Pick<CaseActions, 'update'> }) {
  const { update, pending } = useCaseUpdate(detail, actions)
  const draft = useDraft(`case ${caseRef(detail.id)} description`, detail.description)
  const [opened, setOpened] = useState(false)
  // One that was left half-written is open again.
  const writing = opened || draft.keptSince !== null
  const stop = () => {
    draft.clear()
    setOpened(false)
  }
  const save = async () => {
    if ((await update({ description: draft.text })) === undefined) stop()
  }
  const edit = (
    <Button variant="subtle" color="gray" leftSection={<IconPencil size={14} stroke={1.7} />} onClick={() => setOpened(true)}>
      Edit
    </Button>
  )
  return (
    <Panel title="Description" actions={writing ? undefined : edit}>
      {!writing ? (
        detail.description === '' ? (
          <p className={classes.quiet}>Nothing yet. What is written here stands first in the exported report.</p>
        ) : (
          <Markdown>{detail.description}</Markdown>
        )
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void save()
          }}
        >
          <Textarea
            aria-label="Description"
            ref={focus}
            autosize
            minRows={4}
            maxRows={24}
            maxLength={LIMITS.caseTextLength}
            value={draft.text}
            onChange={(event) => draft.set(event.currentTarget.value)}
            onKeyDown={getHotkeyHandler([['mod+Enter', () => void save()]])}
          />
          <DraftMark draft={draft} onDiscard={() => setOpened(false)} />
          <Group justify="flex-end" gap="sm" mt="sm">
            <Button variant="default" onClick={stop} disabled={pending}>
              Cancel
            </Button>
            <Button type="submit" loading={pending}>
              Save
            </Button>
          </Group>
        </form>
      )}
    </Panel>
  )
}
