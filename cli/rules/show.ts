import { printable } from '@/lib/text/printable'
import type { JsonOption } from '@/cli/rules'
import { AppError } from '@/lib/errors'
import { readRule } from '@/lib/rules/queries'
import type { RuleDetail } from '@/lib/rules/schema'
import { ruleIdOf, withRules } from './open-rules'

/** Text of several lines for a terminal: each line made harmless by itself. */
function block(text: string): string {
  return text.trim().split(/\r\n|\r|\n/).map((line) => printable(line).trimEnd()).join('\n')
}

function text(rule: RuleDetail): string {
  const { document } = rule
  const techniques = document.threat.flatMap(({ tactic, technique = [] }) => [
    `${tactic.id} ${tactic.name}`,
    ...technique.flatMap((entry) => [`  ${entry.id} ${entry.name}`, ...(entry.subtechnique ?? []).map((sub) => `    ${sub.id} ${sub.name}`)]),
  ])
  const parts = [
    `${printable(rule.name)}\n${rule.ruleId}, ${rule.enabled ? 'enabled' : 'disabled'}, ${rule.severity} ${rule.riskScore}, ${rule.language}, version ${document.version}\n` +
      `${rule.alerts.toLocaleString('en')} alerts, ${rule.openAlerts.toLocaleString('en')} open; ${rule.exceptions.length} exceptions touch it` +
      (rule.rerunAdvisedAt === null ? '' : `\nsince the upgrade of ${rule.rerunAdvisedAt} it may find more in what was stored before: run it over stored events from its page`),
    block(document.description),
    block(document.query),
    techniques.map(printable).join('\n'),
    block(document.note),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** `linklocal rules show`. */
export async function showCommand(name: string, options: JsonOption): Promise<void> {
  await withRules(async (context) => {
    const rule = await readRule(context, await ruleIdOf(context, name))
    if (!rule) throw new AppError('not_found', `The rule ${name} has no version.`)
    const { document, versions, exceptions } = rule
    const json = {
      rule: document,
      enabled: rule.enabled,
      origin: rule.origin,
      alerts: rule.alerts,
      open_alerts: rule.openAlerts,
      rerun_advised_at: rule.rerunAdvisedAt,
      exceptions: exceptions.map(({ id, name: title, enabled, forAllRules }) => ({ id: `E-${id}`, name: title, enabled, all_rules: forAllRules })),
      versions: versions.map(({ version, digest, createdAt, current, alerts }) => ({ version, sha256: digest, created_at: createdAt, current, alerts })),
    }
    process.stdout.write(options.json ? `${JSON.stringify(json)}\n` : text(rule))
  })
}
