import { IconUserShield } from '@tabler/icons-react'
import Link from 'next/link'
import { UNDECIDED } from '@/components/alerts/queue-params'
import { alertsHref } from '@/components/overview/alert-links'
import { EmptyState } from '@/components/ui/empty-state'
import { Mono } from '@/components/ui/machine-text/mono'
import { Panel } from '@/components/ui/panel'
import { RelativeAge } from '@/components/ui/relative-age'
import classes from './overview-table.module.css'

export interface AskedRole {
  readonly role: string
  readonly alerts: number
  readonly undecided: number
  readonly hosts: number
  readonly lastAt: string
}

interface AskedRolesProps {
  readonly roles: readonly AskedRole[]
  /** How many roles there are, those not shown included. */
  readonly total: number
}

/** The roles whose credentials were asked for: what has to be revoked when an alert turns out to be true. */
export function AskedRoles({ roles, total }: AskedRolesProps) {
  const more = total - roles.length
  return (
    <Panel title="Roles asked for" description={more > 0 ? `Whose credentials alerts name; ${more.toLocaleString('en')} more in the queue’s filter` : 'Whose credentials alerts name'} flush>
      {roles.length === 0 ? (
        <EmptyState size="inline" icon={<IconUserShield size={22} stroke={1.6} />} title="No role is named">
          <p>When an alert’s records name the role whose credentials were asked of a metadata service, it stands here.</p>
        </EmptyState>
      ) : (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Role</th>
              <th scope="col" className={classes.number}>
                No verdict
              </th>
              <th scope="col" className={classes.number}>
                Alerts
              </th>
              <th scope="col" className={classes.number}>
                Hosts
              </th>
              <th scope="col" className={`${classes.number} ${classes.medium}`}>
                Last
              </th>
            </tr>
          </thead>
          <tbody>
            {roles.map(({ role, alerts, undecided, hosts, lastAt }) => (
              <tr key={role}>
                <td className={classes.name}>
                  <Mono overflow="clip">{role}</Mono>
                </td>
                <td className={classes.number}>
                  {undecided === 0 ? (
                    <span className={classes.quiet}>0</span>
                  ) : (
                    <Link href={alertsHref({ status: [...UNDECIDED], asked: ['credentials'], role: [role], capped: true })}>{undecided.toLocaleString('en')}</Link>
                  )}
                </td>
                <td className={classes.number}>
                  <Link href={alertsHref({ asked: ['credentials'], role: [role], capped: true })}>{alerts.toLocaleString('en')}</Link>
                </td>
                <td className={classes.number}>{hosts.toLocaleString('en')}</td>
                <td className={`${classes.number} ${classes.medium}`}>
                  <RelativeAge value={lastAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
