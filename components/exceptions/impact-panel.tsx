'use client'

import { Button } from '@mantine/core'
import { IconAlertOctagonFilled, IconAlertTriangle } from '@tabler/icons-react'
import { ConditionsByRecord } from '@/components/exceptions/conditions-by-record'
import { ImpactAlerts } from '@/components/exceptions/impact-alerts'
import type { RecordColumn } from '@/components/exceptions/record-columns'
import type { ImpactState } from '@/components/exceptions/use-impact'
import { SkeletonBar } from '@/components/ui/skeletons'
import { Mono } from '@/components/ui/machine-text/mono'
import { Timestamp } from '@/components/ui/timestamp'
import type { ExceptionEntry, ExceptionImpact, PreviewWarning } from '@/lib/exceptions/schema'
import classes from './impact-panel.module.css'

interface ImpactPanelProps {
  readonly state: ImpactState
  /** False while a condition is not complete. */
  readonly isAsked: boolean
  readonly entries: readonly ExceptionEntry[]
  readonly columns: readonly RecordColumn[]
  /** Whether the columns are records of the alert the exception is made from. */
  readonly ofAlert: boolean
  /** Looks through everything, after a look that had to stop. */
  readonly onComplete: () => void
  /** Asks again after a failure. */
  readonly onRetry: () => void
}

/** What the exception would have done, before it is saved. */
export function ImpactPanel({ state, isAsked, entries, columns, ofAlert, onComplete, onRetry }: ImpactPanelProps) {
  const { impact, isCurrent, failure } = state
  return (
    <section className={classes.panel} aria-label="Effect of this exception" aria-busy={isAsked && !isCurrent}>
      <h3 className={classes.title}>
        Effect on what is stored
        <span className={classes.state}>{isAsked && !isCurrent ? 'looking…' : ''}</span>
      </h3>
      {!isAsked && <p className={classes.quiet}>Complete the conditions to see which events, alerts and cases they match.</p>}
      {failure !== null && (
        <div className={classes.quiet} role="alert">
          <p>{failure}</p>
          <Button variant="default" size="compact-xs" mt={6} onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
      {isAsked && impact === null && failure === null && <Waiting />}
      {isAsked && impact !== null && (
        <div className={classes.answer} data-stale={!isCurrent || undefined}>
          <Figures impact={impact} />
          <Warnings warnings={impact.warnings} />
          {(impact.events.truncated || impact.alerts.truncated) && <Reach impact={impact} onComplete={onComplete} />}
          <ImpactAlerts alerts={impact.alerts} hides={impact.hides} />
        </div>
      )}
      {columns.length > 0 && entries.length > 0 && (
        <div>
          <h4 className={classes.subtitle}>{ofAlert ? 'On this alert’s records' : 'On records the rule has matched'}</h4>
          <Conclusion columns={columns} ofAlert={ofAlert} />
          <ConditionsByRecord entries={entries} columns={columns} whose={ofAlert ? 'of this alert' : 'the rule has matched'} />
        </div>
      )}
      {isAsked && impact !== null && impact.events.sample.length > 0 && <Sample impact={impact} />}
    </section>
  )
}

function Waiting() {
  return (
    <div className={classes.waiting}>
      <SkeletonBar width="60%" height={22} />
      <SkeletonBar width="85%" />
      <SkeletonBar width="70%" />
    </div>
  )
}

const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`

function Figures({ impact: { events, alerts, cases } }: { impact: ExceptionImpact }) {
  const least = (isCut: boolean) => (isCut ? '≥ ' : '')
  return (
    <output className={classes.figures}>
      <span className={classes.figure}>
        <b>
          {least(alerts.truncated)}
          {alerts.matched.toLocaleString('en')}
        </b>{' '}
        {alerts.matched === 1 ? 'alert' : 'alerts'} would have been held back
        <span className={classes.parts}>{byStatus(alerts)}</span>
      </span>
      <span className={classes.figure}>
        <b>
          {least(events.truncated)}
          {events.matched.toLocaleString('en')}
        </b>{' '}
        stored {events.matched === 1 ? 'event matches' : 'events match'}
        <span className={classes.parts}>of {events.truncated && 'the newest '}{events.scanned.toLocaleString('en')}</span>
      </span>
      <span className={classes.figure}>
        <b>{cases.length.toLocaleString('en')}</b> {cases.length === 1 ? 'case has such an alert' : 'cases have such an alert'}
        <span className={classes.parts}>{cases.map(({ title }) => title).join(', ')}</span>
      </span>
    </output>
  )
}

function byStatus({ open, acknowledged, matched, total }: ExceptionImpact['alerts']): string {
  if (matched === 0) return total === 0 ? 'there is none' : `of ${total.toLocaleString('en')}`
  const parts = [
    [open, 'open'],
    [acknowledged, 'acknowledged'],
    [matched - open - acknowledged, 'closed'],
  ] as const
  return parts.flatMap(([n, word]) => (n === 0 ? [] : [`${n.toLocaleString('en')} ${word}`])).join(' · ')
}

function Warnings({ warnings }: { warnings: readonly PreviewWarning[] }) {
  // A hint stands beside its condition already, what it hides in the footer.
  const shown = warnings.filter(({ code }) => code !== 'condition_hint')
  if (shown.length === 0) return null
  return (
    <ul className={classes.warnings}>
      {shown.map(({ code, level, text }) => (
        <li key={code} className={classes.warning} data-level={level}>
          {level === 'danger' ? <IconAlertOctagonFilled size={17} aria-hidden /> : <IconAlertTriangle size={16} stroke={1.9} aria-hidden />}
          <span>{text}</span>
        </li>
      ))}
    </ul>
  )
}

function Reach({ impact: { events, alerts }, onComplete }: { impact: ExceptionImpact; onComplete: () => void }) {
  const seen = [
    ...(alerts.truncated ? [`${count(alerts.scanned, 'alert')} of ${alerts.total.toLocaleString('en')}`] : []),
    ...(events.truncated ? [`the newest ${count(events.scanned, 'event')} of ${events.total.toLocaleString('en')}`] : []),
  ]
  return (
    <p className={classes.reach}>
      Looked through {seen.join(' and ')}.{' '}
      <Button variant="subtle" size="compact-xs" onClick={onComplete}>
        Look through everything
      </Button>
    </p>
  )
}

function Conclusion({ columns, ofAlert }: { columns: readonly RecordColumn[]; ofAlert: boolean }) {
  if (!ofAlert) return null
  const met = columns.find(({ isAsked, meetsAll }) => isAsked && meetsAll === true)
  return (
    <p className={classes.conclusion} data-met={met !== undefined}>
      {met ? `This alert would not have been raised: its ${met.label} meets every condition.` : 'This alert would still be raised: no single record meets every condition.'}
    </p>
  )
}

function Sample({ impact: { events } }: { impact: ExceptionImpact }) {
  return (
    <details className={classes.sample}>
      <summary>
        {events.sample.length === events.matched ? 'The' : 'Newest'} {events.sample.length} matching {events.sample.length === 1 ? 'event' : 'events'}
      </summary>
      <ul>
        {events.sample.map((event) => (
          <li key={event.id}>
            <span className={classes.sampleHead}>
              <Timestamp value={event.timestamp} /> · {event.hostName} · {event.role}
            </span>
            <Mono overflow="clip">{event.summary}</Mono>
          </li>
        ))}
      </ul>
    </details>
  )
}
