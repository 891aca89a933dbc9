'use client'

import { Button, Group, Progress } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconHistory, IconPlayerPlay } from '@tabler/icons-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { Fragment, useEffect, useState, useTransition } from 'react'
import { RunDialog } from '@/components/rules/run-dialog'
import type { RunWindow } from '@/components/rules/run-dialog'
import { runOutcome } from '@/components/sources/run-outcome'
import { RunStatus } from '@/components/sources/run-status'
import { SetAsideWork } from '@/components/sources/set-aside-work'
import { TruncatedKeys } from '@/components/sources/truncated-keys'
import { Duration } from '@/components/ui/duration'
import { Mono } from '@/components/ui/machine-text/mono'
import { Panel } from '@/components/ui/panel'
import { Timestamp } from '@/components/ui/timestamp'
import type { DetectionRun } from '@/lib/detect/schema'
import type { ActionResult } from '@/lib/errors'
import classes from './rule-runs.module.css'

export type StartRun = (input: RunWindow & { readonly ruleId: string }) => Promise<ActionResult<{ readonly runId: number }>>
export type CancelRun = (runId: number) => Promise<ActionResult<void>>

interface RuleRunsProps {
  readonly ruleId: string
  readonly enabled: boolean
  readonly runs: readonly DetectionRun[]
  /** When an upgrade made a run over what is stored worth while; null when none is due. */
  readonly advisedAt: string | null
  readonly start: StartRun
  readonly cancel: CancelRun
}

const POLL_MS = 1_000

function isUnderWay(run: DetectionRun): boolean {
  return run.kind === 'backfill' && (run.status === 'queued' || run.status === 'running')
}

function events(run: DetectionRun): string {
  const total = isUnderWay(run) && run.total !== null ? ` of ${run.total.toLocaleString('en')}` : ''
  return `${run.events.toLocaleString('en')}${total} ${run.events === 1 && total === '' ? 'event' : 'events'}`
}

/** From being asked for to the end; of an import, what its detection took. */
function duration(run: DetectionRun): number | null {
  if (run.kind === 'import') return run.detectMs
  return run.finishedAt === null ? null : Date.parse(run.finishedAt) - Date.parse(run.startedAt)
}

/** The event time that a run was asked for, or that of the events which an import brought. */
function Window({ from, to }: Pick<DetectionRun, 'from' | 'to'>) {
  if (from === null && to === null) return null
  return (
    <p className={classes.window}>
      Events {from === null ? 'up' : <>from <Timestamp value={from} /></>} {to === null ? 'on' : <>to <Timestamp value={to} /></>}
    </p>
  )
}

/** What the rule did lately, with what came in and over what is stored: start such a run, watch it, cancel it. */
export function RuleRuns({ ruleId, enabled, runs, advisedAt, start, cancel }: RuleRunsProps) {
  const router = useRouter()
  const [busy, act] = useTransition()
  const [asking, setAsking] = useState(false)
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
      title="Runs"
      description="Imports in which the rule had hits, and runs over stored events: those take the rule as it is now, as if it had been there when the events came."
      actions={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlayerPlay size={14} stroke={1.7} />}
          disabled={!enabled || underWay}
          loading={busy}
          onClick={() => setAsking(true)}
        >
          Run over stored events…
        </Button>
      }
    >
      <RunDialog opened={asking} onClose={() => setAsking(false)} start={(window) => start({ ruleId, ...window })} />
      {advisedAt !== null && !underWay && (
        <p className={classes.advice} role="note">
          Since the upgrade of <Timestamp value={advisedAt} /> several values of a join field, and both spellings of a name, are looked at. Run the rule over all stored
          events{enabled ? '' : ' once it is on'}: it may find more in what came before. Alerts that exist keep their verdicts.
        </p>
      )}
      {runs.length === 0 ? (
        <p className={classes.none}>
          <IconHistory size={16} stroke={1.6} aria-hidden /> None yet. {enabled ? 'Run it after you switched it on or changed it.' : 'Switch the rule on to run it.'}
        </p>
      ) : (
        <ol className={classes.runs} aria-label="Runs">
          {runs.map((run) => (
            <li key={run.id}>
              <Group justify="space-between" gap="xs">
                <RunStatus status={run.status} />
                <Timestamp value={run.startedAt} />
              </Group>
              <p className={classes.what}>
                {run.importId === null ? (
                  'Over stored events'
                ) : (
                  <Link href={`/sources/imports/${run.importId}`}>
                    <Mono overflow="clip">{run.importName ?? `import ${run.importId}`}</Mono>
                  </Link>
                )}
              </p>
              <Window from={run.from} to={run.to} />
              <p className={classes.facts}>
                {[events(run), ...run.rules.map(runOutcome)].join(', ')}
                {duration(run) !== null && (
                  <>
                    , in <Duration ms={duration(run) ?? 0} />
                  </>
                )}
              </p>
              {run.rules.map((rule) => (
                <Fragment key={rule.ruleId}>
                  <TruncatedKeys keys={rule.truncatedKeys} />
                  <SetAsideWork of="key" work={rule.setAside} />
                </Fragment>
              ))}
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
