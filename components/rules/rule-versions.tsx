import classes from '@/components/rules/rule-page.module.css'
import { Badge } from '@/components/ui/badge'
import { Mono } from '@/components/ui/machine-text/mono'
import { Panel } from '@/components/ui/panel'
import { Timestamp } from '@/components/ui/timestamp'
import type { RuleVersionSummary } from '@/lib/rules/schema'

/** The documents a rule has had, newest first. Every alert keeps the one that raised it. */
export function RuleVersions({ versions }: { versions: readonly RuleVersionSummary[] }) {
  return (
    <Panel title="Versions" count={versions.length} flush>
      <ul className={classes.rows}>
        {versions.map((version) => (
          <li key={version.id}>
            <p className={classes.row}>
              <span className={classes.grow}>
                Version {version.version} <Mono dimmed>{version.digest.slice(0, 12)}</Mono>
              </span>
              {version.current && <Badge tone="good">Current</Badge>}
            </p>
            <p className={classes.quiet}>
              <Timestamp value={version.createdAt} /> · {version.alerts.toLocaleString('en')} {version.alerts === 1 ? 'alert' : 'alerts'}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
