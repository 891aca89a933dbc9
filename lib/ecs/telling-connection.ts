/** Which record of the network tells most, where one is to be named or only some can be kept. Pure. */
import type { EcsEvent } from './event'
import { readText } from './event'
import { eventRole } from './event-role'
import { destinationHost } from './imds'

interface OfEvent {
  readonly event: EcsEvent
}

/** The metadata service (2), then any other address (1), then local sockets and what has no address (0); -1 for other records. */
export function connectionRank(event: EcsEvent): number {
  if (eventRole(event) !== 'network') return -1
  if (destinationHost(event) !== null) return 2
  return readText(event, 'destination.ip') === undefined ? 0 : 1
}

/**
 * The most telling ones of the network's records, in their order. A resolver, the socket of its cache or a proxy stand before
 * the metadata service more often than not, so they go first where there is not room for all.
 */
export function mostTelling<R extends OfEvent>(records: readonly R[], most: number): readonly R[] {
  const ranked = records.map((record, at) => ({ record, at, rank: connectionRank(record.event) })).filter(({ rank }) => rank >= 0)
  if (ranked.length <= most) return ranked.map(({ record }) => record)
  // Sorting keeps the order of equals.
  const kept = ranked.toSorted((a, b) => b.rank - a.rank).slice(0, most)
  return kept.toSorted((a, b) => a.at - b.at).map(({ record }) => record)
}

/** The record of the network that a sentence names: of equals the first. */
export function tellingConnection<R extends OfEvent>(records: readonly R[]): R | undefined {
  return mostTelling(records, 1)[0]
}
