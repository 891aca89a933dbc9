'use client'

import { Switch } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useOptimistic, useTransition } from 'react'
import type { ActionResult } from '@/lib/errors'

/** Switches a rule on or off and answers why it could not. */
export type SetRuleEnabled = (input: { ruleId: string; enabled: boolean }) => Promise<ActionResult<{ readonly changed: boolean }>>

interface RuleSwitchProps {
  readonly ruleId: string
  readonly name: string
  readonly enabled: boolean
  readonly onChange: SetRuleEnabled
  /** Words beside the switch; without them the state is its name only. */
  readonly labelled?: boolean
}

/** Whether a rule runs. Answers at once and goes back when the server refuses. */
export function RuleSwitch({ ruleId, name, enabled, onChange, labelled = false }: RuleSwitchProps) {
  const [shown, setShown] = useOptimistic(enabled)
  const [busy, start] = useTransition()
  const toggle = (next: boolean) =>
    start(async () => {
      setShown(next)
      const result = await onChange({ ruleId, enabled: next })
      if (!result.ok) notifications.show({ color: 'red', title: 'The rule was not switched', message: result.error.message })
    })
  return (
    <Switch
      checked={shown}
      aria-busy={busy}
      aria-label={labelled ? undefined : `Enabled: ${name}`}
      label={labelled ? (shown ? 'Enabled' : 'Disabled') : undefined}
      onChange={(event) => toggle(event.currentTarget.checked)}
    />
  )
}
