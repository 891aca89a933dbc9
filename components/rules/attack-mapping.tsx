import classes from '@/components/rules/rule-page.module.css'
import { Panel } from '@/components/ui/panel'
import { safeHref } from '@/components/ui/safe-href'
import type { RuleDocument } from '@/lib/rules/schema'

interface Entry {
  readonly id: string
  readonly name: string
  readonly reference?: string
}

function Reference({ entry }: { entry: Entry }) {
  const href = entry.reference === undefined ? undefined : safeHref(entry.reference)
  const text = (
    <>
      {entry.name} <span className={classes.quiet}>{entry.id}</span>
    </>
  )
  if (href === undefined) return <span>{text}</span>
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {text}
    </a>
  )
}

/** Which tactics and techniques of MITRE ATT&CK a rule speaks of. */
export function AttackMapping({ threats }: { threats: RuleDocument['threat'] }) {
  if (threats.length === 0) return null
  return (
    <Panel title="ATT&CK" flush>
      <ul className={classes.rows}>
        {threats.map(({ tactic, technique = [] }) => (
          <li key={`${tactic.id}-${technique.map(({ id }) => id).join()}`}>
            <span className={classes.tactic}>
              <Reference entry={tactic} />
            </span>
            {technique.map((entry) => (
              <ul key={entry.id} className={classes.technique}>
                <li>
                  <Reference entry={entry} />
                  {(entry.subtechnique ?? []).length > 0 && (
                    <ul className={classes.technique}>
                      {(entry.subtechnique ?? []).map((sub) => (
                        <li key={sub.id}>
                          <Reference entry={sub} />
                        </li>
                      ))}
                    </ul>
                  )}
                </li>
              </ul>
            ))}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
