import type { Context } from '@/lib/auth/context'
import type { EcsEvent } from '@/lib/ecs/event'
import { readValues } from '@/lib/ecs/event'
import { eventRole } from '@/lib/ecs/event-role'
import { compileEntries } from './match'
import { isAsked, readEvents } from './matching-alerts'
import type { ExceptionEntry, StageFacts } from './schema'

const ALERTS = 50
const HITS = 200

interface StagedEvent {
  readonly stage: number | null
  readonly event: EcsEvent
}

/**
 * Which records of the rule have the fields of each condition: judged by the records of its newest alerts, or of its hits
 * while it has no alert. For all rules, records of one kind are put together.
 */
export async function readStageFacts(context: Pick<Context, 'db' | 'events'>, ruleId: string | null, entries: readonly ExceptionEntry[]): Promise<readonly StageFacts[]> {
  const groups = new Map<string, { stage: number | null; role: StageFacts['role']; events: EcsEvent[] }>()
  for (const { stage, event } of await sampleRecords(context, ruleId)) {
    const role = eventRole(event)
    const key = `${stage ?? ''} ${role}`
    const group = groups.get(key) ?? { stage, role, events: [] }
    group.events.push(event)
    groups.set(key, group)
  }
  const tests = entries.map((entry) => compileEntries([entry]))
  return [...groups.values()]
    .sort((a, b) => (a.stage ?? 0) - (b.stage ?? 0) || b.events.length - a.events.length)
    .map(({ stage, role, events }) => ({
      stage,
      role,
      sampled: events.length,
      entries: entries.map((entry, at) => ({
        present: events.filter((event) => readValues(event, entry.field).length > 0).length,
        satisfied: events.filter((event) => tests[at]?.(event) ?? false).length,
      })),
    }))
}

async function sampleRecords({ db, events }: Pick<Context, 'db' | 'events'>, ruleId: string | null): Promise<readonly StagedEvent[]> {
  const alerts = await db.alert.findMany({
    ...(ruleId === null ? {} : { where: { rule: { ruleId } } }),
    orderBy: { id: 'desc' },
    take: ALERTS,
    select: { rule: { select: { language: true } }, events: { select: { stage: true, eventId: true } } },
  })
  let links: readonly { readonly stage: number; readonly eventId: number }[] = alerts.flatMap(({ rule, events: linked }) => linked.filter(({ stage }) => isAsked(rule.language, stage)))
  if (links.length === 0 && ruleId !== null) {
    const rule = await db.rule.findUnique({ where: { ruleId }, select: { id: true } })
    links = rule ? await db.ruleHit.findMany({ where: { ruleId: rule.id, stage: { gte: 0 } }, take: HITS, select: { stage: true, eventId: true } }) : []
  }
  const documents = readEvents(
    events,
    links.map(({ eventId }) => eventId),
  )
  return links.flatMap(({ stage, eventId }) => {
    const event = documents.get(eventId)
    return event ? [{ stage: ruleId === null ? null : stage, event }] : []
  })
}
