'use client'

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconFilterOff, IconPlus } from '@tabler/icons-react'
import { parseAsString, useQueryStates } from 'nuqs'
import { useState } from 'react'
import type { DeleteException, SaveException, SetExceptionEnabled } from '@/components/exceptions/exception-actions'
import { EndingDialog, type Ending } from '@/components/exceptions/ending-dialog'
import { exceptionColumns } from '@/components/exceptions/exception-columns'
import { ExceptionDialog, type ExceptionSource } from '@/components/exceptions/exception-dialog'
import { useCommands } from '@/components/ui/commands/command-provider'
import { Keys } from '@/components/ui/commands/keys'
import { DataTable } from '@/components/ui/data-table/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { useUndo } from '@/components/ui/undo/undo-provider'
import { useNow } from '@/components/ui/time-provider'
import { exceptionRef, exceptionState, isInForce, parseExceptionRef, type ExceptionRecord } from '@/lib/exceptions/schema'

interface ExceptionListProps {
  readonly exceptions: readonly ExceptionRecord[]
  readonly save: SaveException
  readonly setEnabled: SetExceptionEnabled
  readonly remove: DeleteException
}

const ROW_HEIGHT = 86

function refuse(id: number, message: string): void {
  notifications.show({ color: 'red', title: `${exceptionRef(id)} was not changed`, message })
}

function askedFor(asked: { readonly new: string | null; readonly edit: string | null; readonly field: string | null; readonly value: string | null }): ExceptionSource | undefined {
  const editing = asked.edit === null ? null : parseExceptionRef(asked.edit)
  if (editing !== null) return { kind: 'exception', id: editing }
  if (asked.new === null) return undefined
  return asked.field && asked.value ? { kind: 'new', condition: { field: asked.field, value: asked.value } } : { kind: 'new' }
}

/** The exceptions with what they do and who answers for them; made, changed, switched and deleted from here. */
export function ExceptionList({ exceptions, save, setEnabled, remove }: ExceptionListProps) {
  const now = useNow()
  const { announce } = useUndo()
  // `/exceptions?new=1&field=…&value=…` opens the editor on that condition, `?edit=E-3` on that exception; closing it clears the address.
  const [asked, setAsked] = useQueryStates({ new: parseAsString, edit: parseAsString, field: parseAsString, value: parseAsString }, { history: 'replace' })
  const [source, setSource] = useState<ExceptionSource | undefined>(() => askedFor(asked))
  const [ending, setEnding] = useState<Ending>()
  const [pending, setPending] = useState<ReadonlySet<number>>(new Set())
  const create = () => setSource({ kind: 'new' })
  useCommands([{ id: 'exceptions.new', label: 'New exception', group: 'Exceptions', keys: 'n', icon: <IconPlus size={18} stroke={1.7} />, run: create }])

  const switchOne = async ({ id }: ExceptionRecord, enabled: boolean) => {
    setPending((ids) => new Set([...ids, id]))
    try {
      const answer = await setEnabled({ id, enabled })
      if (!answer.ok) {
        refuse(id, answer.error.message)
        // What it hides has to be confirmed where it can be read.
        if (answer.error.code === 'conflict') setSource({ kind: 'exception', id, enable: true })
      } else if (answer.value.act !== null) announce(`${exceptionRef(id)} switched ${enabled ? 'on' : 'off'}.`, answer.value.act)
    } catch {
      refuse(id, 'The server did not answer.')
    } finally {
      setPending((ids) => new Set([...ids].filter((one) => one !== id)))
    }
  }
  const end = async ({ kind, exception: { id } }: Ending, raise: boolean) => {
    const answer = kind === 'delete' ? await remove({ id, raise }) : await setEnabled({ id, enabled: false, raise })
    if (!answer.ok) throw new Error(answer.error.message)
    const { raised, act } = answer.value
    const also = raised > 0 ? ` ${raised.toLocaleString('en')} ${raised === 1 ? 'match is' : 'matches are'} raised as alerts.` : ''
    announce(`${exceptionRef(id)} ${kind === 'delete' ? 'deleted' : 'switched off'}.${also}`, act)
  }
  const columns = exceptionColumns({
    now,
    pending,
    onEnabled: (exception, enabled) => (enabled || exception.hits === 0 ? void switchOne(exception, enabled) : setEnding({ kind: 'switch', exception })),
    onEdit: ({ id }) => setSource({ kind: 'exception', id }),
    onDelete: (exception) => setEnding({ kind: 'delete', exception }),
  })
  const states = exceptions.map((exception) => exceptionState(exception, now))
  const count = (...wanted: ReadonlyArray<(typeof states)[number]>) => states.filter((state) => wanted.includes(state)).length
  const hiding = exceptions.filter((exception, at) => exception.hides.length > 0 && states[at] !== undefined && isInForce(states[at])).length
  return (
    <>
      <PageHeader
        title="Exceptions"
        description="What keeps a rule quiet, and why. A record that meets all conditions of one cannot take part in a match."
        actions={
          exceptions.length > 0 && (
            <Button leftSection={<IconPlus size={15} />} onClick={create}>
              New exception
            </Button>
          )
        }
      />
      {exceptions.length === 0 ? (
        <EmptyState icon={<IconFilterOff size={26} stroke={1.6} />} title="No exceptions yet" action={<Button onClick={create}>New exception</Button>}>
          <p>
            When an alert turns out to be a habit of yours, a scanner or an agent, open it and choose <b>Exclude…</b> (or press <Keys keys="e" />). The editor is filled in from the
            alert, and says which stored events, alerts and cases the exception would have removed before you save it.
          </p>
        </EmptyState>
      ) : (
        <DataTable
          label="Exceptions"
          rows={exceptions}
          rowId={({ id }) => exceptionRef(id)}
          columns={columns}
          rowHeight={ROW_HEIGHT}
          onOpen={({ id }) => setSource({ kind: 'exception', id })}
          toolbar={
            <span>
              {count('active', 'expiring')} in force
              {count('expiring') > 0 && ` · ${count('expiring')} ${count('expiring') === 1 ? 'ends' : 'end'} within a week`}
              {hiding > 0 && ` · ${hiding} ${hiding === 1 ? 'hides' : 'hide'} true positives`}
              {count('expired') > 0 && ` · ${count('expired')} expired`}
              {count('disabled') > 0 && ` · ${count('disabled')} disabled`}
            </span>
          }
        />
      )}
      <ExceptionDialog
        source={source}
        onClose={() => {
          setSource(undefined)
          void setAsked(null)
        }}
        save={save}
      />
      {ending && <EndingDialog ending={ending} onClose={() => setEnding(undefined)} onEnd={end} />}
    </>
  )
}
