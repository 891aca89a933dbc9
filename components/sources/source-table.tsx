import Link from 'next/link'
import { SOURCE_KIND_LABELS } from '@/components/sources/source-kind'
import { Mono } from '@/components/ui/machine-text/mono'
import { RelativeAge } from '@/components/ui/relative-age'
import { Timestamp } from '@/components/ui/timestamp'
import type { SourceHealth } from '@/lib/ingest/schema'
import classes from './plain-table.module.css'

function Count({ value }: { value: number }) {
  return <span className={value === 0 ? classes.quiet : undefined}>{value.toLocaleString('en')}</span>
}

/** Each source with its newest event, when it was last heard of, and what became of its records. */
export function SourceTable({ sources }: { sources: readonly SourceHealth[] }) {
  return (
    // What scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes.scroll} tabIndex={0} aria-label="Sources">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col" className={classes.medium}>
              Kind
            </th>
            <th scope="col" className={classes.medium}>
              Last event
            </th>
            <th scope="col">Last received</th>
            <th scope="col" className={classes.number}>
              Stored
            </th>
            <th scope="col" className={`${classes.number} ${classes.wide}`}>
              Duplicates
            </th>
            <th scope="col" className={classes.number}>
              Rejected
            </th>
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <tr key={source.id}>
              <td className={classes.name}>
                <Mono overflow="clip">{source.name}</Mono>
              </td>
              <td className={classes.medium}>{SOURCE_KIND_LABELS[source.kind]}</td>
              <td className={classes.medium}>{source.lastEventAt === null ? <span className={classes.quiet}>–</span> : <Timestamp value={source.lastEventAt} />}</td>
              <td>{source.lastReceivedAt === null ? <span className={classes.quiet}>–</span> : <RelativeAge value={source.lastReceivedAt} />}</td>
              <td className={classes.number}>
                <Count value={source.stored} />
              </td>
              <td className={`${classes.number} ${classes.wide}`}>
                <Count value={source.duplicates} />
              </td>
              <td className={classes.number}>
                {source.rejected === 0 ? <Count value={0} /> : <Link href={`/sources/rejects?source=${source.id}`}>{source.rejected.toLocaleString('en')}</Link>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
