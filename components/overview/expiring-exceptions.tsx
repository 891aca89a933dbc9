import { IconFilterOff } from '@tabler/icons-react'
import Link from 'next/link'
import { EmptyState } from '@/components/ui/empty-state'
import { Panel } from '@/components/ui/panel'
import { RelativeAge } from '@/components/ui/relative-age'
import { exceptionRef } from '@/lib/exceptions/schema'
import classes from './overview-table.module.css'

export interface ExpiringException {
  readonly id: number
  readonly name: string
  readonly expiresAt: string
  readonly hits: number
}

/** What exceptions held back today, and those that will end within the next two weeks: what they keep quiet will alert again. */
export function ExpiringExceptions({ exceptions, heldBackToday }: { exceptions: readonly ExpiringException[]; heldBackToday: number }) {
  return (
    <Panel
      title="Exceptions expiring soon"
      count={exceptions.length > 0 ? exceptions.length : undefined}
      actions={<Link href="/exceptions/held-back?since=today">{heldBackToday.toLocaleString('en')} held back today</Link>}
      flush
    >
      {exceptions.length === 0 ? (
        <EmptyState size="inline" icon={<IconFilterOff size={22} stroke={1.6} />} title="None in the next two weeks" />
      ) : (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Exception</th>
              <th scope="col">Expires</th>
              <th scope="col" className={classes.number}>
                Held back
              </th>
            </tr>
          </thead>
          <tbody>
            {exceptions.map((exception) => (
              <tr key={exception.id}>
                <td>
                  <Link href={`/exceptions/${exceptionRef(exception.id)}`}>{exception.name}</Link>
                </td>
                <td>
                  <RelativeAge value={exception.expiresAt} isPlanned />
                </td>
                <td className={classes.number}>{exception.hits.toLocaleString('en')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
