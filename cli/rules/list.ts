import { printable } from '@/lib/text/printable'
import type { JsonOption } from '@/cli/rules'
import { listRules } from '@/lib/rules/queries'
import type { RuleListItem } from '@/lib/rules/schema'
import { withRules } from './open-rules'

/** A rule as the command line writes it: the Elastic format's names where it has them. */
export function ruleJson(rule: RuleListItem) {
  return {
    rule_id: rule.ruleId,
    name: rule.name,
    enabled: rule.enabled,
    severity: rule.severity,
    risk_score: rule.riskScore,
    language: rule.language,
    type: rule.type,
    origin: rule.origin,
    techniques: rule.techniques,
    tags: rule.tags,
    alerts: rule.alerts,
    open_alerts: rule.openAlerts,
    exceptions: rule.exceptions,
    updated_at: rule.updatedAt,
  }
}

function line(rule: RuleListItem): string {
  const open = `${rule.openAlerts.toLocaleString('en')} open`.padEnd(9)
  return [rule.enabled ? 'on ' : 'off', rule.severity.padEnd(8), open, rule.ruleId.padEnd(36), rule.name].map(printable).join('  ')
}

/** `linklocal rules list`. */
export async function listCommand(options: JsonOption): Promise<void> {
  await withRules(async (context) => {
    for (const rule of await listRules(context)) process.stdout.write(`${options.json ? JSON.stringify(ruleJson(rule)) : line(rule)}\n`)
  })
}
