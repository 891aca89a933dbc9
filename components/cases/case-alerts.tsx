'use client'

import { ActionIcon, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { StackedTime } from '@/components/alerts/stacked-time'
import type { CaseActions } from '@/components/cases/case-actions'
import { ButtonLink } from '@/components/ui/button-link'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import type { DataColumn } from '@/components/ui/data-table/data-column'
import { DataTable } from '@/components/ui/data-table/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { visibleText } from '@/lib/text/visible-text'
import { Panel } from '@/components/ui/panel'
import { ProgressPill } from '@/components/ui/progress-pill'
import { SeverityBadge } from '@/components/ui/severity-badge'
import { StatusBadge } from '@/components/ui/status-badge'
import { useUndo } from '@/components/ui/undo/undo-provider'
import { VerdictBadge } from '@/components/ui/verdict-badge'
import { SEVERITIES } from '@/lib/rules/schema'
import { alertRef } from '@/lib/alerts/schema'
import { caseRef, type CaseAlert, type CaseDetail } from '@/lib/cases/schema'
import classes from './cases.module.css'

function columns(onRemove: (alert: CaseAlert) => void): ReadonlyArray<DataColumn<CaseAlert>> {
  return [
    { id: 'time', header: 'Time', width: 154, sortBy: ({ occurredAt }) => occurredAt, cell: ({ occurredAt }) => <StackedTime value={occurredAt} /> },
    {
      id: 'severity',
      header: 'Severity',
      width: 94,
      sortBy: ({ severity }) => SEVERITIES.indexOf(severity),
      sortDescFirst: true,
      cell: ({ severity }) => <SeverityBadge severity={severity} variant="plain" />,
    },
    {
      id: 'reason',
      header: 'What happened',
      minWidth: 230,
      primary: true,
      multiline: true,
      cell: ({ id, reason, ruleName }) => (
        <>
          <span className={`${classes.threeLines} ${classes.reason}`} dir="ltr">
            {visibleText(reason)}
          </span>
          <span className={classes.under}>
            {alertRef(id)} · {visibleText(ruleName)}
          </span>
        </>
      ),
    },
    { id: 'host', header: 'Host', width: 100, sortBy: ({ hostName }) => hostName, cell: ({ hostName }) => <span className={classes.clip}>{visibleText(hostName)}</span> },
    {
      id: 'verdict',
      header: 'Verdict',
      width: 150,
      sortBy: ({ verdict, status }) => verdict ?? status,
      cell: ({ verdict, status }) => (verdict === null ? <StatusBadge status={status} variant="plain" /> : <VerdictBadge verdict={verdict} variant="plain" />),
    },
    {
      id: 'checklist',
      header: 'Checklist',
      width: 96,
      hidden: true,
      sortBy: ({ checklistDone, checklistTotal }) => (checklistTotal === 0 ? 0 : checklistDone / checklistTotal),
      cell: ({ checklistDone, checklistTotal }) => <ProgressPill done={checklistDone} total={checklistTotal} of="checklist items" />,
    },
    {
      id: 'remove',
      header: 'Remove',
      width: 76,
      cell: (alert) => (
        <Tooltip label="Take out of the case">
          <ActionIcon aria-label={`Take ${alertRef(alert.id)} out of the case`} onClick={() => onRemove(alert)}>
            <IconX size={15} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ]
}

/** The alerts of a case, oldest activity first. */
export function CaseAlerts({ detail, actions }: { detail: CaseDetail; actions: Pick<CaseActions, 'removeAlert'> }) {
  const [removing, setRemoving] = useState<CaseAlert>()
  const { announce } = useUndo()
  const remove = async () => {
    if (!removing) return
    const result = await actions.removeAlert({ caseId: detail.id, alertId: removing.id })
    if (!result.ok) throw new Error(result.error.message)
    announce(`${alertRef(removing.id)} is no longer in ${caseRef(detail.id)}.`, result.value.act)
  }
  if (detail.alerts === 0) {
    return (
      <Panel title="Alerts" count={0} flush>
        <EmptyState
          size="inline"
          icon={<IconAlertTriangle size={22} stroke={1.6} />}
          title="No alerts in this case"
          action={
            <ButtonLink href="/alerts" variant="default">
              Go to the alerts
            </ButtonLink>
          }
        >
          <p>
            Select alerts in the queue, or open one, and choose <b>Add to case…</b> (or press <kbd>c</kbd>). Their records, process trees and checklists come with them.
          </p>
        </EmptyState>
      </Panel>
    )
  }
  return (
    <section aria-labelledby="case-alerts">
      <DataTable
        label="Alerts of the case"
        rows={detail.alertList}
        rowId={({ id }) => alertRef(id)}
        columns={columns(setRemoving)}
        rowHeight={80}
        href={({ id }) => `/alerts/${alertRef(id)}?status=all&case=${caseRef(detail.id)}`}
        sort={{ id: 'time', desc: false }}
        toolbar={
          <span className={classes.tableTitle}>
            <h2 id="case-alerts">
              Alerts <span className={classes.count}>{detail.alerts.toLocaleString('en')}</span>
            </h2>
            <span className={classes.quiet}>{detail.undecided === 0 ? 'All have a verdict' : `${detail.undecided.toLocaleString('en')} without a verdict`}</span>
          </span>
        }
      />
      <ConfirmDialog
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={removing === undefined ? 'Take the alert out?' : `Take ${alertRef(removing.id)} out of ${caseRef(detail.id)}?`}
        confirmLabel="Take out"
        onConfirm={remove}
      >
        The alert itself stays, with its verdict and history; the case and its next export no longer have it. It can be added again.
      </ConfirmDialog>
    </section>
  )
}
