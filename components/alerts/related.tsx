import Link from 'next/link'
import { Badge } from '@/components/ui/badge'
import { formatDelta } from '@/components/ui/format-delta'
import { visibleText } from '@/components/ui/machine-text/visible-text'
import { SeverityMark } from '@/components/ui/severity-mark'
import { StatusBadge } from '@/components/ui/status-badge'
import { VerdictBadge } from '@/components/ui/verdict-badge'
import { alertRef } from '@/lib/alerts/schema'
import type { AlertDetail, AlertRelation, AlertSummary, RelatedAlerts } from '@/lib/alerts/schema'
import classes from './related.module.css'

const TITLES: Readonly<Record<AlertRelation, string>> = {
  process: 'Same process',
  parent: 'Same parent process',
  session: 'Same session',
  parentExecutable: 'Same parent program, any host',
  user: 'Same user on this host',
  host: 'Same host',
}

type Self = Pick<AlertDetail, 'id' | 'occurredAt' | 'hostId' | 'parentExecutable'>

function listHref(relation: AlertRelation, alert: Self): string | null {
  if (relation === 'host') return `/alerts?${new URLSearchParams({ status: 'all', host: alert.hostId }).toString()}`
  // Commas separate values in that parameter.
  if (relation === 'parentExecutable' && alert.parentExecutable !== null && !alert.parentExecutable.includes(',')) {
    return `/alerts?${new URLSearchParams({ status: 'all', parent: alert.parentExecutable }).toString()}`
  }
  return null
}

function Row({ alert, self }: { alert: AlertSummary; self: Self }) {
  const delta = Date.parse(alert.occurredAt) - Date.parse(self.occurredAt)
  return (
    <li className={classes.row}>
      <span className={classes.delta} title={alert.occurredAt}>
        {delta === 0 ? 'same time' : `${formatDelta(Math.abs(delta))} ${delta < 0 ? 'before' : 'after'}`}
      </span>
      <span className={classes.severity} data-severity={alert.severity}>
        <SeverityMark severity={alert.severity} />
        <span className="visually-hidden">{alert.severity} severity</span>
      </span>
      <Link href={`/alerts/${alertRef(alert.id)}`} prefetch={false} className={classes.reason}>
        <span className={classes.ref}>{alertRef(alert.id)}</span> {visibleText(alert.reason)}
      </Link>
      <span className={classes.host}>{visibleText(alert.hostName)}</span>
      <span className={classes.state}>
        {alert.verdict === null ? <StatusBadge status={alert.status} variant="plain" /> : <VerdictBadge verdict={alert.verdict} variant="plain" />}
      </span>
    </li>
  )
}

/** Alerts that share something with this one, the closest relation and the nearest in time first. */
export function Related({ alert, groups }: { alert: Self; groups: readonly RelatedAlerts[] }) {
  const present = groups.filter(({ total }) => total > 0)
  const absent = groups.filter(({ total }) => total === 0)
  return (
    <div className={classes.related}>
      {present.map(({ relation, value, total, alerts }) => {
        const href = listHref(relation, alert)
        return (
          <section key={relation} aria-label={TITLES[relation]}>
            <h3 className={classes.title}>
              {TITLES[relation]} <Badge variant="outline">{visibleText(value)}</Badge>
              <span className={classes.total}>{total.toLocaleString('en')}</span>
              {href !== null && (
                <Link href={href} prefetch={false} className={classes.all}>
                  Show in the queue
                </Link>
              )}
            </h3>
            <ul className={classes.rows}>
              {alerts.map((other) => (
                <Row key={other.id} alert={other} self={alert} />
              ))}
            </ul>
            {total > alerts.length && (
              <p className={classes.none}>
                The {alerts.length} nearest in time of {total.toLocaleString('en')}.
              </p>
            )}
          </section>
        )
      })}
      {absent.length > 0 && <p className={classes.none}>No other alert of the: {absent.map(({ relation }) => TITLES[relation].toLowerCase()).join('; ')}.</p>}
    </div>
  )
}
