import Link from 'next/link'
import { Mono } from '@/components/ui/machine-text/mono'
import { visibleText } from '@/lib/text/visible-text'
import { Panel } from '@/components/ui/panel'
import { alertRef } from '@/lib/alerts/schema'
import type { CaseDetail } from '@/lib/cases/schema'
import { IMDS_PROVIDER_LABELS } from '@/lib/ecs/imds'
import classes from './cases.module.css'

/** Alerts of a role that are named; the others are counted. */
const SHOWN = 6

/** The roles whose credentials the case's alerts asked for: what somebody may have to revoke. Nothing where none is named. */
export function CaseRoles({ detail: { roles } }: { detail: Pick<CaseDetail, 'roles'> }) {
  if (roles.length === 0) return null
  return (
    <Panel title="Roles asked for" count={roles.length} description="Whose credentials its alerts name" flush>
      <ul className={`${classes.rows} ${classes.scroll}`}>
        {roles.map(({ role, provider, alertIds, hosts }) => (
          <li key={`${provider} ${role}`}>
            <p className={classes.rowRole}>
              <Mono>{role}</Mono>
            </p>
            <p className={classes.rowHead}>
              {provider !== null && <span>{IMDS_PROVIDER_LABELS[provider]}</span>}
              <span>{hosts.length > 3 ? `${hosts.length.toLocaleString('en')} hosts` : hosts.map((host) => visibleText(host)).join(', ')}</span>
            </p>
            <p className={classes.rowHead}>
              {alertIds.slice(0, SHOWN).map((id) => (
                <Link key={id} href={`/alerts/${alertRef(id)}`} prefetch={false}>
                  {alertRef(id)}
                </Link>
              ))}
              {alertIds.length > SHOWN && <span>{(alertIds.length - SHOWN).toLocaleString('en')} more</span>}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
