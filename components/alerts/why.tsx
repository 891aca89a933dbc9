import Link from 'next/link'
import { ConditionList } from '@/components/alerts/condition-list'
import { EqlQuery } from '@/components/rules/eql-query'
import { maskSecrets } from '@/lib/text/secrets'
import { Duration } from '@/components/ui/duration'
import { Markdown } from '@/components/ui/markdown'
import { Mono } from '@/components/ui/machine-text/mono'
import { visibleText } from '@/lib/text/visible-text'
import { safeHref } from '@/components/ui/safe-href'
import { Timestamp } from '@/components/ui/timestamp'
import type { AlertEvent } from '@/lib/alerts/schema'
import { originsOf } from '@/lib/ecs/enriched'
import { readText } from '@/lib/ecs/event'
import type { ConditionTrace, MatchExplanation, QueryExplanation, StepExplanation } from '@/lib/eql'
import type { Explanation, SeclValue } from '@/lib/secl'
import type { RuleDocument } from '@/lib/rules/schema'
import classes from './why.module.css'

type Explained =
  | { readonly ok: true; readonly language: 'eql'; readonly explanation: QueryExplanation }
  | { readonly ok: true; readonly language: 'secl'; readonly explanation: Explanation; readonly position: number }
  | { readonly ok: false; readonly message: string }
type Record = Omit<AlertEvent, 'raw'>

interface WhyProps {
  /** The rule as it was when it fired. */
  readonly rule: RuleDocument
  readonly changedSince: boolean
  readonly events: readonly Record[]
  readonly explained: Explained
}

/** A conjunction at the top is what a stage is: its terms are the list. */
function termsOf(trace: ConditionTrace): readonly ConditionTrace[] {
  return trace.kind === 'and' ? trace.children : [trace]
}

function Step({ step, record }: { step: StepExplanation; record: Record | undefined }) {
  const { explanation } = step
  const name = record ? (readText(record.event, 'process.name') ?? readText(record.event, 'event.action') ?? '') : ''
  return (
    <li className={classes.step}>
      <header className={classes.head}>
        <h3>Stage {step.stage + 1}</h3>
        {record ? (
          <>
            <span>{record.role} record</span>
            <Mono>{visibleText(name)}</Mono>
            <Timestamp value={readText(record.event, '@timestamp') ?? record.timestamp} show="time" />
          </>
        ) : (
          <span>no event, as the rule asks</span>
        )}
        {step.sincePreviousMs !== null && (
          <span className={classes.delta}>
            <Duration ms={step.sincePreviousMs} sign />
          </span>
        )}
      </header>
      {explanation && <ConditionList traces={termsOf(explanation.condition)} {...(record ? { origins: originsOf(record.event) } : {})} />}
    </li>
  )
}

function Match({ match, events }: { match: MatchExplanation; events: readonly Record[] }) {
  return (
    <>
      <ol className={classes.steps}>
        {match.steps.map((step) => (
          <Step key={`${step.stage} ${step.event ?? 'missing'}`} step={step} record={step.event === null ? undefined : events[step.event]} />
        ))}
      </ol>
      <p className={classes.joined}>
        {match.keys.length > 0 && <>Joined by {match.keys.map(({ field }) => field).join(' and ')}</>}
        {match.maxspanMs !== null && (
          <>
            , within <Duration ms={match.maxspanMs} />
          </>
        )}
        .
      </p>
    </>
  )
}

function valueText(value: SeclValue | undefined): string {
  if (value === undefined) return 'no value'
  return Array.isArray(value) ? value.join(', ') : String(value)
}

/** What an expression saw: the parts that made it match with their values, then every condition. */
function Expression({ explanation, record }: { explanation: Explanation; record: Record | undefined }) {
  return (
    <>
      <ol className={classes.steps}>
        <li className={classes.step}>
          <header className={classes.head}>
            <h3>What made it match</h3>
            {record && <span>{record.role} record</span>}
            {record && <Timestamp value={readText(record.event, '@timestamp') ?? record.timestamp} show="time" />}
          </header>
          <ul className={classes.matching} aria-label="Matching sub-expressions">
            {explanation.matching.map(({ offset, text, field, value }) => (
              <li key={`${offset} ${text}`}>
                {field !== null && (
                  <>
                    <Mono>{field}</Mono>{' '}
                  </>
                )}
                <mark>
                  <Mono>{visibleText(maskSecrets(valueText(value)))}</Mono>
                </mark>
              </li>
            ))}
          </ul>
        </li>
        <li className={classes.step}>
          <header className={classes.head}>
            <h3>Conditions</h3>
          </header>
          <ConditionList traces={termsOf(explanation.condition)} />
        </li>
      </ol>
    </>
  )
}

/** Why it fired: each stage's conditions with what they saw, and the rule as it was then. */
export function Why({ rule, changedSince, events, explained }: WhyProps) {
  const match = explained.ok && explained.language === 'eql' ? explained.explanation.matches[0] : undefined
  const expression = explained.ok && explained.language === 'secl' ? explained : undefined
  return (
    <div className={classes.why}>
      <section aria-label="Matched stages">
        {match && <Match match={match} events={events} />}
        {expression && <Expression explanation={expression.explanation} record={events.find(({ position }) => position === expression.position)} />}
        {!explained.ok && <p className={classes.changed}>{explained.message}</p>}
        {explained.ok && explained.language === 'eql' && !match && <p className={classes.changed}>{explained.explanation.summary}</p>}
      </section>
      <section aria-label="Query">
        <div className={classes.title}>
          <h3>Query</h3>
          {changedSince ? (
            <span className={classes.changed}>The rule has changed since; this is the version that fired.</span>
          ) : (
            <span className={classes.same}>Unchanged since it fired.</span>
          )}
          <Link href={`/rules/${encodeURIComponent(rule.rule_id)}`} prefetch={false}>
            Open the rule
          </Link>
        </div>
        <div className={classes.query}>
          <EqlQuery query={rule.query} language={rule.language} marks={expression?.explanation.matching ?? []} />
        </div>
      </section>
      <section aria-label="About the rule">
        <h3>{visibleText(rule.name)}</h3>
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
        <ul className={classes.references} aria-label="References">
          {rule.references.map((url) => (
            <li key={url}>
              {safeHref(url) === undefined ? (
                url
              ) : (
                <a href={safeHref(url)} target="_blank" rel="noreferrer noopener nofollow">
                  {url}
                </a>
              )}
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}
