import { IconExternalLink } from '@tabler/icons-react'
import Link from 'next/link'
import { Duration } from '@/components/ui/duration'
import { Markdown } from '@/components/ui/markdown'
import { Timestamp } from '@/components/ui/timestamp'
import { visibleText } from '@/components/ui/machine-text/visible-text'
import type { AlertEvent } from '@/lib/alerts/schema'
import { readText } from '@/lib/ecs/event'
import type { RuleDocument } from '@/lib/rules/schema'
import classes from './why.module.css'

interface WhyProps {
  /** The rule as it was when it fired. */
  readonly rule: RuleDocument
  readonly changedSince: boolean
  readonly events: readonly Omit<AlertEvent, 'raw'>[]
}

/** Why it fired: the rule as it was then, and which record satisfied which of its stages. */
export function Why({ rule, changedSince, events }: WhyProps) {
  return (
    <div className={classes.why}>
      <section aria-label="Matched stages">
        <h3>Matched stages</h3>
        <ol className={classes.stages}>
          {events.map((record) => (
            <li key={record.position}>
              <span className={classes.stage}>Stage {record.stage + 1}</span>
              <span>{record.role}</span>
              <span className={classes.name}>{visibleText(readText(record.event, 'process.name') ?? readText(record.event, 'event.action') ?? '')}</span>
              <Timestamp value={record.timestamp} show="time" />
              {record.position > 0 && <Duration ms={record.deltaMs} sign />}
            </li>
          ))}
        </ol>
      </section>
      <section aria-label="Query">
        <div className={classes.title}>
          <h3>
            Query <span className={classes.language}>{rule.language}</span>
          </h3>
          {changedSince ? (
            <span className={classes.changed}>The rule has changed since; this is the version that fired.</span>
          ) : (
            <span className={classes.same}>Unchanged since it fired.</span>
          )}
          <Link href={`/rules/${encodeURIComponent(rule.rule_id)}`} prefetch={false}>
            Open the rule
          </Link>
        </div>
        {/* What scrolls must be reachable by keyboard. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre className={classes.query} tabIndex={0} dir="ltr">
          <code>{rule.query.trim()}</code>
        </pre>
      </section>
      <section aria-label="About the rule">
        <h3>About the rule</h3>
        <Markdown>{rule.description}</Markdown>
        <ul className={classes.threats} aria-label="ATT&CK">
          {rule.threat.flatMap(({ tactic, technique = [] }) => [
            <li key={tactic.id}>
              <span className={classes.id}>{tactic.id}</span> {tactic.name}
            </li>,
            ...technique.flatMap((entry) =>
              [entry, ...(entry.subtechnique ?? [])].map(({ id, name }) => (
                <li key={`${tactic.id} ${id}`}>
                  <span className={classes.id}>{id}</span> {name}
                </li>
              )),
            ),
          ])}
        </ul>
        {rule.references.length > 0 && (
          <ul className={classes.references}>
            {rule.references
              .filter((url) => /^https?:\/\//.test(url))
              .map((url) => (
                <li key={url}>
                  <a href={url} target="_blank" rel="noreferrer noopener nofollow">
                    {url} <IconExternalLink size={13} stroke={1.8} aria-hidden />
                  </a>
                </li>
              ))}
          </ul>
        )}
      </section>
    </div>
  )
}
