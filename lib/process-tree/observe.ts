import { readField, readText, readValues, type EcsEvent } from '@/lib/ecs/event'
import { compareTimestamps, parseTimestamp, type Timestamp } from '@/lib/ecs/timestamp'
import { compareText } from '@/lib/lang/text-order'
import type { TreeEvent } from './model'

/** What a record says happened to its process. `update` is any other record of it. */
export type Phase = 'fork' | 'running' | 'exec' | 'update' | 'network' | 'end'

/** One event, read for the tree. */
export interface Observation {
  readonly id: string
  readonly event: EcsEvent
  readonly at: Timestamp
  readonly atText: string
  /** Several where the agent has merged a short life into one record. */
  readonly phases: readonly Phase[]
  readonly hostId: string
  readonly pid: number | null
  readonly entityId: string | null
  readonly sequence: number
}

const PHASE_ORDER: readonly Phase[] = ['fork', 'running', 'exec', 'update', 'network', 'end']
const EPOCH: Timestamp = { ms: 0, ns: 0 }

/** A field as a whole number ≥ 0, however the source writes numbers. */
export function readNumber(event: EcsEvent, field: string): number | null {
  const text = readText(event, field)
  if (text === undefined || !/^\d{1,15}$/.test(text)) return null
  return Number(text)
}

function phasesOf(event: EcsEvent): readonly Phase[] {
  const categories = readValues(event, 'event.category')
  const actions = readValues(event, 'event.action')
  const types = readValues(event, 'event.type')
  if (categories.includes('network')) return ['network']
  const found = new Set<Phase>()
  if (actions.includes('fork')) found.add('fork')
  if (actions.includes('exec') || actions.includes('executed') || actions.includes('process_started')) found.add('exec')
  if (actions.includes('already_running')) found.add('running')
  if (actions.includes('end') || types.includes('end')) found.add('end')
  if (found.size === 0 && categories.includes('process') && types.includes('start')) found.add('exec')
  return found.size === 0 ? ['update'] : PHASE_ORDER.filter((phase) => found.has(phase))
}

function observe({ event, id }: TreeEvent): Observation {
  const stamp = readField(event, '@timestamp')
  return {
    id,
    event,
    at: parseTimestamp(stamp) ?? EPOCH,
    atText: typeof stamp === 'string' ? stamp : new Date(clampDate(parseTimestamp(stamp)?.ms ?? 0)).toISOString(),
    phases: phasesOf(event),
    hostId: readText(event, 'host.id') ?? readText(event, 'host.name') ?? '',
    pid: readNumber(event, 'process.pid'),
    entityId: readText(event, 'process.entity_id') ?? null,
    sequence: readNumber(event, 'event.sequence') ?? -1,
  }
}

/** `toISOString` throws beyond the year 275760. */
function clampDate(ms: number): number {
  return Math.min(8.64e15, Math.max(-8.64e15, ms))
}

function firstPhase(o: Observation): number {
  return PHASE_ORDER.indexOf(o.phases[0] ?? 'update')
}

/**
 * The events in the one order the tree is built in: time, the agent's own counter, the course of a life, identity. An
 * identity given twice counts once.
 */
export function observeAll(events: readonly TreeEvent[]): readonly Observation[] {
  const sorted = events
    .map(observe)
    .sort(
      (a, b) =>
        compareTimestamps(a.at, b.at) || a.sequence - b.sequence || firstPhase(a) - firstPhase(b) || compareText(a.id, b.id),
    )
  const seen = new Set<string>()
  return sorted.filter((o) => !seen.has(o.id) && seen.add(o.id))
}
