import { IconFilterOff } from '@tabler/icons-react'
import Link from 'next/link'
import table from '@/components/overview/overview-table.module.css'
import { maskSecrets } from '@/lib/text/secrets'
import { EmptyState } from '@/components/ui/empty-state'
import { Mono } from '@/components/ui/machine-text/mono'
import { visibleText } from '@/lib/text/visible-text'
import { Panel } from '@/components/ui/panel'
import { RelativeAge } from '@/components/ui/relative-age'
import { Timestamp } from '@/components/ui/timestamp'
import { alertRef } from '@/lib/alerts/schema'
import { exceptionRef, type HeldBack, type HeldBackList } from '@/lib/exceptions/schema'
import classes from './held-back-table.module.css'

interface HeldBackTableProps {
  readonly list: HeldBackList
  /** How many there were in all: more than are listed when old ones went. */
  readonly hits?: number
  /** Names the exception in every row. */
  readonly ofAll?: boolean
  readonly page: number
  readonly pageSize: number
  /** The address of another page. */
  readonly hrefOf: (page: number) => string
}

/** What exceptions held back, as the alerts they would have been: when, who, what, which record, and what became of it. */
export function HeldBackTable({ list: { rows, total }, hits, ofAll = false, page, pageSize, hrefOf }: HeldBackTableProps) {
  const gone = hits === undefined ? 0 : Math.max(0, hits - total)
  return (
    <Panel
      title="Held back"
      count={total}
      description={gone > 0 ? `Alerts that were not raised. ${gone.toLocaleString('en')} more ${gone === 1 ? 'is' : 'are'} counted: their records are deleted, or they are too many to keep.` : 'Alerts that were not raised, the latest first.'}
      flush
    >
      {rows.length === 0 ? (
        <EmptyState size="inline" icon={<IconFilterOff size={22} stroke={1.6} />} title="Nothing to show" />
      ) : (
        // It scrolls sideways on a narrow screen, so the keyboard must be able to reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <section className={table.scroll} aria-label="Matches that were held back" tabIndex={0}>
          <table className={`${table.table} ${classes.table}`}>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Would have been</th>
                <th scope="col">Where and who</th>
                <th scope="col">Record that fits</th>
                {ofAll && <th scope="col">Exception</th>}
                <th scope="col">Raised</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.exceptionId} ${row.ruleId} ${row.eventId}`}>
                  <td>
                    <Timestamp value={row.occurredAt} />
                    <span className={classes.quiet}>
                      held back <RelativeAge value={row.heldBackAt} />
                    </span>
                  </td>
                  <td className={classes.words}>
                    {row.reason === '' ? row.ruleName : visibleText(row.reason)}
                    <span className={classes.quiet}>{row.reason === '' ? 'held back by an earlier version' : row.ruleName}</span>
                  </td>
                  <td>
                    {visibleText(row.hostName)}
                    {row.userName !== null && <span className={classes.quiet}>{visibleText(row.userName)}</span>}
                  </td>
                  <td className={classes.words}>
                    <RecordLink record={row.record} />
                  </td>
                  {ofAll && (
                    <td>
                      {row.exceptionName === null ? `${exceptionRef(row.exceptionId)} (deleted)` : <Link href={`/exceptions/${exceptionRef(row.exceptionId)}`}>{row.exceptionName}</Link>}
                    </td>
                  )}
                  <td>{row.alertId === null ? <span className={classes.quiet}>no</span> : <Link href={`/alerts/${alertRef(row.alertId)}`}>{alertRef(row.alertId)}</Link>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {total > pageSize && (
        <nav className={classes.pages} aria-label="Pages">
          {page > 1 && <Link href={hrefOf(page - 1)}>Newer</Link>}
          <span>
            {((page - 1) * pageSize + 1).toLocaleString('en')}–{Math.min(total, page * pageSize).toLocaleString('en')} of {total.toLocaleString('en')}
          </span>
          {page * pageSize < total && <Link href={hrefOf(page + 1)}>Older</Link>}
        </nav>
      )}
    </Panel>
  )
}

function RecordLink({ record }: { record: HeldBack['record'] }) {
  if (record === null) return <span className={classes.quiet}>no longer stored</span>
  return (
    <>
      <Link href={`/events/${record.eventId}`}>
        {record.program === null ? `${record.role} record` : `${visibleText(record.program)} ${record.role}`}
      </Link>
      {record.timestamp !== null && (
        <>
          {' '}
          <Timestamp value={record.timestamp} show="time" />
        </>
      )}
      {record.command !== null && (
        <span className={classes.command}>
          <Mono overflow="clip">{maskSecrets(record.command)}</Mono>
        </span>
      )}
    </>
  )
}
