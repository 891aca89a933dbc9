import type { EventReader, StoredEvent } from '@/lib/db/event-reader'
import { entityKey } from '@/lib/db/hash'
import { readText } from '@/lib/ecs/event'
import { readStored } from '@/lib/ecs/normalizers/registry'
import { LIMITS } from '@/lib/limits'
import { buildProcessTree } from '@/lib/process-tree/build'
import type { TreeAlert, TreeEvent } from '@/lib/process-tree/model'
import type { ExportRecord, ExportTree } from './model'

/** Events looked at for one host's tree; what is nearest to the alerts is read first. */
const EVENTS_PER_TREE = 20_000
const KEYS_PER_READ = 500
/** Generations below the processes of the alerts. */
const GENERATIONS_BELOW = 3

interface Surroundings {
  readonly hostId: string
  readonly events: Map<number, TreeEvent>
}

function take(stored: readonly StoredEvent[], into: Surroundings): readonly TreeEvent[] {
  const fresh: TreeEvent[] = []
  for (const record of stored) {
    if (into.events.has(record.id) || into.events.size >= EVENTS_PER_TREE) continue
    const event = readStored(record.format, record.raw)
    // Entities are looked up by hash and host: another host's record is a collision.
    if (readText(event, 'host.id') !== into.hostId) continue
    const entry = { id: String(record.id), event }
    into.events.set(record.id, entry)
    fresh.push(entry)
  }
  return fresh
}

function readBy(events: EventReader, by: 'ofEntities' | 'ofParents', entities: readonly string[], into: Surroundings): readonly TreeEvent[] {
  const fresh: TreeEvent[] = []
  const keys = entities.map((entity) => entityKey(into.hostId, entity))
  for (let at = 0; at < keys.length && into.events.size < EVENTS_PER_TREE; at += KEYS_PER_READ) {
    fresh.push(...take(events[by](keys.slice(at, at + KEYS_PER_READ), EVENTS_PER_TREE - into.events.size), into))
  }
  return fresh
}

function entitiesOf(events: readonly TreeEvent[], field: 'process.entity_id' | 'process.parent.entity_id', seen: Set<string>): readonly string[] {
  const found = events.flatMap(({ event }) => readText(event, field) ?? []).filter((entity) => !seen.has(entity))
  for (const entity of found) seen.add(entity)
  return [...new Set(found)]
}

/** The records of the processes around these: their ancestors, their siblings, and what they started. */
function readAround(events: EventReader, hostId: string, linked: readonly number[]): readonly TreeEvent[] {
  const around: Surroundings = { hostId, events: new Map() }
  const start = take(events.byIds(linked), around)
  const seen = new Set<string>()
  const own = entitiesOf(start, 'process.entity_id', seen)
  const parents = entitiesOf(start, 'process.parent.entity_id', seen)
  let above = readBy(events, 'ofEntities', [...own, ...parents], around)
  for (let depth = 0; depth < LIMITS.treeDepth && above.length > 0; depth++) {
    above = readBy(events, 'ofEntities', entitiesOf(above, 'process.parent.entity_id', seen), around)
  }
  const below = new Set<string>()
  let next: readonly string[] = [...own, ...parents]
  for (let depth = 0; depth < GENERATIONS_BELOW && next.length > 0; depth++) {
    next = entitiesOf(readBy(events, 'ofParents', next, around), 'process.entity_id', below)
  }
  // Their connections and ends are records of the process alone.
  readBy(events, 'ofEntities', [...below], around)
  return [...around.events.values()]
}

/** One tree a host: everything the alerts of the case touch there, with what stands around it. */
export function readTrees(events: EventReader, records: readonly ExportRecord[], alerts: readonly { readonly id: number; readonly marks: readonly TreeAlert[] }[]): readonly ExportTree[] {
  const hosts = new Map<string, ExportRecord[]>()
  for (const record of records) hosts.set(record.facts.hostId, [...(hosts.get(record.facts.hostId) ?? []), record])
  return [...hosts].map(([hostId, linked]) => {
    const ids = new Set(linked.map((record) => String(record.eventId)))
    const here = alerts.filter((alert) => alert.marks.some((mark) => ids.has(mark.eventId)))
    const entityIds = [...new Set(linked.flatMap((record) => record.facts.processEntityId ?? []))]
    const tree = buildProcessTree(
      readAround(events, hostId, linked.map((record) => record.eventId)),
      { entityIds, eventIds: [...ids] },
      { hostId, alerts: here.flatMap((alert) => alert.marks) },
    )
    return { hostId, hostName: linked[0]?.facts.hostName ?? hostId, alertIds: here.map((alert) => alert.id), tree }
  })
}
