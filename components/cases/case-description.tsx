'use client'

import { Button, Group, Textarea } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import type { CaseActions } from '@/components/cases/case-actions'
import { useCaseUpdate } from '@/components/cases/use-case-update'
import { Markdown } from '@/components/ui/markdown'
import { Panel } from '@/components/ui/panel'
import type { CaseDetail } from '@/lib/cases/schema'
import { LIMITS } from '@/lib/limits'
import classes from './cases.module.css'

/** The field appears because somebody asked for it: the focus goes there, once. */
const focus = (field: HTMLElement | null) => field?.focus()

/** What is known, in Markdown; changed in place. */
export function CaseDescription({ detail, actions }: { detail: CaseDetail; actions: Pick<CaseActions, 'update'> }) {
  const { update, pending } = useCaseUpdate(detail, actions)
  const [draft, setDraft] = useState<string>()
  const save = async () => {
    if (draft !== undefined && (await update({ description: draft })) === undefined) setDraft(undefined)
  }
  const edit = (
    <Button variant="subtle" color="gray" leftSection={<IconPencil size={14} stroke={1.7} />} onClick={() => setDraft(detail.description)}>
      Edit
    </Button>
  )
  return (
    <Panel title="Description" actions={draft === undefined ? edit : undefined}>
      {draft === undefined ? (
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
            value={draft}
            onChange={(event) => setDraft(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="sm" mt="sm">
            <Button variant="default" onClick={() => setDraft(undefined)} disabled={pending}>
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
