import { IconArrowsJoin } from '@tabler/icons-react'
import Link from 'next/link'
import { visibleText } from '@/lib/text/visible-text'
import { alertRef } from '@/lib/alerts/schema'
import type { AlertSummary } from '@/lib/alerts/schema'
import classes from './same-act.module.css'

/** Other rules that fired on the same process: one act seen twice, not two. */
export function SameAct({ alerts }: { alerts: readonly AlertSummary[] }) {
  if (alerts.length === 0) return null
  return (
    <p className={classes.note} role="note">
      <IconArrowsJoin size={16} stroke={1.8} aria-hidden />
      <span>
        Of the same process:{' '}
        {alerts.map((alert, i) => (
          <span key={alert.id}>
            {i > 0 && ', '}
            <Link href={`/alerts/${alertRef(alert.id)}`} prefetch={false}>
              {alertRef(alert.id)} {visibleText(alert.ruleName)}
            </Link>
          </span>
        ))}
      </span>
    </p>
  )
}
