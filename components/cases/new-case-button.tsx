'use client'

import { Button, Group, Modal } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { AddToCaseActions } from '@/components/cases/case-actions'
import { CaseFields, EMPTY_DRAFT, toInput } from '@/components/cases/case-fields'
import { useCommands } from '@/components/ui/commands/command-provider'
import { Keys } from '@/components/ui/commands/keys'
import { caseRef } from '@/lib/cases/schema'
import classes from './cases.module.css'

/** "New case", also on the key `n`: an empty one, opened when it is made. */
export function NewCaseButton({ create }: Pick<AddToCaseActions, 'create'>) {
  const [opened, setOpened] = useState(false)
  const open = () => setOpened(true)
  useCommands([{ id: 'cases.new', label: 'New case', group: 'Cases', keys: 'n', icon: <IconPlus size={18} stroke={1.7} />, run: open }])
  return (
    <>
      <Button leftSection={<IconPlus size={15} />} aria-keyshortcuts="n" onClick={open}>
        New case
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="New case" size={520}>
        {opened && <NewCaseForm create={create} onCancel={() => setOpened(false)} />}
      </Modal>
    </>
  )
}

function NewCaseForm({ create, onCancel }: Pick<AddToCaseActions, 'create'> & { onCancel: () => void }) {
  const router = useRouter()
  const [draft, setDraft] = useState(EMPTY_DRAFT)
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({})
  const [failure, setFailure] = useState<string>()
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    if (busy) return
    setBusy(true)
    setErrors({})
    setFailure(undefined)
    try {
      const result = await create(toInput(draft))
      if (result.ok) {
        router.push(`/cases/${caseRef(result.value.id)}`)
        return
      }
      setErrors(result.error.fields)
      if (Object.keys(result.error.fields).length === 0) setFailure(result.error.message)
    } catch {
      setFailure('The server did not answer. Try again.')
    }
    setBusy(false)
  }
  useHotkeys([['mod+Enter', () => void submit()]], [])
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <CaseFields draft={draft} onChange={setDraft} errors={errors} hasAlerts={false} />
      {failure !== undefined && (
        <p role="alert" className={classes.failure}>
          {failure}
        </p>
      )}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onCancel} disabled={busy}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} rightSection={<Keys keys="mod+Enter" />} aria-label="Create">
          Create
        </Button>
      </Group>
    </form>
  )
}
