import type { Context } from '@/lib/auth/context'
import type { ShowOptions } from '@/cli/alerts'
import { explainAlert } from '@/lib/alerts/explain-alert'
import { getAlert } from '@/lib/alerts/queries'
import { ruleOfAlert } from '@/lib/alerts/rule-of-alert'
import { recordSecretsShown } from '@/lib/alerts/record-secrets-shown'
import type { AlertDetail } from '@/lib/alerts/schema'
import { VERDICT_LABELS, alertRef, parseAlertRef, recordsRemoved } from '@/lib/alerts/schema'
import { enrichedOf, originText } from '@/lib/ecs/enriched'
import { exactJsonText, withExactIntegers } from '@/lib/ecs/exact-json'
import { readText } from '@/lib/ecs/event'
import { AppError } from '@/lib/errors'
import type { RuleDocument } from '@/lib/rules/schema'
import { readChecklist } from '@/lib/triage/read-checklist'
import type { Checklist } from '@/lib/triage/schema'
import { ITEM_STATE_LABELS, SECTION_TITLES } from '@/lib/triage/schema'
import { alertJson } from './alert-json'
import { askedText } from './asked-text'
import { withContext } from './open-context'
import { maskDeep } from '@/lib/text/mask-deep'
import { printable } from '@/lib/text/printable'

function checklistJson({ sections, done, total }: Checklist) {
  return {
    done,
    total,
    items: sections.flatMap(({ section, items }) =>
      items.map(({ key, text, evidence, state, note, actor, at }) => ({ section, key, text, state, note, actor, at, evidence })),
    ),
  }
}

function describe(alert: AlertDetail, checklist: Checklist, mask: <T>(value: T) => T): string {
  const lines = [
    `${alertRef(alert.id)}  ${alert.reason}`,
    `${alert.ruleName} · ${alert.severity} · risk ${alert.riskScore} · ${alert.status}${alert.verdict === null ? '' : `, ${VERDICT_LABELS[alert.verdict]}`}`,
    `${alert.hostName} (${alert.hostId}) · ${alert.assignee ?? 'nobody assigned'}`,
    ...alert.truncated.map(({ cap, limit }) => `Cut short: only ${limit.toLocaleString('en')} ${cap} were looked at.`),
    '',
    ...alert.events.flatMap((event) => {
      const command = readText(event.event, 'process.command_line') ?? readText(event.event, 'process.executable') ?? ''
      const filled = enrichedOf(event.event).map((enriched) => `  filled in ${originText(enriched)}: ${enriched.fields.join(', ')}`)
      return [`${event.timestamp}  +${event.deltaMs} ms  ${event.role.padEnd(8)}${command}`, ...filled]
    }),
  ]
  const removed = recordsRemoved(alert)
  if (removed !== null) lines.push(removed)
  if (alert.imds) lines.push('', `Asked for  ${askedText(alert.imds)}`)
  for (const { section, items } of checklist.sections) {
    lines.push('', SECTION_TITLES[section])
    for (const item of items) {
      lines.push(`  [${item.state === null ? ' ' : ITEM_STATE_LABELS[item.state]}] ${item.text}${item.note === '' ? '' : ` – ${item.note}`}`)
    }
  }
  lines.push('', 'History', ...alert.history.map((entry) => `  ${entry.at}  ${entry.actor}: ${entry.text}`))
  return `${lines.map((line) => printable(mask(line))).join('\n')}\n`
}

/** The rule's query and how each of its conditions went; events are named by their place in `events`. */
function whyJson(ctx: Context, document: RuleDocument, alert: AlertDetail) {
  const explained = explainAlert(ctx, document, alert.events, recordsRemoved(alert))
  const rule = { rule_version: document.version, language: document.language, query: document.query }
  return explained.ok ? { ...rule, ...explained.explanation } : { ...rule, message: explained.message }
}

/** `linklocal alerts show`. */
export async function showCommand(reference: string, options: ShowOptions): Promise<void> {
  const id = parseAlertRef(reference)
  if (id === null) throw new AppError('invalid', `${printable(reference)} is not a reference to an alert; one looks like A-12.`)
  await withContext(async (ctx) => {
    const alert = await getAlert(ctx, id)
    if (!alert) throw new AppError('not_found', `There is no alert ${alertRef(id)}.`)
    const checklist = await readChecklist(ctx, alert)
    if (options.showSecrets !== undefined) await recordSecretsShown(ctx, { alertId: id, reason: options.showSecrets })
    const mask = options.showSecrets === undefined ? maskDeep : <T>(value: T): T => value
    if (!options.json) {
      process.stdout.write(describe(alert, checklist, mask))
      return
    }
    const { document } = await ruleOfAlert(ctx, alert)
    const base = alertJson({ summary: alert, ...alert })
    const shown = {
      ...base,
      kinship: alert.kinship,
      events: alert.events.map((event, i) => ({ ...base.events[i], delta_ms: event.deltaMs, event: withExactIntegers(event.event, event.raw) })),
      why: whyJson(ctx, document, alert),
      checklist: checklistJson(checklist),
      history: alert.history.map(({ at, actor, kind, text, detail }) => ({ at, actor, kind, text, detail })),
    }
    process.stdout.write(`${exactJsonText(mask(shown))}\n`)
  })
}
