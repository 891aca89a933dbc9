'use client'

import { CaseStatusBadge, TlpBadge } from '@/components/cases/case-badges'
import type { DataColumn } from '@/components/ui/data-table/data-column'
import { DataTable } from '@/components/ui/data-table/data-table'
import { RelativeAge } from '@/components/ui/relative-age'
import { SeverityBadge } from '@/components/ui/severity-badge'
import { SEVERITIES } from '@/lib/rules/schema'
import { CASE_STATUSES, caseRef, type CaseSummary } from '@/lib/cases/schema'
import classes from './cases.module.css'

const COLUMNS: ReadonlyArray<DataColumn<CaseSummary>> = [
  {
    id: 'title',
    header: 'Case',
    minWidth: 260,
    multiline: true,
    sortBy: ({ title }) => title,
    cell: ({ id, title, createdBy }) => (
      <>
        <span className={classes.clip}>{title}</span>
        <span className={classes.under}>
          {caseRef(id)} · opened by {createdBy}
        </span>
      </>
    ),
  },
  { id: 'status', header: 'Status', width: 124, sortBy: ({ status }) => CASE_STATUSES.indexOf(status), cell: ({ status }) => <CaseStatusBadge status={status} variant="plain" /> },
  {
    id: 'severity',
    header: 'Severity',
    width: 112,
    sortBy: ({ severity }) => SEVERITIES.indexOf(severity),
    sortDescFirst: true,
    cell: ({ severity }) => <SeverityBadge severity={severity} variant="plain" />,
  },
  { id: 'alerts', header: 'Alerts', width: 84, align: 'end', sortBy: ({ alerts }) => alerts, sortDescFirst: true, cell: ({ alerts }) => alerts.toLocaleString('en') },
  {
    id: 'undecided',
    header: 'No verdict',
    width: 104,
    align: 'end',
    sortBy: ({ undecided }) => undecided,
    sortDescFirst: true,
    cell: ({ undecided }) => (undecided === 0 ? <span className={classes.quiet}>–</span> : undecided.toLocaleString('en')),
  },
  { id: 'notes', header: 'Notes', width: 80, align: 'end', sortBy: ({ notes }) => notes, sortDescFirst: true, cell: ({ notes }) => notes.toLocaleString('en') },
  { id: 'tlp', header: 'TLP', width: 150, sortBy: ({ tlp }) => tlp, cell: ({ tlp }) => <TlpBadge tlp={tlp} /> },
  { id: 'updated', header: 'Changed', width: 120, sortBy: ({ updatedAt }) => updatedAt, sortDescFirst: true, cell: ({ updatedAt }) => <RelativeAge value={updatedAt} /> },
  { id: 'created', header: 'Opened', width: 120, hidden: true, sortBy: ({ createdAt }) => createdAt, sortDescFirst: true, cell: ({ createdAt }) => <RelativeAge value={createdAt} /> },
]

interface CaseTableProps {
  readonly cases: readonly CaseSummary[]
  readonly total: number
  readonly counts: Readonly<Record<CaseSummary['status'], number>>
}

/** The cases, the most recently changed first. */
export function CaseTable({ cases, total, counts }: CaseTableProps) {
  return (
    <DataTable
      label="Cases"
      rows={cases}
      rowId={({ id }) => caseRef(id)}
      columns={COLUMNS}
      rowHeight={48}
      href={({ id }) => `/cases/${caseRef(id)}`}
      sort={{ id: 'updated', desc: true }}
      total={total}
      toolbar={
        <span>
          {counts.open.toLocaleString('en')} open, {counts.in_progress.toLocaleString('en')} in progress, {counts.closed.toLocaleString('en')} closed
        </span>
      }
      footer={total > cases.length ? `The ${cases.length.toLocaleString('en')} most recently changed of ${total.toLocaleString('en')} cases.` : undefined}
    />
  )
}
