'use client'

import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useTransition } from 'react'
import type { AlertActions } from '@/components/alerts/alert-actions'
import { VERDICT_LABELS, describeAlerts } from '@/lib/alerts/schema'
import type { AlertStatus, AlertSummary, AlertTarget, ChangeCount, Verdict } from '@/lib/alerts/schema'
import type { ActionResult } from '@/lib/errors'

type Before = Pick<AlertSummary, 'id' | 'status' | 'verdict' | 'assignee'>
type Undo = () => Promise<void>

interface TriageOptions {
  readonly actions: AlertActions
  /** The alerts as they are now, as far as the page knows them: what undo goes back to. */
  readonly before: readonly Before[]
}

function idsOf(target: AlertTarget): readonly number[] {
  return 'ids' in target ? target.ids : []
}

/** Alerts that were alike, together: one call of undo for each kind. */
function groups(before: readonly Before[], key: (alert: Before) => string): ReadonlyArray<readonly [Before, readonly number[]]> {
  const found = new Map<string, [Before, number[]]>()
  for (const alert of before) {
    const group = found.get(key(alert))
    if (group) group[1].push(alert.id)
    else found.set(key(alert), [alert, [alert.id]])
  }
  return [...found.values()]
}

function announce(message: string, undo: Undo | undefined): void {
  const id = notifications.show({
    message: (
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <span>{message}</span>
        {undo && (
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => {
              notifications.hide(id)
              void undo()
            }}
          >
            Undo
          </Button>
        )}
      </Group>
    ),
    autoClose: 8000,
  })
}

/**
 * What is done with alerts from the queue and from an alert's page: each with a message that offers to undo it where the page
 * knows what was before. Each answers why it was refused, or undefined.
 */
export function useTriage({ actions, before }: TriageOptions) {
  const [pending, startTransition] = useTransition()

  /** In a transition, so that what the page shows meanwhile stays until the server's new state is there. */
  const run = (call: () => Promise<ActionResult<ChangeCount>>, done: (count: ChangeCount) => void): Promise<string | undefined> =>
    new Promise((resolve) => {
      startTransition(async () => {
        const result = await call()
        if (result.ok) done(result.value)
        else notifications.show({ color: 'red', title: 'Not done', message: result.error.message })
        resolve(result.ok ? undefined : result.error.message)
      })
    })

  const undoStatus = (target: AlertTarget): Undo | undefined => {
    const ids = new Set(idsOf(target))
    const known = before.filter((alert) => ids.has(alert.id))
    if (known.length === 0 || known.length < ids.size) return undefined
    return async () => {
      for (const [{ status, verdict }, group] of groups(known, (alert) => `${alert.status} ${alert.verdict ?? ''}`)) {
        await run(() => actions.setStatus({ ids: group }, { status, ...(verdict === null ? {} : { verdict }), note: 'Undone.' }), () => undefined)
      }
    }
  }

  const setStatus = (target: AlertTarget, status: AlertStatus, verdict?: Verdict, note = '') =>
    run(
      () => actions.setStatus(target, { status, ...(verdict === undefined ? {} : { verdict }), note }),
      ({ changed, unchanged }) => {
        const what = describeAlerts(idsOf(target), changed)
        const as = status === 'closed' && verdict ? `closed as ${VERDICT_LABELS[verdict].toLowerCase()}` : status === 'open' ? 'open again' : 'acknowledged'
        const rest = unchanged > 0 ? ` ${unchanged.toLocaleString('en')} already ${unchanged === 1 ? 'was' : 'were'}.` : ''
        announce(changed === 0 ? `Nothing to change.${rest}` : `${what} ${as}.${rest}`, changed === 0 ? undefined : undoStatus(target))
      },
    )

  const assign = (target: AlertTarget, assignee: string | null) => {
    const ids = new Set(idsOf(target))
    const known = before.filter((alert) => ids.has(alert.id))
    const undo = async () => {
      for (const [alert, group] of groups(known, ({ assignee: name }) => name ?? '')) await run(() => actions.assign({ ids: group }, { assignee: alert.assignee }), () => undefined)
    }
    return run(
      () => actions.assign(target, { assignee }),
      ({ changed }) => {
        const what = describeAlerts([...ids], changed)
        const text = changed === 0 ? 'Nothing to change.' : assignee === null ? `Nobody is assigned to ${what}.` : `${what} assigned to ${assignee}.`
        announce(text, changed > 0 && ids.size > 0 && known.length === ids.size ? undo : undefined)
      },
    )
  }

  return { pending, setStatus, assign }
}
