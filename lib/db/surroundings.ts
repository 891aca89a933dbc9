import type { EventReader, StoredEvent } from './event-reader'
import { entityKey } from './hash'
import type { EcsEvent } from '@/lib/ecs/event'
import { readText } from '@/lib/ecs/event'
import { eventRole } from '@/lib/ecs/event-role'
import { mostTelling } from '@/lib/ecs/telling-connection'
import { LIMITS } from '@/lib/limits'

/** A stored event, read. */
export interface Document extends StoredEvent {
  readonly event: EcsEvent
}

/** What stands around a candidate: what an expression may read of it besides the event, and what belongs to the story. */
export interface Surroundings {
  /** The exec record of the event's own process; the event itself where it is one. */
  readonly exec: EcsEvent | null
  /** Records of the processes above, nearest first, up to the first that is not stored. */
  readonly ancestors: readonly Document[]
  /** The nearest shell above that has a terminal. */
  readonly shell: Document | null
  /** Connections of the process within ten seconds; where they are more than are linked, those that tell most. */
  readonly network: readonly Document[]
  /** `entityKey`s of all these processes and of the first one missing above: a record of one may change the answer. */
  readonly watch: readonly number[]
  /** The caps that were met, so that not everything around it was looked at. */
  readonly caps: readonly SurroundingsCap[]
}

export type SurroundingsCap = 'ancestors' | 'records' | 'connections'

const SHELLS = new Set(['bash', 'sh', 'dash', 'zsh', 'ksh', 'ksh93', 'mksh', 'fish', 'tcsh', 'csh', 'ash', 'busybox'])
const NETWORK_MS = 10_000

function hasTerminal(event: EcsEvent): boolean {
  return Number(readText(event, 'process.tty.char_device.major') ?? 0) > 0 || (readText(event, 'process.tty.name') ?? '') !== ''
}

/**
 * Reads what is stored around a candidate at this moment. Whatever is missing is named in `watch`, so that the candidate is
 * looked at again when it arrives, and the final answer does not depend on the order of arrival.
 */
export function readSurroundings(events: EventReader, candidate: Document): Surroundings {
  const hostId = readText(candidate.event, 'host.id') ?? ''
  const watch: number[] = []
  const caps = new Set<SurroundingsCap>()
  const recordsOf = (entityId: string): readonly Document[] => {
    const key = entityKey(hostId, entityId)
    watch.push(key)
    const found = events.ofEntities([key], LIMITS.processRecords + 1)
    if (found.length > LIMITS.processRecords) caps.add('records')
    return found
      .slice(0, LIMITS.processRecords)
      .map((stored) => ({ ...stored, event: events.document(stored) }))
      .filter(({ event }) => readText(event, 'process.entity_id') === entityId && readText(event, 'host.id') === hostId)
  }
  const beginning = (records: readonly Document[]): Document | null =>
    records.find(({ event }) => eventRole(event) === 'exec') ?? records.find(({ event }) => eventRole(event) === 'fork') ?? records.find(({ event }) => eventRole(event) !== 'network') ?? null

  const own = readText(candidate.event, 'process.entity_id')
  const ownRecords = own === undefined ? [] : recordsOf(own)
  const exec = eventRole(candidate.event) === 'exec' ? candidate.event : (ownRecords.find(({ event }) => eventRole(event) === 'exec')?.event ?? null)
  const network = ownRecords.filter(({ event, ts }) => eventRole(event) === 'network' && ts >= candidate.ts && ts <= candidate.ts + NETWORK_MS)
  if (network.length > LIMITS.linkedConnections) caps.add('connections')

  const ancestors: Document[] = []
  const seen = new Set(own === undefined ? [] : [own])
  let parent = readText(candidate.event, 'process.parent.entity_id') ?? (exec === null ? undefined : readText(exec, 'process.parent.entity_id'))
  while (parent !== undefined && !seen.has(parent)) {
    if (ancestors.length >= LIMITS.seclAncestors) {
      caps.add('ancestors')
      break
    }
    seen.add(parent)
    const record = beginning(recordsOf(parent))
    if (!record) break
    ancestors.push(record)
    parent = readText(record.event, 'process.parent.entity_id')
  }
  const shell = ancestors.find(({ event }) => SHELLS.has(readText(event, 'process.name') ?? '') && hasTerminal(event)) ?? null
  return { exec, ancestors, shell, network: mostTelling(network, LIMITS.linkedConnections), watch: [...new Set(watch)], caps: [...caps].sort() }
}
