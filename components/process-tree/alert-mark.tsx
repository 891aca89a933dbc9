import Link from 'next/link'
import { visibleText } from '@/lib/text/visible-text'
import { SeverityMark, type Severity } from '@/components/ui/severity-mark'
import type { ProcessNode } from '@/lib/process-tree/index'
import classes from './process-tree.module.css'

function severityOf(text: string): Severity {
  return text === 'critical' || text === 'high' || text === 'medium' ? text : 'low'
}

interface AlertMarkProps {
  readonly alert: ProcessNode['alerts'][number]
  /** The alert whose page this is: marked, not linked. */
  readonly current: boolean
  /** In the treegrid it is not: the grid is one stop, its cells are reached by the arrow keys. */
  readonly inTabOrder?: boolean
}

/** An alert that links an event of a process. */
export function AlertMark({ alert, current, inTabOrder = false }: AlertMarkProps) {
  const severity = severityOf(alert.severity)
  const body = (
    <>
      <SeverityMark severity={severity} size={12} />
      {alert.id}
    </>
  )
  const what = visibleText(alert.asked === undefined ? alert.ruleName : `${alert.ruleName}: for ${alert.asked}`)
  const title = current ? `${what} (this alert)` : what
  if (current) {
    return (
      <span className={classes.alert} data-severity={severity} data-current title={title}>
        {body}
      </span>
    )
  }
  return (
    <Link
      className={classes.alert}
      data-severity={severity}
      href={`/alerts/${encodeURIComponent(alert.id)}`}
      title={title}
      tabIndex={inTabOrder ? undefined : -1}
      aria-label={`Alert ${alert.id}: ${what}`}
    >
      {body}
    </Link>
  )
}
