import { IconFilterOff } from '@tabler/icons-react'
import Link from 'next/link'
import { HidesBadge } from '@/components/exceptions/hides-badge'
import classes from '@/components/rules/rule-page.module.css'
import { Badge } from '@/components/ui/badge'
import { EmptyState } from '@/components/ui/empty-state'
import { Panel } from '@/components/ui/panel'
import { RelativeAge } from '@/components/ui/relative-age'
import { exceptionRef } from '@/lib/exceptions/schema'
import type { RuleException } from '@/lib/rules/schema'

/** What keeps a rule quiet: its own exceptions and those for all rules, with the true positives that those in force hide. */
export function RuleExceptions({ exceptions, hides }: { exceptions: readonly RuleException[]; hides: ReadonlyMap<number, readonly number[]> }) {
  return (
    <Panel title="Exceptions" count={exceptions.length > 0 ? exceptions.length : undefined} id="exceptions" flush>
      {exceptions.length === 0 ? (
        <EmptyState size="inline" icon={<IconFilterOff size={22} stroke={1.6} />} title="None touches this rule">
          <p>“Exclude…” on an alert makes one, and says beforehand what it would have removed.</p>
        </EmptyState>
      ) : (
        <ul className={classes.rows}>
          {exceptions.map((exception) => (
            <li key={exception.id}>
              <p className={classes.row}>
                <Link href={`/exceptions/${exceptionRef(exception.id)}`} className={classes.grow}>
                  {exception.name}
                </Link>
                <HidesBadge hides={hides.get(exception.id) ?? []} />
                {!exception.enabled && <Badge variant="outline">Disabled</Badge>}
                {exception.forAllRules && <Badge variant="outline">All rules</Badge>}
              </p>
              <p className={classes.quiet}>
                held back {exception.hits.toLocaleString('en')}
                {exception.lastHitAt !== null && (
                  <>
                    , last <RelativeAge value={exception.lastHitAt} />
                  </>
                )}
                {exception.expiresAt !== null && (
                  <>
                    {' · '}expires <RelativeAge value={exception.expiresAt} isPlanned />
                  </>
                )}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
