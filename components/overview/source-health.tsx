import Link from 'next/link'
import { Mono } from '@/components/ui/machine-text/mono'
import { Panel } from '@/components/ui/panel'
import { RelativeAge } from '@/components/ui/relative-age'
import { ButtonLink } from '@/components/ui/button-link'
import type { SourceHealth } from '@/lib/ingest/schema'
import classes from './overview-table.module.css'

/** The sources heard of last: their newest event and what they sent that could not be stored. */
export function SourceHealthPanel({ sources, total }: { sources: readonly SourceHealth[]; total: number }) {
  return (
    <Panel
      title="Sources"
      count={total}
      flush
      actions={
        <ButtonLink href="/sources" variant="subtle" color="gray" size="compact-xs">
          Add events
        </ButtonLink>
      }
    >
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Last event</th>
            <th scope="col" className={`${classes.number} ${classes.medium}`}>
              Stored
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
              <td>{source.lastEventAt === null ? <span className={classes.quiet}>–</span> : <RelativeAge value={source.lastEventAt} />}</td>
              <td className={`${classes.number} ${classes.medium}`}>{source.stored === 0 ? <span className={classes.quiet}>0</span> : <Link href="/sources">{source.stored.toLocaleString('en')}</Link>}</td>
              <td className={classes.number}>
                {source.rejected === 0 ? (
                  <span className={classes.quiet}>0</span>
                ) : (
                  <Link href={`/sources/rejects?source=${source.id}`}>{source.rejected.toLocaleString('en')}</Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
