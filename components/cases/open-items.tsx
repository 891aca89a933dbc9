import Link from 'next/link'
import { Badge } from '@/components/ui/badge'
import { Panel } from '@/components/ui/panel'
import { alertRef } from '@/lib/alerts/schema'
import type { CaseDetail, OpenChecklistItem } from '@/lib/cases/schema'
import classes from './cases.module.css'

interface AlertItems {
  readonly alertId: number
  readonly followUps: readonly OpenChecklistItem[]
  readonly unanswered: number
}

function byAlert(items: readonly OpenChecklistItem[]): readonly AlertItems[] {
  const ids = [...new Set(items.map((item) => item.alertId))]
  return ids.map((alertId) => {
    const own = items.filter((item) => item.alertId === alertId)
    const followUps = own.filter((item) => item.state === 'follow_up')
    return { alertId, followUps, unanswered: own.length - followUps.length }
  })
}

/** What the checklists of the case's alerts still ask: follow-ups in words, the rest counted. */
export function OpenItems({ detail: { openItems, openItemCount, alerts } }: { detail: CaseDetail }) {
  const rows = byAlert(openItems)
  return (
    <Panel title="Open checklist items" count={openItemCount} flush>
      {rows.length === 0 ? (
        <p className={classes.empty}>{alerts === 0 ? 'The checklists of the case’s alerts show here.' : 'Every step is settled.'}</p>
      ) : (
        <ul className={`${classes.rows} ${classes.scroll}`}>
          {rows.map(({ alertId, followUps, unanswered }) => (
            <li key={alertId}>
              <p className={classes.rowHead}>
                <Link href={`/alerts/${alertRef(alertId)}`} prefetch={false}>
                  {alertRef(alertId)}
                </Link>
                {unanswered > 0 && `${unanswered} ${unanswered === 1 ? 'step' : 'steps'} without an answer`}
              </p>
              {followUps.map((item) => (
                <p key={item.itemKey} className={classes.rowText}>
                  <Badge tone="warn">Follow-up</Badge> {item.note === '' ? item.text : item.note}
                </p>
              ))}
            </li>
          ))}
        </ul>
      )}
      {openItemCount > openItems.length && <p className={classes.empty}>{(openItemCount - openItems.length).toLocaleString('en')} more are not shown.</p>}
    </Panel>
  )
}
