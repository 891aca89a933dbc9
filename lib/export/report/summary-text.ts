import type { ExportModel } from '@/lib/export/model'
import { count, timeText } from './parts'

function list(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most)
  const more = names.length - shown.length
  if (more > 0) return `${shown.join(', ')} and ${more} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`
}

const unique = (names: readonly (string | null)[]) => [...new Set(names.filter((name): name is string => name !== null && name !== ''))]

function rolesSentence({ alerts, roles }: ExportModel): readonly string[] {
  const asking = alerts.filter((alert) => alert.imds?.pathClass === 'credentials')
  if (asking.length === 0) return []
  const unnamed = asking.filter((alert) => alert.imds?.role === null).length
  if (roles.length === 0) return [`Credentials were asked of a metadata service in ${count(unnamed, 'alert')}; no role is named.`]
  const rest = unnamed === 0 ? '' : `; ${count(unnamed, 'further alert')} asked for credentials without naming a role`
  return [`Credentials were asked for of ${count(roles.length, 'role')}: ${list(unique(roles.map(({ role }) => role)), 8)}${rest}.`]
}

/** What a reader in a hurry needs, in sentences that only say what the data says. */
export function summarySentences(model: ExportModel): readonly string[] {
  const { alerts, records } = model
  if (alerts.length === 0) return ['The case holds no alerts.']
  const hosts = unique(alerts.map((alert) => alert.hostName))
  const first = records[0]
  const last = records.at(-1)
  const span = first && last ? ` between ${timeText(first.at)} and ${timeText(last.at)}` : ''
  const of = (verdict: string | null) => alerts.filter((alert) => alert.verdict === verdict).length
  const decided = [
    [of('true_positive'), 'judged a true positive'],
    [of('benign_true_positive'), 'benign'],
    [of('false_positive'), 'a false positive'],
    [of('test'), 'a test'],
    [of('duplicate'), 'a duplicate'],
  ] as const
  const verdicts = decided.filter(([n]) => n > 0).map(([n, words]) => `${n} ${words}`)
  const undecided = of(null)
  const open = alerts.reduce((sum, alert) => sum + alert.checklist.filter((item) => item.counted && (item.state === null || item.state === 'follow_up')).length, 0)
  const destinations = unique(records.map((record) => record.facts.destination))
  const programs = unique(records.map((record) => record.facts.processName))
  const users = unique(records.map((record) => record.facts.user))
  return [
    `${count(alerts.length, 'alert')} of ${count(unique(alerts.map((alert) => alert.ruleName)).length, 'rule')} on ${count(hosts.length, 'host')} (${list(hosts)})${span}.`,
    ...(programs.length > 0 ? [`Programs involved: ${list(programs, 8)}${users.length > 0 ? `; as ${list(users)}` : ''}.`] : []),
    ...(destinations.length > 0 ? [`Connections to ${list(destinations)}.`] : []),
    ...rolesSentence(model),
    verdicts.length === 0 ? 'No alert has a verdict yet.' : `${verdicts.join(', ')}${undecided > 0 ? `; ${undecided} without a verdict` : ''}.`,
    open === 0 ? 'No checklist item is open.' : `${count(open, 'checklist item')} ${open === 1 ? 'is' : 'are'} open.`,
  ]
}
