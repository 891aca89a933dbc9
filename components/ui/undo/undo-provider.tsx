'use client'

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconArrowBackUp } from '@tabler/icons-react'
import Link from 'next/link'
import { createContext, use, useCallback, useEffect, useEffectEvent, useMemo, useRef, type ReactNode } from 'react'
import { useCommands } from '@/components/ui/commands/command-provider'
import { markOwn } from '@/components/ui/undo/own-acts'
import { tabId } from '@/components/ui/undo/tab-id'
import { alertRef } from '@/lib/alerts/schema'
import type { ActionResult } from '@/lib/errors'
import type { LastAct, UndoInput, Undone } from '@/lib/undo/schema'
import classes from './undo.module.css'

type UndoAction = (input: UndoInput) => Promise<ActionResult<Undone>>

interface UndoContext {
  /** Tells what was done, with a button to undo it where there is an act. */
  readonly announce: (message: ReactNode, act: number | null | undefined) => void
  /** Takes back an act, or the last one. */
  readonly undo: (act?: number) => Promise<void>
  readonly subscribe: (listener: (undone: Undone) => void) => () => void
}

const Context = createContext<UndoContext>({
  announce: (message) => void notifications.show({ message }),
  undo: () => Promise.resolve(),
  subscribe: () => () => {},
})

const SHOWN_MS = 10_000

function Toast({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <span className={classes.toast}>
      <span className={classes.words}>{children}</span>
      {action}
    </span>
  )
}

/** Within the list that is worked off, when there is one. */
function alertHref(id: number): string {
  return `/alerts/${alertRef(id)}${location.pathname.startsWith('/alerts') ? location.search : ''}`
}

function sentence({ text, alertIds, alerts, left, note }: Undone): ReactNode {
  const [only] = alertIds
  return (
    <>
      Undone: {text}.{left > 0 && ` ${left.toLocaleString('en')} changed since and stayed as they are.`}
      {note !== null && ` ${note}`}
      {alerts === 1 && only !== undefined && (
        <>
          {' '}
          <Link href={alertHref(only)}>Open {alertRef(only)}</Link>
        </>
      )}
    </>
  )
}

interface UndoProviderProps {
  /** The server action. */
  readonly undo: UndoAction
  /** What it would take back now. */
  readonly last: LastAct | null
  readonly children: ReactNode
}

/** `z`, the palette and the buttons of messages take back what somebody did last. Put once around the console's pages. */
export function UndoProvider({ undo: undoAction, last, children }: UndoProviderProps) {
  const listeners = useRef(new Set<(undone: Undone) => void>())
  const busy = useRef(false)

  const undo = useCallback(
    async function take(act?: number, leaveChanged = false): Promise<void> {
      if (busy.current) return
      busy.current = true
      const result = await undoAction({ ...(act === undefined ? {} : { act }), leaveChanged, tab: tabId() }).catch(() => undefined)
      busy.current = false
      if (result?.ok) {
        markOwn(result.value.alertIds)
        for (const listener of listeners.current) listener(result.value)
        notifications.show({ message: <Toast>{sentence(result.value)}</Toast>, autoClose: SHOWN_MS })
        return
      }
      const conflict = result?.error.conflict
      const id = notifications.show({
        color: result?.error.code === 'not_found' ? undefined : 'red',
        title: result?.error.code === 'not_found' ? undefined : 'Not undone',
        message: (
          <Toast
            action={
              conflict && (
                <Button
                  variant="default"
                  size="compact-xs"
                  onClick={() => {
                    notifications.hide(id)
                    void take(act, true)
                  }}
                >
                  Undo the rest
                </Button>
              )
            }
          >
            {result?.error.message ?? 'The server did not answer. Nothing is known to be undone.'}
          </Toast>
        ),
        autoClose: conflict ? false : SHOWN_MS,
      })
    },
    [undoAction],
  )
  const announce = useCallback(
    (message: ReactNode, act: number | null | undefined) => {
      const id = notifications.show({
        message: (
          <Toast
            action={
              act !== null &&
              act !== undefined && (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  onClick={() => {
                    notifications.hide(id)
                    void undo(act)
                  }}
                >
                  Undo
                </Button>
              )
            }
          >
            {message}
          </Toast>
        ),
        autoClose: SHOWN_MS,
      })
    },
    [undo],
  )
  const subscribe = useCallback((listener: (undone: Undone) => void) => {
    listeners.current.add(listener)
    return () => listeners.current.delete(listener)
  }, [])

  const icon = <IconArrowBackUp size={18} stroke={1.7} />
  useCommands([
    { id: 'undo.last', label: 'Undo what you did last', group: 'Undo', keys: 'z', icon, hiddenInPalette: true, run: () => void undo() },
    ...(last ? [{ id: 'undo.named', label: `Undo: ${last.text}`, group: 'Undo', icon, run: () => void undo(last.id) }] : []),
  ])
  const value = useMemo(() => ({ announce, undo: (act?: number) => undo(act), subscribe }), [announce, undo, subscribe])
  return <Context value={value}>{children}</Context>
}

export function useUndo(): Pick<UndoContext, 'announce' | 'undo'> {
  return use(Context)
}

/** Hears what was undone, such as to put the cursor on the row that comes back. */
export function useUndone(onUndone: (undone: Undone) => void): void {
  const { subscribe } = use(Context)
  const hear = useEffectEvent(onUndone)
  useEffect(() => subscribe((undone) => hear(undone)), [subscribe])
}
