import Link from 'next/link'
import { Fragment } from 'react'
import { alertsHref } from '@/components/overview/alert-links'
import { formatBytes } from '@/components/sources/format-bytes'
import { ImportStatus } from '@/components/sources/import-status'
import { formatDelta } from '@/components/ui/format-delta'
import { Mono } from '@/components/ui/machine-text/mono'
import { Timestamp } from '@/components/ui/timestamp'
import { formatName, type ImportRecord } from '@/lib/ingest/schema'
import classes from './plain-table.module.css'

function Count({ value }: { value: number }) {
  return <span className={value === 0 ? classes.quiet : undefined}>{value.toLocaleString('en')}</span>
}

function duration({ startedAt, finishedAt }: ImportRecord): string {
  return finishedAt === null ? '–' : formatDelta(Date.parse(finishedAt) - Date.parse(startedAt))
}

/** Those that are rejected still; where a retry stored the others, that is said. */
function Rejected({ row }: { row: ImportRecord }) {
  if (row.rejected === 0) return <Count value={0} />
  const left = row.rejected - row.resolved
  return (
    <Link href={left === 0 ? `/sources/rejects?import=${row.id}&state=resolved` : `/sources/rejects?import=${row.id}`} title={row.resolved === 0 ? undefined : `${row.resolved.toLocaleString('en')} of ${row.rejected.toLocaleString('en')} could be stored later`}>
      {left.toLocaleString('en')}
    </Link>
  )
}

function ImportLink({ id, name }: { id: number; name: string }) {
  return (
    <Link href={`/sources/imports/${id}`}>
      <Mono overflow="clip">{name}</Mono>
    </Link>
  )
}

interface ImportTableProps {
  readonly imports: readonly ImportRecord[]
  /** Ids of uploads that are open while their sender is away. */
  readonly waiting?: ReadonlySet<number>
}

const NONE: ReadonlySet<number> = new Set()

/** What came in, newest first, and what became of each record of it. */
export function ImportTable({ imports, waiting = NONE }: ImportTableProps) {
  return (
    // What scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes.scroll} tabIndex={0} aria-label="Imports">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Import</th>
            <th scope="col" className={classes.wide}>
              Source
            </th>
            <th scope="col" className={classes.roomy}>
              Read as
            </th>
            <th scope="col" className={classes.medium}>
              State
            </th>
            <th scope="col" className={classes.medium}>
              Started
            </th>
            <th scope="col" className={`${classes.number} ${classes.wide}`}>
              Took
            </th>
            <th scope="col" className={`${classes.number} ${classes.wide}`}>
              Size
            </th>
            <th scope="col" className={classes.number}>
              Stored
            </th>
            <th scope="col" className={`${classes.number} ${classes.wide}`}>
              Duplicates
            </th>
            <th scope="col" className={classes.number}>
              Rejected
            </th>
            <th scope="col" className={classes.number}>
              Alerts
            </th>
          </tr>
        </thead>
        <tbody>
          {imports.map((row) => (
            <Fragment key={row.id}>
            <tr id={`import-${row.id}`}>
              <td className={classes.name}>
                <ImportLink id={row.id} name={row.name} />
              </td>
              <td className={`${classes.name} ${classes.wide}`}>
                <Mono overflow="clip" dimmed>
                  {row.source}
                </Mono>
              </td>
              <td className={classes.roomy}>{row.format === null ? <span className={classes.quiet}>–</span> : formatName(row.format)}</td>
              <td className={classes.medium}>
                <ImportStatus status={row.status === 'running' && waiting.has(row.id) ? 'waiting' : row.status} />
              </td>
              <td className={classes.medium}>
                <Timestamp value={row.startedAt} />
              </td>
              <td className={`${classes.number} ${classes.wide}`}>{duration(row)}</td>
              <td className={`${classes.number} ${classes.wide}`}>{formatBytes(row.bytes)}</td>
              <td className={classes.number}>
                <Count value={row.stored} />
              </td>
              <td className={`${classes.number} ${classes.wide}`}>
                <Count value={row.duplicates} />
              </td>
              <td className={classes.number}>
                <Rejected row={row} />
              </td>
              <td className={classes.number}>
                {row.alerts === 0 ? <Count value={0} /> : <Link href={alertsHref({ import: row.id, capped: true })}>{row.alerts.toLocaleString('en')}</Link>}
              </td>
            </tr>
            {[...(row.error === null ? [] : [row.error]), ...row.notes].map((note) => (
              <tr key={note} className={classes.noteRow}>
                <td colSpan={11}>
                  {note}
                </td>
              </tr>
            ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  )
}
