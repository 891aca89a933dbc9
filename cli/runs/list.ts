import { printable } from '@/lib/text/printable'
import { withContext } from '@/cli/alerts/open-context'
import { ruleIdOf } from '@/cli/rules/open-rules'
import type { RunsOptions } from '@/cli/runs'
import { listRuns } from '@/lib/detect/run-queries'
import type { DetectionRun, RunRule } from '@/lib/detect/schema'

function runJson(run: DetectionRun) {
  return {
    id: run.id,
    kind: run.kind,
    status: run.status,
    actor: run.actor,
    import: run.importId === null ? null : { id: run.importId, name: run.importName },
    from: run.from,
    to: run.to,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    total: run.total,
    events: run.events,
    detect_ms: run.detectMs,
    error: run.error,
    rules: run.rules.map((rule) => ({
      rule_id: rule.ruleId,
      rule_name: rule.ruleName,
      hits: rule.hits,
      raised: rule.raised,
      over_cap: rule.overCap,
      changed: rule.changed,
      retracted: rule.retracted,
      held_back: rule.heldBack,
      truncated_keys: rule.truncatedKeys,
      set_aside: rule.setAside,
    })),
    set_aside_events: run.setAsideEvents,
  }
}

function count(n: number, one: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : `${one}s`}`
}

function numbers(rule: RunRule): string {
  const parts = [count(rule.hits, 'hit'), `${rule.raised.toLocaleString('en')} raised`]
  if (rule.overCap > 0) parts.push(`${rule.overCap.toLocaleString('en')} over the cap`)
  if (rule.changed > 0) parts.push(`${rule.changed.toLocaleString('en')} changed`)
  if (rule.retracted > 0) parts.push(`${rule.retracted.toLocaleString('en')} retracted`)
  if (rule.heldBack > 0) parts.push(`${rule.heldBack.toLocaleString('en')} held back`)
  if (rule.truncatedKeys.length > 0) parts.push(`cut short for ${count(rule.truncatedKeys.length, 'key')}`)
  if (rule.setAside.length > 0) parts.push(`${count(rule.setAside.length, 'key')} set aside: ${printable(rule.setAside[0]?.error ?? '')}`)
  return parts.join(', ')
}

function text(run: DetectionRun): string {
  const what = run.importName ?? 'over stored events'
  const head = [
    `R-${run.id}`.padEnd(7),
    run.startedAt,
    run.status.padEnd(11),
    `${run.events.toLocaleString('en')} events`.padStart(17),
    `${(run.detectMs / 1000).toFixed(1)} s`.padStart(8),
    printable(what),
  ]
  const [event] = run.setAsideEvents
  const aside = event === undefined ? [] : [`         ${count(run.setAsideEvents.length, 'stored event')} could not be read again: ${printable(event.error)}`]
  const rules = run.rules.map((rule) => `         ${printable(rule.ruleName)}: ${numbers(rule)}`)
  return `${[head.join('  '), ...(run.error === null ? [] : [`         ${printable(run.error)}`]), ...rules, ...aside].join('\n')}\n`
}

/** `linklocal runs`. */
export async function listCommand({ rule, kind, limit, json }: RunsOptions): Promise<void> {
  await withContext(async (context) => {
    const ruleId = rule === undefined ? undefined : await ruleIdOf(context, rule)
    for (const run of await listRuns(context, { ruleId, kind }, { limit })) process.stdout.write(json ? `${JSON.stringify(runJson(run))}\n` : text(run))
  })
}
