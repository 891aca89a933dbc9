'use client'

import { Button, Group, Progress } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconHistory, IconPlayerPlay } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useEffect, useTransition } from 'react'
import { Panel } from '@/components/ui/panel'
import { Timestamp } from '@/components/ui/timestamp'
import type { ActionResult } from '@/lib/errors'
import type { RuleRun } from '@/lib/rules/schema'
import classes from './rule-runs.module.css'

export type StartRun = (input: { ruleId: string }) => Promise<ActionResult<{ readonly runId: number }>>
export type CancelRun = (runId: number) => Promise<ActionResult<void>>

interface RuleRunsProps {
  readonly ruleId: string
  readonly enabled: boolean
  readonly runs: readonly RuleRun[]
  readonly start: StartRun
  readonly cancel: CancelRun
}

const WORDS: Readonly<Record<RuleRun['status'], string>> = {
  queued: 'Waiting',
  running: 'Running',
  done: 'Done',
  cancelled: 'Cancelled',
  failed: 'Failed',
}
const POLL_MS = 1_000

function isUnderWay(run: RuleRun): boolean {
  return run.status === 'queued' || run.status === 'running'
}

function count(n: number, one: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : `${one}s`}`
}

/** Runs of the rule over what is stored: start one, watch it, cancel it, and what earlier ones found. */
export function RuleRuns({ ruleId, enabled, runs, start, cancel }: RuleRunsProps) {
  const router = useRouter()
  const [busy, act] = useTransition()
  const underWay = runs.some(isUnderWay)
  useEffect(() => {
    if (!underWay) return undefined
    const timer = setInterval(() => router.refresh(), POLL_MS)
    return () => clearInterval(timer)
  }, [underWay, router])
  const attempt = (what: string, run: () => Promise<ActionResult<unknown>>) =>
    act(async () => {
      const result = await run()
      if (!result.ok) notifications.show({ color: 'red', title: what, message: result.error.message })
    })
  return (
    <Panel
      title="Over stored events"
      description="Runs the rule as it is now over what is stored, as if it had been there when the events came."
      actions={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlayerPlay size={14} stroke={1.7} />}
          disabled={!enabled || underWay}
          loading={busy}
          onClick={() => attempt('The run was not started', () => start({ ruleId }))}
        >
          Run now
        </Button>
      }
    >
      {runs.length === 0 ? (
        <p className={classes.none}>
          <IconHistory size={16} stroke={1.6} aria-hidden /> Not yet. {enabled ? 'Run it after you switched it on or changed it.' : 'Switch the rule on to run it.'}
        </p>
      ) : (
        <ol className={classes.runs} aria-label="Runs over stored events">
          {runs.map((run) => (
            <li key={run.id}>
              <Group justify="space-between" gap="xs">
                <span className={classes.status} data-status={run.status}>
                  {WORDS[run.status]}
                </span>
                <Timestamp value={run.startedAt} />
              </Group>
              <p className={classes.facts}>
                {count(run.events, 'event')}
                {isUnderWay(run) && run.total !== null ? ` of ${run.total.toLocaleString('en')}` : ''}, {count(run.hits, 'hit')}, {count(run.alerts, 'new alert')}
                {run.truncated > 0 && `; cut short for ${count(run.truncated, 'key')}`}
              </p>
              {run.error !== null && <p className={classes.facts}>{run.error}</p>}
              {isUnderWay(run) && (
                <Group gap="sm" wrap="nowrap">
                  <Progress
                    className={classes.progress}
                    value={run.total === null || run.total === 0 ? 0 : (run.events / run.total) * 100}
                    aria-label="Events looked at"
                  />
                  <Button size="compact-sm" variant="subtle" color="gray" onClick={() => attempt('The run was not cancelled', () => cancel(run.id))}>
                    Cancel
                  </Button>
                </Group>
              )}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}
