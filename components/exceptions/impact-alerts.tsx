import { StatusBadge } from '@/components/ui/status-badge'
import { VerdictBadge } from '@/components/ui/verdict-badge'
import { alertRef } from '@/lib/alerts/schema'
import type { ExceptionImpact } from '@/lib/exceptions/schema'
import classes from './impact-panel.module.css'

/** The alerts that an exception would have held back; they open beside, so that what was entered stays. */
export function ImpactAlerts({ alerts, hides }: Pick<ExceptionImpact, 'alerts' | 'hides'>) {
  const hidden = new Set(hides.alerts.map(({ id }) => id))
  if (alerts.listed.length === 0) return null
  const more = alerts.matched - alerts.listed.length
  return (
    // It scrolls, so the keyboard must be able to reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes.alerts} aria-label="Matching alerts" tabIndex={0}>
      <ul>
        {alerts.listed.map(({ id, status, verdict, reason, role }) => (
          <li key={id} data-danger={hidden.has(id) || undefined}>
            <a href={`/alerts/${alertRef(id)}`} target="_blank" rel="noreferrer">
              {alertRef(id)}
            </a>
            <span className={classes.reason} title={reason}>
              {reason}
            </span>
            <span className={classes.badges}>{verdict === null ? <StatusBadge status={status} variant="plain" /> : <VerdictBadge verdict={verdict} variant="plain" />}</span>
            <span className="visually-hidden">through its {role} record</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p>and {more.toLocaleString('en')} more</p>}
    </section>
  )
}
