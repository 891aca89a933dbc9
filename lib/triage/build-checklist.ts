import type { AlertDetail } from '@/lib/alerts/schema'
import { alertRef } from '@/lib/alerts/schema'
import { readValues } from '@/lib/ecs/event'
import { countedItems } from './parse-guide'
import type { GuideItem } from './parse-guide'
import { CHECKLIST_SECTIONS, isSettled } from './schema'
import type { Checklist, ChecklistItemView, Evidence, EvidenceValue, ItemState } from './schema'
import { suspicionOf } from './suspicion'

/** What an analyst said about a step. */
export interface StoredItemState {
  readonly itemKey: string
  readonly state: ItemState
  readonly note: string
  readonly actor: string
  /** ISO 8601, UTC. */
  readonly at: string
}

export interface ChecklistFacts {
  readonly alert: AlertDetail
  readonly guide: readonly GuideItem[]
  readonly states: readonly StoredItemState[]
  /** Other alerts of the alert's host, whatever their status. */
  readonly otherAlertsOfHost: number
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Fields of Elastic's alert documents that are the alert's own, not its records'. */
function ownField(alert: AlertDetail, field: string): string | null {
  switch (field) {
    case 'kibana.alert.severity':
      return alert.severity
    case 'kibana.alert.risk_score':
      return String(alert.riskScore)
    case 'kibana.alert.reason':
      return alert.reason
    case 'kibana.alert.workflow_status':
      return alert.status
    case 'kibana.alert.rule.name':
      return alert.ruleName
    case 'kibana.alert.rule.rule_id':
      return alert.ruleId
    default:
      return null
  }
}

/** The values of a field in each record that has it; records that agree stand together. */
function recordValues(alert: AlertDetail, field: string): readonly EvidenceValue[] {
  const found: { records: string[]; values: readonly string[]; flag: string | null }[] = []
  for (const { role, event } of alert.events) {
    const values = readValues(event, field).map(asText)
    if (values.length === 0) continue
    const flag = values.map((value) => suspicionOf(field, value, event)).find((reason) => reason !== null) ?? null
    const same = found.find((other) => other.values.length === values.length && other.values.every((value, i) => value === values[i]))
    if (same) {
      if (!same.records.includes(role)) same.records.push(role)
      same.flag ??= flag
    } else found.push({ records: [role], values, flag })
  }
  return found
}

function linkOf(facts: ChecklistFacts, field: string): Evidence['link'] {
  const { alert, otherAlertsOfHost } = facts
  if (field === 'host.id' || field === 'host.name') {
    const href = `/alerts?${new URLSearchParams({ status: 'all', host: alert.hostId }).toString()}`
    if (otherAlertsOfHost === 0) return { href, text: `No other alert of ${alert.hostName}` }
    return { href, text: `${otherAlertsOfHost} other ${otherAlertsOfHost === 1 ? 'alert' : 'alerts'} of ${alert.hostName}` }
  }
  if (field === 'process.parent.entity_id' || field === 'process.entity_id') return { href: `/alerts/${alertRef(alert.id)}/process-tree`, text: 'Process tree' }
  return null
}

function evidenceOf(facts: ChecklistFacts, field: string): Evidence {
  const own = ownField(facts.alert, field)
  const values = own === null ? recordValues(facts.alert, field) : [{ records: [], values: [own], flag: null }]
  return { field, values, link: linkOf(facts, field) }
}

/** The checklist of an alert: its guide's steps with the evidence each asks for and the state it has been given. Pure. */
export function buildChecklist(facts: ChecklistFacts): Checklist {
  const states = new Map(facts.states.map((state) => [state.itemKey, state]))
  const view = (item: GuideItem): ChecklistItemView => {
    const given = states.get(item.key)
    return {
      key: item.key,
      text: item.text,
      evidence: item.fields.map((field) => evidenceOf(facts, field)),
      state: given?.state ?? null,
      note: given?.note ?? '',
      actor: given?.actor ?? null,
      at: given?.at ?? null,
    }
  }
  const counted = new Set(countedItems(facts.guide, facts.alert.verdict).map((item) => item.key))
  const sections = CHECKLIST_SECTIONS.map((section) => {
    const items = facts.guide.filter((item) => item.section === section)
    return { section, counted: items.some((item) => counted.has(item.key)), items: items.map(view) }
  }).filter(({ items }) => items.length > 0)
  const all = sections.flatMap(({ items }) => items)
  return {
    sections,
    done: all.filter((item) => counted.has(item.key) && isSettled(item.state)).length,
    total: counted.size,
    followUps: all.filter((item) => item.state === 'follow_up').length,
  }
}
