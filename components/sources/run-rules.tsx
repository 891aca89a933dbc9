import Link from 'next/link'
import { alertsHref } from '@/components/overview/alert-links'
import { SetAsideWork } from '@/components/sources/set-aside-work'
import { TruncatedKeys } from '@/components/sources/truncated-keys'
import type { DetectionRun, RunRule } from '@/lib/detect/schema'
import classes from './plain-table.module.css'

function Count({ value, href }: { value: number | null; href?: string }) {
  if (value === null) return <span className={classes.quiet}>–</span>
  const text = value.toLocaleString('en')
  if (value > 0 && href !== undefined) return <Link href={href}>{text}</Link>
  return <span className={value === 0 ? classes.quiet : undefined}>{text}</span>
}

const COLUMNS: readonly { readonly label: string; readonly title: string; readonly of: (rule: RunRule) => number | null; readonly wide?: true }[] = [
  { label: 'Hits', title: 'Events that satisfy a stage of the rule', of: (rule) => rule.hits },
  { label: 'Raised', title: 'New alerts', of: (rule) => rule.raised },
  { label: 'Over cap', title: 'Of these, alerts beyond the rule’s max_signals, which the queue folds away', of: (rule) => rule.overCap, wide: true },
  { label: 'Changed', title: 'Alerts that were linked to other records, described anew or restored', of: (rule) => rule.changed },
  { label: 'Retracted', title: 'Alerts whose match a late event took away', of: (rule) => rule.retracted, wide: true },
  { label: 'Held back', title: 'Matches that an exception held back', of: (rule) => rule.heldBack, wide: true },
]

/** The numbers whose columns are away where there is no room for them, in words. */
function InWords({ rule }: { rule: RunRule }) {
  const parts = COLUMNS.flatMap(({ label, of, wide }) => {
    const value = of(rule)
    return wide === undefined || value === null ? [] : [`${value.toLocaleString('en')} ${label.toLowerCase()}`]
  })
  return <p className={classes.instead}>{parts.join(', ')}</p>
}

/** What each rule did in a run; rules that had nothing to do are not listed. */
export function RunRules({ run }: { run: DetectionRun }) {
  const hrefOf = (rule: RunRule) => (run.importId === null ? undefined : alertsHref({ rule: [rule.ruleId], import: run.importId, capped: true }))
  return (
    // What scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes.scroll} tabIndex={0} aria-label="What each rule did">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            {COLUMNS.map(({ label, title, wide }) => (
              <th key={label} scope="col" title={title} className={wide ? `${classes.number} ${classes.wide}` : classes.number}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {run.rules.map((rule) => (
            <tr key={rule.ruleId}>
              <td className={classes.name}>
                <Link href={`/rules/${encodeURIComponent(rule.ruleId)}`}>{rule.ruleName}</Link>
                <InWords rule={rule} />
                <TruncatedKeys keys={rule.truncatedKeys} />
                <SetAsideWork of="key" work={rule.setAside} />
              </td>
              {COLUMNS.map(({ label, of, wide }) => (
                <td key={label} className={wide ? `${classes.number} ${classes.wide}` : classes.number}>
                  <Count value={of(rule)} href={label === 'Raised' ? hrefOf(rule) : undefined} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {run.setAsideEvents.length > 0 && (
        <div className={classes.below}>
          <SetAsideWork of="event" work={run.setAsideEvents} />
        </div>
      )}
    </section>
  )
}
