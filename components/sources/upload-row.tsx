'use client'

import { ActionIcon, Button, Progress, Tooltip } from '@mantine/core'
import { IconCircleCheckFilled, IconCircleMinus, IconClockHour4, IconAlertTriangleFilled, IconRefresh, IconUpload, IconX } from '@tabler/icons-react'
import Link from 'next/link'
import { formatBytes } from '@/components/sources/format-bytes'
import { uploadStore, type Upload } from '@/components/sources/upload-store'
import { ButtonLink } from '@/components/ui/button-link'
import { formatDelta } from '@/components/ui/format-delta'
import { Mono } from '@/components/ui/machine-text/mono'
import type { ImportSummary } from '@/lib/ingest/schema'
import classes from './upload-row.module.css'

const MARKS = {
  waiting: { icon: IconClockHour4, color: 'var(--ll-neutral-mark)', word: 'Waiting' },
  sending: { icon: IconUpload, color: 'var(--ll-accent)', word: 'Sending' },
  done: { icon: IconCircleCheckFilled, color: 'var(--ll-good-mark)', word: 'Stored' },
  rejected: { icon: IconAlertTriangleFilled, color: 'var(--ll-warn-mark)', word: 'Some records were rejected' },
  failed: { icon: IconAlertTriangleFilled, color: 'var(--ll-bad-mark)', word: 'Ended early' },
  cancelled: { icon: IconCircleMinus, color: 'var(--ll-warn-mark)', word: 'Cancelled' },
} as const

function share(part: number, whole: number | null): number {
  return whole === null || whole === 0 ? 0 : Math.min(100, (part / whole) * 100)
}

function count(n: number): string {
  return n.toLocaleString('en')
}

/** Whole seconds: what is guessed should not look measured. */
function timeLeft(seconds: number): string {
  return seconds < 60 ? `${Math.ceil(seconds)} s` : formatDelta(Math.ceil(seconds) * 1000)
}

/** What runs: how much of it, how fast, how long still. */
function Progressing({ upload }: { upload: Upload }) {
  const { size, sent, progress, rate, name } = upload
  const stored = share(progress?.bytes ?? 0, size)
  const handed = Math.max(stored, share(sent, size))
  const facts =
    size === null
      ? ['reading the bundled file']
      : [
          `${formatBytes(Math.max(sent, progress?.bytes ?? 0))} of ${formatBytes(size)}`,
          `${Math.floor(handed)} %`,
          progress ? `${count(progress.records)} events` : 'starting',
          ...(rate ? [`${count(Math.round(rate.eventsPerSecond))} events/s`] : []),
          ...(rate?.secondsLeft == null ? [] : [`${timeLeft(rate.secondsLeft)} left`]),
        ]
  return (
    <>
      <Progress.Root size={6} className={classes.bar} aria-hidden="true">
        <Progress.Section value={size === null ? 100 : stored} color="accent" animated={size === null} striped={size === null} />
        <Progress.Section value={size === null ? 0 : handed - stored} color="accent" className={classes.sent} />
      </Progress.Root>
      <progress className="visually-hidden" aria-label={`Upload of ${name}`} max={100} value={size === null ? undefined : Math.floor(handed)} />
      <p className={classes.facts}>{facts.join(' · ')}</p>
    </>
  )
}

/** What became of each record. */
function Outcome({ summary }: { summary: ImportSummary }) {
  return (
    <dl className={classes.outcome}>
      <div>
        <dt>stored</dt>
        <dd>{count(summary.stored)}</dd>
      </div>
      <div>
        <dt>duplicates</dt>
        <dd>{count(summary.duplicates)}</dd>
      </div>
      <div data-tone={summary.rejected > 0 ? 'warn' : undefined}>
        <dt>rejected</dt>
        <dd>{summary.rejected > 0 ? <Link href={`/sources/rejects?import=${summary.importId}`}>{count(summary.rejected)}</Link> : '0'}</dd>
      </div>
      <div>
        <dt>alerts raised</dt>
        <dd>{count(summary.alerts)}</dd>
      </div>
      <div data-quiet>
        <dt>in</dt>
        <dd>{formatDelta(summary.seconds * 1000)}</dd>
      </div>
    </dl>
  )
}

/** One upload: its progress while it runs, afterwards what became of its records. */
export function UploadRow({ upload }: { upload: Upload }) {
  const { key, name, size, phase, summary, problem } = upload
  const { icon: Icon, color, word } = MARKS[phase === 'done' && summary !== null && summary.rejected > 0 ? 'rejected' : phase]
  const underWay = phase === 'waiting' || phase === 'sending'
  return (
    <li className={classes.row}>
      <span className={classes.mark}>
        <Icon size={18} color={color} aria-hidden />
        <span className="visually-hidden">{word}</span>
      </span>
      <div className={classes.body}>
        <p className={classes.name}>
          <Mono overflow="clip">{name}</Mono>
          {size !== null && !(phase === 'sending') && <span className={classes.size}>{formatBytes(size)}</span>}
          {phase === 'waiting' && <span className={classes.size}>waiting for its turn</span>}
        </p>
        {phase === 'sending' && <Progressing upload={upload} />}
        {summary && <Outcome summary={summary} />}
        {summary?.notes.map((note) => (
          <p key={note} className={classes.facts}>
            {note}
          </p>
        ))}
        {problem !== null && (
          <p className={classes.problem} data-phase={phase}>
            {problem}
          </p>
        )}
      </div>
      <div className={classes.actions}>
        {summary && summary.alerts > 0 && (
          <ButtonLink href="/alerts?status=open" size="compact-sm">
            Review {count(summary.alerts)} {summary.alerts === 1 ? 'alert' : 'alerts'}
          </ButtonLink>
        )}
        {(phase === 'failed' || phase === 'cancelled') && (
          <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={14} />} onClick={() => uploadStore.retry(key)}>
            Send again
          </Button>
        )}
        <Tooltip label={underWay ? 'Cancel' : 'Dismiss'}>
          <ActionIcon
            aria-label={`${underWay ? 'Cancel' : 'Dismiss'} ${name}`}
            onClick={() => (underWay ? uploadStore.cancel(key) : uploadStore.dismiss(key))}
          >
            <IconX size={16} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      </div>
    </li>
  )
}
