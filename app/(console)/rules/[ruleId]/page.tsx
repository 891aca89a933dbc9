import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cancelRunAction, setRuleEnabledAction, startRunAction } from '@/app/(console)/rules/actions'
import { alertsHref } from '@/components/overview/alert-links'
import { AttackMapping } from '@/components/rules/attack-mapping'
import { EqlQuery } from '@/components/rules/eql-query'
import { RuleExceptions } from '@/components/rules/rule-exceptions'
import { RuleFacts } from '@/components/rules/rule-facts'
import classes from '@/components/rules/rule-page.module.css'
import { RuleProblem } from '@/components/rules/rule-problem'
import { RuleRuns } from '@/components/rules/rule-runs'
import { RuleSwitch } from '@/components/rules/rule-switch'
import { RuleVersions } from '@/components/rules/rule-versions'
import { Badge } from '@/components/ui/badge'
import { ButtonLink } from '@/components/ui/button-link'
import { CopyButton } from '@/components/ui/copy-button'
import { Markdown } from '@/components/ui/markdown'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { Panel } from '@/components/ui/panel'
import { RiskScore } from '@/components/ui/risk-score'
import { SeverityBadge } from '@/components/ui/severity-badge'
import { compileDetector } from '@/lib/detect/engine'
import { listRuns } from '@/lib/detect/run-queries'
import { listExceptions } from '@/lib/exceptions/queries'
import { exceptionState, isInForce } from '@/lib/exceptions/schema'
import { readRule } from '@/lib/rules/queries'
import { getContext } from '@/lib/web/context'

interface Params {
  readonly params: Promise<{ ruleId: string }>
}

/** Next hands a segment over as it stands in the address. A broken escape is no rule's id. */
async function ruleIdOf({ params }: Params): Promise<string> {
  const { ruleId } = await params
  try {
    return decodeURIComponent(ruleId)
  } catch {
    return notFound()
  }
}

export async function generateMetadata(props: Params): Promise<Metadata> {
  const rule = await readRule(getContext(), await ruleIdOf(props))
  return { title: rule?.name ?? 'Rule' }
}

/** Runs that the page lists. */
const RUNS = 20

export default async function RulePage(props: Params) {
  const rule = await readRule(getContext(), await ruleIdOf(props))
  if (!rule) notFound()
  const { document } = rule
  const problem = compileDetector([{ id: 0, versionId: 0, document }]).problems[0]?.message ?? null
  const runs = await listRuns(getContext(), { ruleId: rule.ruleId }, { limit: RUNS })
  const now = getContext().clock().getTime()
  const hides = new Map((await listExceptions(getContext())).flatMap((exception) => (isInForce(exceptionState(exception, now)) ? [[exception.id, exception.hides] as const] : [])))
  return (
    <Page>
      <PageHeader
        title={rule.name}
        breadcrumb={[{ label: 'Rules', href: '/rules' }]}
        meta={
          <>
            <SeverityBadge severity={rule.severity} />
            <RiskScore score={rule.riskScore} />
            <Badge variant="outline">{rule.language.toUpperCase()}</Badge>
          </>
        }
        actions={
          <>
            <RuleSwitch ruleId={rule.ruleId} name={rule.name} enabled={rule.enabled} onChange={setRuleEnabledAction} labelled />
            <ButtonLink href={alertsHref({ status: ['open'], rule: [rule.ruleId], capped: true })} variant="default">
              {rule.openAlerts.toLocaleString('en')} open {rule.openAlerts === 1 ? 'alert' : 'alerts'}
            </ButtonLink>
          </>
        }
      />
      <RuleProblem message={problem} />
      <div className={classes.columns}>
        <div className={classes.stack}>
          <Panel title="What it looks for">
            <Markdown hardWrapped>{document.description}</Markdown>
          </Panel>
          <Panel title="Query" flush actions={<CopyButton value={document.query} label="Copy the query" />}>
            <EqlQuery query={document.query} language={rule.language} />
          </Panel>
          {document.note !== '' && (
            <Panel title="Guide">
              <Markdown hardWrapped>{document.note}</Markdown>
            </Panel>
          )}
          {document.setup !== '' && (
            <Panel title="Setup">
              <Markdown hardWrapped>{document.setup}</Markdown>
            </Panel>
          )}
        </div>
        <div className={classes.stack}>
          <RuleFacts rule={rule} />
          <RuleRuns ruleId={rule.ruleId} enabled={rule.enabled} runs={runs} advisedAt={rule.rerunAdvisedAt} start={startRunAction} cancel={cancelRunAction} />
          <AttackMapping threats={document.threat} />
          {document.false_positives.length > 0 && (
            <Panel title="Known false positives">
              <ul className={classes.list}>
                {document.false_positives.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            </Panel>
          )}
          {document.tags.length > 0 && (
            <Panel title="Tags">
              <ul className={classes.tags}>
                {document.tags.map((tag) => (
                  <li key={tag}>
                    <Badge variant="outline">{tag}</Badge>
                  </li>
                ))}
              </ul>
            </Panel>
          )}
          <RuleExceptions exceptions={rule.exceptions} hides={hides} />
          <RuleVersions versions={rule.versions} />
        </div>
      </div>
    </Page>
  )
}
