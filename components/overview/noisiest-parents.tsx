import { IconVolume3 } from '@tabler/icons-react'
import Link from 'next/link'
import { alertsHref, newExceptionHref } from '@/components/overview/alert-links'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { Mono } from '@/components/ui/machine-text/mono'
import { Panel } from '@/components/ui/panel'
import classes from './overview-table.module.css'

export interface NoisyParent {
  readonly executable: string
  readonly alerts: number
  readonly open: number
  readonly closed: number
  readonly falsePositives: number
  /** A shell, an interpreter or what starts any program: excluding it alone would hide whatever anyone runs. */
  readonly isGeneric: boolean
}

function percent(part: number, whole: number): string {
  const share = Math.round((part / whole) * 100)
  return `${share} %`
}

/** The parent executables behind the most alerts, and how many of those turned out to be nothing. */
export function NoisiestParents({ parents }: { parents: readonly NoisyParent[] }) {
  return (
    <Panel title="Noisiest parents" description="Parent executables behind the most alerts" flush>
      {parents.length === 0 ? (
        <EmptyState size="inline" icon={<IconVolume3 size={22} stroke={1.6} />} title="No alerts yet" />
      ) : (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Parent executable</th>
              <th scope="col" className={classes.number}>
                Alerts
              </th>
              <th scope="col" className={classes.number}>
                Open
              </th>
              <th scope="col" className={`${classes.number} ${classes.medium}`} title="Closed as false positive, of all that are closed">
                False positive
              </th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {parents.map((parent) => (
              <tr key={parent.executable}>
                <td className={classes.name}>
                  <Mono overflow="clip">{parent.executable}</Mono>
                </td>
                <td className={classes.number}>
                  <Link href={alertsHref({ parent: [parent.executable], capped: true })}>{parent.alerts.toLocaleString('en')}</Link>
                </td>
                <td className={classes.number}>
                  {parent.open === 0 ? (
                    <span className={classes.quiet}>0</span>
                  ) : (
                    <Link href={alertsHref({ status: ['open'], parent: [parent.executable], capped: true })}>{parent.open.toLocaleString('en')}</Link>
                  )}
                </td>
                <td className={`${classes.number} ${classes.medium}`}>
                  {parent.closed === 0 ? (
                    <span className={classes.quiet} title="None is closed yet">
                      –
                    </span>
                  ) : (
                    <span title={`${parent.falsePositives} of ${parent.closed} closed`}>{percent(parent.falsePositives, parent.closed)}</span>
                  )}
                </td>
                <td className={classes.number}>
                  {/* Excluding what runs anything would hide too much: it is done from one of its alerts, by what it ran. */}
                  {parent.isGeneric ? (
                    <ButtonLink
                      href={alertsHref({ status: ['open'], parent: [parent.executable], capped: true })}
                      variant="subtle"
                      color="gray"
                      size="compact-xs"
                      aria-label={`Choose an alert of ${parent.executable}`}
                    >
                      Choose an alert
                    </ButtonLink>
                  ) : (
                    <ButtonLink
                      href={newExceptionHref('process.parent.executable', parent.executable)}
                      variant="subtle"
                      color="gray"
                      size="compact-xs"
                      aria-label={`Exclude ${parent.executable}…`}
                    >
                      Exclude…
                    </ButtonLink>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
