import type { EventReader, StoredEvent } from '@/lib/db/event-reader'
import { readText } from '@/lib/ecs/event'
import { ALERT_EVENT_ROLES } from './schema'
import type { AlertDetail, AlertEvent, AlertEventRole } from './schema'
import { kinshipOf } from './kinship'

/** A row of `alert_event`. */
export interface EventLink {
  readonly position: number
  readonly role: string
  readonly stage: number
  readonly eventId: number
}

function roleOf(text: string): AlertEventRole {
  return ALERT_EVENT_ROLES.find((role) => role === text) ?? 'other'
}

function millisecondsBetween(from: StoredEvent, to: StoredEvent): number {
  return to.ts - from.ts + (to.tsNs - from.tsNs) / 1e6
}

/** The records behind an alert's links, in order; what is no longer stored is left out. */
export function readLinkedEvents(events: EventReader, links: readonly EventLink[]): readonly AlertEvent[] {
  const stored = new Map(events.byIds(links.map((link) => link.eventId)).map((event) => [event.id, event]))
  const present = links.flatMap((link) => {
    const record = stored.get(link.eventId)
    return record ? [{ link, record }] : []
  })
  const first = present[0]?.record
  return present.map(({ link, record }) => {
    const event = events.document(record)
    return {
      position: link.position,
      role: roleOf(link.role),
      stage: link.stage,
      eventId: record.id,
      sourceEventId: readText(event, 'event.id') ?? null,
      timestamp: new Date(record.ts).toISOString(),
      deltaMs: first ? millisecondsBetween(first, record) : 0,
      event,
      raw: record.raw.toString('utf8'),
    }
  })
}

/** How the processes of an alert's records are related. */
export function kinshipOfEvents(events: readonly AlertEvent[]): AlertDetail['kinship'] {
  return kinshipOf(
    events.map(({ stage, event }) => ({ stage, process: readText(event, 'process.entity_id') ?? null, parent: readText(event, 'process.parent.entity_id') ?? null })),
  )
}
