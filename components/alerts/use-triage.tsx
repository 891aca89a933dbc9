'use client'

import { useTransition } from 'react'
import type { AlertActions } from '@/components/alerts/alert-actions'
import { notifyRefused } from '@/components/ui/notify-refused'
import { markOwn } from '@/components/ui/undo/own-acts'
import { tabId } from '@/components/ui/undo/tab-id'
import { useUndo } from '@/components/ui/undo/undo-provider'
import { VERDICT_LABELS, describeAlerts } from '@/lib/alerts/schema'
import type { AlertStatus, AlertTarget, ChangeCount, Seen, Verdict } from '@/lib/alerts/schema'
import type { ActionResult, Conflict } from '@/lib/errors'

/** Why something was not done; with a conflict it can be done knowingly. */
export interface Refusal {
  readonly message: string
  readonly conflict?: Conflict
}

/** An act given again after a refusal told what had changed. */
export interface Meant {
  readonly entry: number
  /** Changed alerts that are to stay as they are. */
  readonly leave: readonly number[]
}

interface TriageOptions {
  readonly actions: Pick<AlertActions, 'setStatus' | 'assign'>
  /** What the page shows: a change of the same thing since refuses the act. */
  readonly seen: Seen
}

function idsOf(target: AlertTarget): readonly number[] {
  return 'ids' in target ? target.ids : []
}

function without(target: AlertTarget, leave: readonly number[]): AlertTarget {
  return 'ids' in target ? { ids: target.ids.filter((id) => !leave.includes(id)) } : target
}

/** A refusal of what has no dialog. */
function refuse({ message, conflict }: Refusal, anyway: string, onAnyway: (meant: Meant) => void): void {
  notifyRefused({ title: 'Not done', message, conflict, anyway, onAnyway: (entry) => onAnyway({ entry, leave: [] }) })
}

/**
 * What is done with alerts from the queue and from an alert's page, each with a message that offers to undo it. Each answers why
 * it was refused, or undefined.
 */
export function useTriage({ actions, seen }: TriageOptions) {
  const [pending, startTransition] = useTransition()
  const { announce } = useUndo()

  /** In a transition, so that what the page shows meanwhile stays until the server's new state is there. */
  const run = (target: AlertTarget, call: () => Promise<ActionResult<ChangeCount>>, done: (count: ChangeCount) => void): Promise<Refusal | undefined> =>
    new Promise((resolve) => {
      markOwn(idsOf(target))
      startTransition(async () => {
        const result = await call().catch(() => undefined)
        markOwn(idsOf(target))
        if (result?.ok) done(result.value)
        resolve(result?.ok ? undefined : (result?.error ?? { message: 'The server did not answer. Nothing is known to be changed.' }))
      })
    })
  const seenBy = (meant: Meant | undefined): Seen => ({ ...(meant === undefined ? seen : { entry: meant.entry }), tab: tabId() })

  /** A verdict has a dialog that shows its refusals. */
  const close = (asked: AlertTarget, verdict: Verdict, note: string, meant?: Meant): Promise<Refusal | undefined> => {
    const target = without(asked, meant?.leave ?? [])
    return run(
      target,
      () => actions.setStatus(target, { status: 'closed', verdict, note, seen: seenBy(meant) }),
      ({ changed, unchanged, act }) => {
        const rest = unchanged > 0 ? ` ${unchanged.toLocaleString('en')} already ${unchanged === 1 ? 'was' : 'were'}.` : ''
        announce(changed === 0 ? `Nothing to change.${rest}` : `${describeAlerts(idsOf(target), changed)} closed as ${VERDICT_LABELS[verdict].toLowerCase()}.${rest}`, act)
      },
    )
  }

  const move = async (target: AlertTarget, status: Exclude<AlertStatus, 'closed'>, meant?: Meant): Promise<Refusal | undefined> => {
    const refused = await run(
      target,
      () => actions.setStatus(target, { status, seen: seenBy(meant) }),
      ({ changed, unchanged, act }) => {
        const rest = unchanged > 0 ? ` ${unchanged.toLocaleString('en')} already ${unchanged === 1 ? 'was' : 'were'}.` : ''
        announce(changed === 0 ? `Nothing to change.${rest}` : `${describeAlerts(idsOf(target), changed)} ${status === 'open' ? 'open again' : 'acknowledged'}.${rest}`, act)
      },
    )
    if (refused) refuse(refused, status === 'open' ? 'Open again anyway' : 'Acknowledge anyway', (next) => void move(target, status, next))
    return refused
  }

  const assign = async (target: AlertTarget, assignee: string | null, meant?: Meant): Promise<Refusal | undefined> => {
    const refused = await run(
      target,
      () => actions.assign(target, { assignee, seen: seenBy(meant) }),
      ({ changed, act }) => {
        const what = describeAlerts(idsOf(target), changed)
        announce(changed === 0 ? 'Nothing to change.' : assignee === null ? `Nobody is assigned to ${what}.` : `${what} assigned to ${assignee}.`, act)
      },
    )
    if (refused) refuse(refused, 'Assign anyway', (next) => void assign(target, assignee, next))
    return refused
  }

  return { pending, close, move, assign }
}
