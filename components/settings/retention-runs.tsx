'use client'

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconHistory } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useEffect, useTransition } from 'react'
import { formatBytes } from '@/components/sources/format-bytes'
import type { CancelRetention } from '@/components/settings/retention-actions'
import { formatDelta } from '@/components/ui/format-delta'
import { Panel } from '@/components/ui/panel'
import { Timestamp } from '@/components/ui/timestamp'
import { isUnderWay } from '@/lib/retention/schema'
import type { RetentionRun } from '@/lib/retention/schema'
import classes from './retention-runs.module.css'

interface RetentionRunsProps {
  readonly runs: readonly RetentionRun[]
  readonly checkedAt: string | null
  readonly cancel: CancelRetention
}

const WORDS: Readonly<Record<RetentionRun['status'], string>> = { queued: 'Waiting', running: 'Running', done: 'Done', cancelled: 'Cancelled', failed: 'Failed' }
const POLL_MS = 1_000

function count(n: number, one: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : `${one}s`}`
}

function facts(run: RetentionRun): string {
  const freed = run.bytesAfter === null ? null : Math.max(0, run.bytesBefore - run.bytesAfter)
  return [
    `${count(run.events, 'event')} deleted${run.rejects > 0 ? `, ${count(run.rejects, 'rejected record')}` : ''}`,
    ...(run.alerts > 0 ? [`${count(run.alerts, 'closed alert')} left without records`] : []),
    ...(run.kept > 0 ? [`${run.kept.toLocaleString('en')} kept for alerts and cases`] : []),
    ...(freed === null ? [] : [`${formatBytes(freed)} freed${run.bytesReturned > 0 ? `, ${formatBytes(run.bytesReturned)} given back to the disk` : ''}`]),
    ...(run.finishedAt === null ? [] : [`took ${formatDelta(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`]),
  ].join(' · ')
}

/** What retention did, newest first; the run that is on can be watched and cancelled. */
export function RetentionRuns({ runs, checkedAt, cancel }: RetentionRunsProps) {
  const router = useRouter()
  const [busy, act] = useTransition()
  const underWay = runs.some(isUnderWay)
  useEffect(() => {
    if (!underWay) return undefined
    const timer = setInterval(() => router.refresh(), POLL_MS)
    return () => clearInterval(timer)
  }, [underWay, router])
  return (
    <Panel
      title="Runs"
      description={
        checkedAt === null ? (
          'While there is a policy, the console looks every hour whether something is due.'
        ) : (
          <>
            Every hour the console looks whether something is due, last <Timestamp value={checkedAt} relative="beside" />. Only runs that deleted something are listed.
          </>
        )
      }
    >
      {runs.length === 0 ? (
        <p className={classes.none}>
          <IconHistory size={16} stroke={1.6} aria-hidden /> Nothing was deleted so far.
        </p>
      ) : (
        <ol className={classes.runs} aria-label="Runs of retention">
          {runs.map((run) => (
            <li key={run.id}>
              <div className={classes.head}>
                <span className={classes.status} data-status={run.status}>
                  {WORDS[run.status]}
                </span>
                <span className={classes.by}>{run.actor === 'retention' ? 'by the hour' : run.actor}</span>
                <Timestamp value={run.startedAt} />
                {isUnderWay(run) && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    loading={busy}
                    onClick={() =>
                      act(async () => {
                        const result = await cancel(run.id)
                        if (!result.ok) notifications.show({ color: 'red', title: 'The run was not cancelled', message: result.error.message })
                      })
                    }
                  >
                    Cancel
                  </Button>
                )}
              </div>
              <p className={classes.facts}>{facts(run)}</p>
              {run.error !== null && <p className={classes.fault}>{run.error}</p>}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}
