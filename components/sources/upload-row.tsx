'use client'

import { ActionIcon, Button, Progress, TextInput, Tooltip } from '@mantine/core'
import { IconCircleCheckFilled, IconCircleMinus, IconClockHour4, IconAlertTriangleFilled, IconPlayerPause, IconPlugConnectedX, IconRefresh, IconUpload, IconX } from '@tabler/icons-react'
import Link from 'next/link'
import { memo, useState } from 'react'
import { formatBytes } from '@/components/sources/format-bytes'
import { isUnderWay, uploadStore, type Upload } from '@/components/sources/upload-store'
import { ButtonLink } from '@/components/ui/button-link'
import { formatDelta } from '@/components/ui/format-delta'
import { Mono } from '@/components/ui/machine-text/mono'
import { formatName, type ImportSummary } from '@/lib/ingest/schema'
import { LIMITS } from '@/lib/limits'
import classes from './upload-row.module.css'

const MARKS = {
  waiting: { icon: IconClockHour4, color: 'var(--ll-neutral-mark)', word: 'Waiting' },
  sending: { icon: IconUpload, color: 'var(--ll-accent)', word: 'Sending' },
  lost: { icon: IconPlugConnectedX, color: 'var(--ll-warn-mark)', word: 'Waiting for the connection' },
  left: { icon: IconPlayerPause, color: 'var(--ll-warn-mark)', word: 'Interrupted' },
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
  const { size, progress, rate, name, phase } = upload
  const stored = share(upload.stored, size)
  const amount = `${formatBytes(upload.stored)} of ${formatBytes(size ?? 0)}`
  const facts =
    size === null
      ? ['reading the bundled file']
      : phase === 'lost'
        ? [`waiting for the connection — ${Math.floor(stored)} % is here`, amount]
        : [
            amount,
            `${Math.floor(stored)} %`,
            ...(progress?.format == null ? [] : [formatName(progress.format)]),
            progress ? `${count(progress.records)} events` : 'starting',
            ...(rate ? [`${count(Math.round(rate.eventsPerSecond))} events/s`] : []),
            ...(rate?.secondsLeft == null ? [] : [`${timeLeft(rate.secondsLeft)} left`]),
          ]
  return (
    <>
      <Progress.Root size={6} className={classes.bar} aria-hidden="true">
        <Progress.Section value={size === null ? 100 : stored} color={phase === 'lost' ? 'gray' : 'accent'} animated={size === null} striped={size === null} />
      </Progress.Root>
      <progress className="visually-hidden" aria-label={`Upload of ${name}`} max={100} value={size === null ? undefined : Math.floor(stored)} />
      <p className={classes.facts}>{facts.join(' · ')}</p>
    </>
  )
}

/** Begun by an earlier page: the server keeps its place for a while. */
function Left({ upload: { stored, size } }: { upload: Upload }) {
  return (
    <p className={classes.facts}>
      {Math.floor(share(stored, size))} % is here. Drop or choose the same file again to go on; its place is kept for {LIMITS.uploadWaitMs / 60_000} minutes.
    </p>
  )
}

/** Audit records that do not say where they are from: the one fault that a word from the sender mends. */
function HostAsked({ upload: { key, rejects, summary } }: { upload: Upload }) {
  const [host, setHost] = useState('')
  const hostless = rejects.find(({ code }) => code === 'no_host')?.count ?? 0
  if (hostless === 0 || summary?.format !== 'auditd') return null
  const name = host.trim()
  return (
    <form
      className={classes.host}
      onSubmit={(event) => {
        event.preventDefault()
        if (name !== '' && !/\s/.test(name)) uploadStore.retry(key, { host: name })
      }}
    >
      <p>
        {count(hostless)} {hostless === 1 ? 'record does' : 'records do'} not say which host {hostless === 1 ? 'it is' : 'they are'} from. Name it and send the file again:
      </p>
      <TextInput
        aria-label="Host of these records"
        placeholder="Host name"
        value={host}
        maxLength={255}
        error={/\s/.test(name) ? 'A host name has no blanks' : undefined}
        onChange={(event) => setHost(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={name === ''}>
        Send again
      </Button>
    </form>
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
      {summary.format !== null && (
        <div data-quiet>
          <dt>read as</dt>
          <dd>{formatName(summary.format)}</dd>
        </div>
      )}
    </dl>
  )
}

/** One upload: its progress while it runs, afterwards what became of its records. Only the one that moves is drawn anew. */
export const UploadRow = memo(function UploadRow({ upload }: { upload: Upload }) {
  const { key, name, size, phase, summary, problem, note } = upload
  const { icon: Icon, color, word } = MARKS[phase === 'done' && summary !== null && summary.rejected > 0 ? 'rejected' : phase]
  const sending = phase === 'sending' || phase === 'lost'
  const verb = isUnderWay(upload) ? 'Cancel' : phase === 'left' ? 'Discard' : 'Dismiss'
  return (
    <li className={classes.row}>
      <span className={classes.mark}>
        <Icon size={18} color={color} aria-hidden />
        <span className="visually-hidden">{word}</span>
      </span>
      <div className={classes.body}>
        <p className={classes.name}>
          <Mono overflow="clip">{name}</Mono>
          {size !== null && !sending && <span className={classes.size}>{formatBytes(size)}</span>}
          {phase === 'waiting' && <span className={classes.size}>waiting for its turn</span>}
        </p>
        {sending && <Progressing upload={upload} />}
        {phase === 'left' && <Left upload={upload} />}
        {summary && <Outcome summary={summary} />}
        {summary?.records === 0 && summary.error === null && <p className={classes.facts}>There is no record in it.</p>}
        {note !== null && <p className={classes.facts}>{note}</p>}
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
        {!sending && <HostAsked upload={upload} />}
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
        <Tooltip label={verb}>
          <ActionIcon aria-label={`${verb} ${name}`} onClick={() => (verb === 'Cancel' ? uploadStore.cancel(key) : uploadStore.dismiss(key))}>
            <IconX size={16} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      </div>
    </li>
  )
})
