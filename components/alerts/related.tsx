import Link from 'next/link'
import { formatDelta } from '@/components/ui/format-delta'
import { visibleText } from '@/lib/text/visible-text'
import { SeverityMark } from '@/components/ui/severity-mark'
import { StatusBadge } from '@/components/ui/status-badge'
import { VerdictBadge } from '@/components/ui/verdict-badge'
import { alertRef } from '@/lib/alerts/schema'
import type { AlertDetail, AlertRelation, AlertSummary, RelatedAlerts } from '@/lib/alerts/schema'
import classes from './related.module.css'

const TITLES: Readonly<Record<AlertRelation, string>> = {
  process: 'Process',
  parent: 'Parent process',
  session: 'Session',
  parentExecutable: 'Parent program, any host',
  user: 'User on this host',
  host: 'Host',
}

const SHORT: Readonly<Record<AlertRelation, string>> = {
  process: 'process',
  parent: 'parent process',
  session: 'session',
  parentExecutable: 'parent program',
  user: 'user',
  host: 'host',
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

interface Shared {
  readonly alert: AlertSummary
  readonly relations: readonly AlertRelation[]
}

/** Each alert once, with all it shares, nearest in time first. */
function merge(groups: readonly RelatedAlerts[], at: number): readonly Shared[] {
  const found = new Map<number, { alert: AlertSummary; relations: AlertRelation[] }>()
  for (const { relation, alerts } of groups) {
    for (const alert of alerts) {
      const known = found.get(alert.id)
      if (known) known.relations.push(relation)
      else found.set(alert.id, { alert, relations: [relation] })
    }
  }
  return [...found.values()].sort((a, b) => Math.abs(Date.parse(a.alert.occurredAt) - at) - Math.abs(Date.parse(b.alert.occurredAt) - at))
}

function Row({ alert, relations, at }: Shared & { at: number }) {
  const delta = Date.parse(alert.occurredAt) - at
  return (
    <li className={classes.row}>
      <span className={classes.delta} title={alert.occurredAt}>
        {delta === 0 ? 'same time' : `${formatDelta(Math.abs(delta))} ${delta < 0 ? 'before' : 'after'}`}
      </span>
      <span className={classes.severity} data-severity={alert.severity}>
        <SeverityMark severity={alert.severity} />
        <span className="visually-hidden">{alert.severity} severity</span>
      </span>
      <div className={classes.what}>
        <Link href={`/alerts/${alertRef(alert.id)}`} prefetch={false} className={classes.reason}>
          <span className={classes.ref}>{alertRef(alert.id)}</span> {visibleText(alert.reason)}
        </Link>
        <p className={classes.shared}>
          {visibleText(alert.hostName)} · same {relations.map((relation) => SHORT[relation]).join(', ')}
        </p>
      </div>
      <span className={classes.state}>
        {alert.verdict === null ? <StatusBadge status={alert.status} variant="plain" /> : <VerdictBadge verdict={alert.verdict} variant="plain" />}
      </span>
    </li>
  )
}

/** Alerts that share something with this one: how many share what, then each of them once, nearest in time first. */
export function Related({ alert, groups }: { alert: Self; groups: readonly RelatedAlerts[] }) {
  const at = Date.parse(alert.occurredAt)
  const rows = merge(groups, at)
  return (
    <div className={classes.related}>
      <dl className={classes.counts}>
        {groups.map(({ relation, value, total }) => {
          const href = listHref(relation, alert)
          return (
            <div key={relation} data-none={total === 0 || undefined}>
              <dt>{TITLES[relation]}</dt>
              <dd>
                <span className={classes.total}>{href !== null && total > 0 ? <Link href={href}>{total.toLocaleString('en')}</Link> : total.toLocaleString('en')}</span>
                <span className={classes.value}>{visibleText(value)}</span>
              </dd>
            </div>
          )
        })}
      </dl>
      {rows.length === 0 ? (
        <p className={classes.none}>No other alert shares its process, session, user or host.</p>
      ) : (
        <ul className={classes.rows}>
          {rows.map((row) => (
            <Row key={row.alert.id} {...row} at={at} />
          ))}
        </ul>
      )}
      {groups.some(({ total, alerts }) => total > alerts.length) && <p className={classes.none}>Of each kind the nearest in time.</p>}
    </div>
  )
}
