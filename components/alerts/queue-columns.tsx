import Link from 'next/link'
import { AskedFor } from '@/components/alerts/asked-for'
import { StackedTime } from '@/components/alerts/stacked-time'
import { ProgressPill } from '@/components/ui/progress-pill'
import { RelativeAge } from '@/components/ui/relative-age'
import { RiskScore } from '@/components/ui/risk-score'
import { SeverityBadge } from '@/components/ui/severity-badge'
import { StatusBadge } from '@/components/ui/status-badge'
import { VerdictBadge } from '@/components/ui/verdict-badge'
import type { DataColumn } from '@/components/ui/data-table/data-column'
import { Mono } from '@/components/ui/machine-text/mono'
import { visibleText } from '@/lib/text/visible-text'
import { caseRef } from '@/lib/cases/schema'
import { alertRef } from '@/lib/alerts/schema'
import type { AlertSortKey, AlertSummary } from '@/lib/alerts/schema'
import classes from './queue.module.css'

const nothing = <span className={classes.none}>–</span>

function Reason({ alert }: { alert: AlertSummary }) {
  return (
    <>
      <span className={classes.reason} dir="ltr">
        {visibleText(alert.reason)}
      </span>
      <span className={classes.under}>
        <span className={classes.ref}>{alertRef(alert.id)}</span>
        <span className={classes.narrowTime}>
          <RelativeAge value={alert.occurredAt} />
        </span>
        {alert.caseIds.length > 0 && <span className={classes.inCase}>in {listCases(alert.caseIds)}</span>}
        {alert.retractedAt !== null && (
          <span className={classes.mark} title="With an event that arrived later the rule no longer matches.">
            Retracted
          </span>
        )}
        {alert.overCap && (
          <span className={classes.mark} title="Raised beyond the rule’s max_signals.">
            Over the cap
          </span>
        )}
        {alert.truncated.length > 0 && (
          <span className={classes.mark} title="Not everything within reach was looked at; its page says what.">
            Cut short
          </span>
        )}
        <span className={classes.rule}>{visibleText(alert.ruleName)}</span>
      </span>
    </>
  )
}

/** `C-1, C-4 +2`: enough to know that somebody is at work on it. */
function listCases(ids: readonly number[]): string {
  return `${ids.slice(0, 2).map(caseRef).join(', ')}${ids.length > 2 ? ` +${ids.length - 2}` : ''}`
}

function Cases({ ids }: { ids: readonly number[] }) {
  if (ids.length === 0) return nothing
  return (
    <>
      {ids.slice(0, 2).map((id, i) => (
        <span key={id}>
          {i > 0 && ', '}
          <Link href={`/cases/${caseRef(id)}`} prefetch={false}>
            {caseRef(id)}
          </Link>
        </span>
      ))}
      {ids.length > 2 && <span className={classes.quiet}> +{ids.length - 2}</span>}
    </>
  )
}

// Column ids are the keys the server sorts by, where it does; `sortBy` only marks those columns as sortable.
const serverSorted = () => 0

/**
 * The columns of the queue; some are there to be chosen. Those that show at first fit a screen of 1280 pixels: whoever has an
 * alert stands under its status.
 */
export const QUEUE_COLUMNS: ReadonlyArray<DataColumn<AlertSummary> & { readonly id: AlertSortKey | 'cases' | 'parent' | 'user' | 'process' | 'risk' | 'reason' }> = [
  {
    id: 'time',
    header: 'Time',
    width: 150,
    sortBy: serverSorted,
    sortDescFirst: true,
    multiline: true,
    wideOnly: true,
    cell: (alert) => <StackedTime value={alert.occurredAt} />,
  },
  { id: 'reason', header: 'What happened', minWidth: 252, primary: true, multiline: true, cell: (alert) => <Reason alert={alert} /> },
  { id: 'asked', header: 'Asked for', width: 150, sortBy: serverSorted, multiline: true, cell: (alert) => <AskedFor imds={alert.imds} /> },
  { id: 'severity', header: 'Severity', width: 94, sortBy: serverSorted, sortDescFirst: true, cell: (alert) => <SeverityBadge severity={alert.severity} variant="plain" /> },
  { id: 'risk', header: 'Risk', width: 92, hidden: true, cell: (alert) => <RiskScore score={alert.riskScore} /> },
  { id: 'host', header: 'Host', width: 102, sortBy: serverSorted, cell: (alert) => <span title={alert.hostId}>{visibleText(alert.hostName)}</span> },
  {
    id: 'status',
    header: 'Status',
    width: 140,
    sortBy: serverSorted,
    multiline: true,
    cell: (alert) => (
      <>
        {alert.verdict === null ? <StatusBadge status={alert.status} variant="plain" /> : <VerdictBadge verdict={alert.verdict} variant="plain" />}
        {alert.assignee !== null && <span className={classes.assignee}>{visibleText(alert.assignee)}</span>}
      </>
    ),
  },
  { id: 'assignee', header: 'Assignee', width: 110, hidden: true, sortBy: serverSorted, cell: (alert) => (alert.assignee === null ? nothing : visibleText(alert.assignee)) },
  {
    id: 'checklist',
    header: 'Checklist',
    width: 98,
    sortBy: serverSorted,
    sortDescFirst: true,
    cell: (alert) => <ProgressPill done={alert.checklistDone} total={alert.checklistTotal} of="checklist items" />,
  },
  { id: 'cases', header: 'Cases', width: 80, hidden: true, cell: (alert) => <Cases ids={alert.caseIds} /> },
  { id: 'rule', header: 'Rule', width: 220, hidden: true, sortBy: serverSorted, cell: (alert) => visibleText(alert.ruleName) },
  { id: 'process', header: 'Process', width: 120, hidden: true, cell: (alert) => (alert.processName === null ? nothing : <Mono overflow="clip">{alert.processName}</Mono>) },
  { id: 'parent', header: 'Parent', width: 200, hidden: true, cell: (alert) => (alert.parentExecutable === null ? nothing : <Mono overflow="clip">{alert.parentExecutable}</Mono>) },
  { id: 'user', header: 'User', width: 110, hidden: true, cell: (alert) => (alert.userName === null ? nothing : <Mono overflow="clip">{alert.userName}</Mono>) },
  { id: 'updated', header: 'Updated', width: 120, hidden: true, sortBy: serverSorted, sortDescFirst: true, cell: (alert) => <RelativeAge value={alert.updatedAt} /> },
]
