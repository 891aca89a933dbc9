'use client'

import { Button, Checkbox, Menu } from '@mantine/core'
import { IconChecks, IconChevronDown, IconCopy, IconFlask, IconRefresh, IconShieldCheck, IconShieldX, IconTargetArrow, IconUser } from '@tabler/icons-react'
import Link from 'next/link'
import { useState, type ReactNode } from 'react'
import type { AlertActions } from '@/components/alerts/alert-actions'
import { AssignMenu } from '@/components/alerts/assign-menu'
import { CloseDialog } from '@/components/alerts/close-dialog'
import { useAfterVerdict } from '@/components/alerts/use-after-verdict'
import { useTriage } from '@/components/alerts/use-triage'
import { useCommands } from '@/components/ui/commands/command-provider'
import { Keys } from '@/components/ui/commands/keys'
import { RelativeAge } from '@/components/ui/relative-age'
import { StatusBadge } from '@/components/ui/status-badge'
import { VerdictBadge } from '@/components/ui/verdict-badge'
import { alertRef } from '@/lib/alerts/schema'
import type { AlertFilter, AlertHistoryEntry, AlertSort, AlertSummary, Verdict } from '@/lib/alerts/schema'
import classes from './triage-panel.module.css'

/** The list an alert is decided in: what is in it, where it is, and how many of it have no verdict. */
export interface TriageList {
  readonly filter: AlertFilter
  readonly sort: AlertSort
  readonly href: string
  /** Without page and order. */
  readonly address: string
  /** Of the URL of an alert within it. */
  readonly search: string
  readonly left: number
  readonly total: number
  /** Whether there is another one to decide. */
  readonly hasNext: boolean
}

interface TriagePanelProps {
  readonly alert: AlertSummary
  /** The newest entry of the history that changed the status. */
  readonly decided: AlertHistoryEntry | null
  readonly me: string
  readonly actions: AlertActions
  /** The newest entry of its history that the page shows. */
  readonly entry: number
  /** The list that the analyst came from. */
  readonly list: TriageList
  /** Further things to do: a case, an exclusion. */
  readonly children?: ReactNode
}

const VERDICT_BUTTONS = [
  { verdict: 'false_positive', label: 'False positive', keys: 'f', icon: IconShieldX },
  { verdict: 'benign_true_positive', label: 'Benign', keys: 'b', icon: IconShieldCheck },
  { verdict: 'true_positive', label: 'True positive', keys: 't', icon: IconTargetArrow },
] as const

const OTHERS = [
  { verdict: 'test', label: 'Test', icon: IconFlask },
  { verdict: 'duplicate', label: 'Duplicate', icon: IconCopy },
] as const

/** The decision: acknowledge, a verdict with its note, who looks after it. Each also by one key. */
export function TriagePanel({ alert, decided, me, actions, entry, list, children }: TriagePanelProps) {
  const { pending, close, move, assign } = useTriage({ actions, seen: { entry } })
  const after = useAfterVerdict(alert, list, actions.nextUndecided)
  const [closing, setClosing] = useState<Verdict>()
  const target = { ids: [alert.id] }
  const ref = alertRef(alert.id)
  const acknowledge = () => void move(target, 'acknowledged')
  const reopen = () => void move(target, 'open')

  const group = 'Alert'
  useCommands([
    ...(alert.status === 'open' ? [{ id: 'alert.acknowledge', label: 'Acknowledge', group, keys: 'a', icon: <IconChecks size={18} stroke={1.7} />, run: acknowledge }] : []),
    ...(alert.status === 'closed' ? [{ id: 'alert.reopen', label: 'Reopen', group, keys: 'o', icon: <IconRefresh size={18} stroke={1.7} />, run: reopen }] : []),
    ...VERDICT_BUTTONS.map(({ verdict, label, keys, icon: Icon }) => ({
      id: `alert.${verdict}`,
      label: `Close as ${label.toLowerCase()}…`,
      group,
      keys,
      icon: <Icon size={18} stroke={1.7} />,
      run: () => setClosing(verdict),
    })),
    { id: 'alert.assign', label: 'Assign to me', group, keys: 'm', icon: <IconUser size={18} stroke={1.7} />, run: () => void assign(target, me) },
  ])

  return (
    <div className={classes.panel}>
      <div className={classes.state}>
        <StatusBadge status={alert.status} />
        {alert.verdict !== null && <VerdictBadge verdict={alert.verdict} />}
        {decided && (
          <span className={classes.by}>
            {decided.actor}, <RelativeAge value={decided.at} />
          </span>
        )}
      </div>
      <div className={classes.verdicts}>
        {VERDICT_BUTTONS.map(({ verdict, label, keys, icon: Icon }) => (
          <Button
            key={verdict}
            variant={alert.verdict === verdict ? 'light' : 'default'}
            leftSection={<Icon size={15} stroke={1.8} />}
            rightSection={<Keys keys={keys} />}
            aria-keyshortcuts={keys}
            aria-label={`${label}…`}
            classNames={{ label: classes.label, inner: classes.inner }}
            disabled={pending}
            onClick={() => setClosing(verdict)}
          >
            {label}
          </Button>
        ))}
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={13} stroke={2} />} classNames={{ label: classes.label, inner: classes.inner }} disabled={pending}>
              Other…
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {OTHERS.map(({ verdict, label, icon: Icon }) => (
              <Menu.Item key={verdict} leftSection={<Icon size={15} stroke={1.8} />} onClick={() => setClosing(verdict)}>
                {label}…
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </div>
      <div className={classes.more}>
        {alert.status === 'open' && (
          <Button variant="default" leftSection={<IconChecks size={15} stroke={1.7} />} aria-keyshortcuts="a" disabled={pending} onClick={acknowledge}>
            Acknowledge
          </Button>
        )}
        {alert.status === 'acknowledged' && (
          <Button variant="default" disabled={pending} onClick={reopen}>
            Back to open
          </Button>
        )}
        {alert.status === 'closed' && (
          <Button variant="default" leftSection={<IconRefresh size={15} stroke={1.7} />} aria-keyshortcuts="o" disabled={pending} onClick={reopen}>
            Reopen
          </Button>
        )}
        <AssignMenu
          me={me}
          assignee={alert.assignee}
          onAssign={(assignee) => void assign(target, assignee)}
          target={
            <Button variant="default" leftSection={<IconUser size={15} stroke={1.7} />} rightSection={<IconChevronDown size={13} stroke={2} />} disabled={pending} className={classes.assignee}>
              {alert.assignee ?? 'Unassigned'}
            </Button>
          }
        />
        {children}
      </div>
      <p className={classes.left}>
        <Link href={list.href} prefetch={false}>
          {after.words}
        </Link>
      </p>
      <CloseDialog
        verdict={closing}
        what={ref}
        count={1}
        unsettled={alert.checklistTotal - alert.checklistDone}
        after={
          list.hasNext ? (
            <Checkbox
              label="Then open the next one"
              description={after.words}
              checked={after.goesOn}
              onChange={(event) => after.setGoesOn(event.currentTarget.checked)}
            />
          ) : undefined
        }
        onCancel={() => setClosing(undefined)}
        onClose={async (verdict, note, meant) => {
          const refused = await close(target, verdict, note, meant)
          if (refused) return refused
          setClosing(undefined)
          await after.go()
          return undefined
        }}
      />
    </div>
  )
}
