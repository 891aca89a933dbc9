'use client'

import { Button, Group, Modal, SegmentedControl } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconBriefcase2 } from '@tabler/icons-react'
import Link from 'next/link'
import { useEffect, useState, type ReactNode } from 'react'
import type { AddToCaseActions } from '@/components/cases/case-actions'
import { CaseFields, EMPTY_DRAFT, toInput } from '@/components/cases/case-fields'
import { CasePicker } from '@/components/cases/case-picker'
import { useCommands } from '@/components/ui/commands/command-provider'
import { Keys } from '@/components/ui/commands/keys'
import { ListSkeleton } from '@/components/ui/skeletons'
import { useUndo } from '@/components/ui/undo/undo-provider'
import { alertRef, type AlertTarget } from '@/lib/alerts/schema'
import { caseRef, type CaseOption } from '@/lib/cases/schema'
import classes from './cases.module.css'

interface AddToCaseProps {
  readonly target: AlertTarget
  /** How many alerts that is. */
  readonly count: number
  readonly actions: AddToCaseActions
  /** Cases that have the alert already; not offered again. */
  readonly inCases?: readonly number[]
  readonly disabled?: boolean
  /** Called when it is done, such as to clear the selection. */
  readonly onDone?: () => void
}

function describe(target: AlertTarget, count: number): string {
  const only = 'ids' in target && count === 1 ? target.ids[0] : undefined
  return only === undefined ? `${count.toLocaleString('en')} alerts` : alertRef(only)
}

function done(caseId: number, message: string): ReactNode {
  return (
    <>
      {message} <Link href={`/cases/${caseRef(caseId)}`}>Open {caseRef(caseId)}</Link>
    </>
  )
}

/** "Add to case…", also on the key `c`: for one alert, for those selected, or for all that match a filter. */
export function AddToCase({ target, count, actions, inCases = [], disabled = false, onDone }: AddToCaseProps) {
  const [opened, setOpened] = useState(false)
  const open = () => setOpened(true)
  useCommands(
    disabled ? [] : [{ id: 'alert.addToCase', label: 'Add to case…', group: 'Alert', keys: 'c', icon: <IconBriefcase2 size={18} stroke={1.7} />, run: open }],
  )
  return (
    <>
      <Button variant="default" leftSection={<IconBriefcase2 size={15} stroke={1.7} />} aria-keyshortcuts="c" disabled={disabled} onClick={open}>
        Add to case…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Add ${describe(target, count)} to a case`} size={520}>
        {opened && (
          <AddToCaseForm
            target={target}
            count={count}
            actions={actions}
            inCases={inCases}
            onCancel={() => setOpened(false)}
            onDone={() => {
              setOpened(false)
              onDone?.()
            }}
          />
        )}
      </Modal>
    </>
  )
}

type FormProps = Required<Pick<AddToCaseProps, 'target' | 'count' | 'actions' | 'inCases' | 'onDone'>> & { readonly onCancel: () => void }

function AddToCaseForm({ target, count, actions, inCases, onCancel, onDone }: FormProps) {
  const [options, setOptions] = useState<readonly CaseOption[]>()
  const [mode, setMode] = useState<'existing' | 'new'>()
  const [picked, setPicked] = useState<number>()
  const [draft, setDraft] = useState(EMPTY_DRAFT)
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({})
  const [failure, setFailure] = useState<string>()
  const [busy, setBusy] = useState(false)
  const { options: loadOptions } = actions
  const { announce } = useUndo()

  useEffect(() => {
    let current = true
    const load = async () => {
      const result = await loadOptions()
      if (!current) return
      const offered = result.ok ? result.value.filter((option) => !inCases.includes(option.id)) : []
      setOptions(offered)
      setPicked(offered[0]?.id)
      setMode(offered.length > 0 ? 'existing' : 'new')
      if (!result.ok) setFailure(result.error.message)
    }
    void load()
    return () => {
      current = false
    }
    // Once for each opening: the form is made anew each time, and its owner may make the list of cases anew at any render.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [loadOptions])

  const submit = async () => {
    if (busy) return
    setBusy(true)
    setErrors({})
    setFailure(undefined)
    try {
      if (mode === 'new') {
        const result = await actions.create(toInput(draft), target)
        if (result.ok) {
          announce(done(result.value.id, `${describe(target, count)} added to a new case.`), result.value.act)
          onDone()
        } else {
          setErrors(result.error.fields)
          if (Object.keys(result.error.fields).length === 0) setFailure(result.error.message)
        }
      } else if (picked !== undefined) {
        const result = await actions.add(picked, target)
        if (result.ok) {
          const { added, already, act } = result.value
          const text = added === 0 ? 'Nothing to add: the case has them all.' : `${added.toLocaleString('en')} added${already > 0 ? `, ${already.toLocaleString('en')} were in it` : ''}.`
          announce(done(picked, text), act)
          onDone()
        } else setFailure(result.error.message)
      }
    } catch {
      setFailure('The server did not answer. Try again.')
    } finally {
      setBusy(false)
    }
  }

  useHotkeys([['mod+Enter', () => void submit()]], [])

  if (options === undefined || mode === undefined) return <ListSkeleton rows={3} label="Reading the cases" />
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      {options.length > 0 && (
        <SegmentedControl
          aria-label="Which case"
          value={mode}
          onChange={(value) => setMode(value === 'new' ? 'new' : 'existing')}
          data={[
            { value: 'existing', label: 'An open case' },
            { value: 'new', label: 'A new case' },
          ]}
        />
      )}
      {mode === 'existing' ? (
        <CasePicker options={options} picked={picked} onPick={setPicked} />
      ) : (
        <CaseFields draft={draft} onChange={setDraft} errors={errors} hasAlerts />
      )}
      {failure !== undefined && (
        <p role="alert" className={classes.failure}>
          {failure}
        </p>
      )}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onCancel} disabled={busy}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} disabled={mode === 'existing' && picked === undefined} rightSection={<Keys keys="mod+Enter" />} aria-label={mode === 'new' ? 'Create and add' : 'Add'}>
          {mode === 'new' ? 'Create and add' : 'Add'}
        </Button>
      </Group>
    </form>
  )
}
