import { readText, readTexts } from '@/lib/ecs/event'
import { metadataService } from '@/lib/ecs/metadata-address'
import type { Connection } from './model'
import { readNumber, type Observation } from './observe'

const EVENT_IDS = 50
const RESOLVED = 20

interface Peer {
  readonly kind: Connection['kind']
  readonly peer: string
  readonly port: number | null
}

function peerOf(o: Observation, action: string): Peer | null {
  const lookup = readText(o.event, 'dns.question.name')
  if (lookup !== undefined && (action.startsWith('lookup_') || readText(o.event, 'destination.ip') === undefined)) {
    return { kind: 'lookup', peer: lookup, port: null }
  }
  const direction = readText(o.event, 'network.direction')
  const inbound = action === 'connection_accepted' || direction === 'ingress' || direction === 'inbound'
  const side = inbound ? 'source' : 'destination'
  const peer = readText(o.event, `${side}.ip`) ?? readText(o.event, `${side}.address`)
  return peer === undefined ? null : { kind: inbound ? 'accept' : 'connect', peer, port: readNumber(o.event, 'destination.port') }
}

function add(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0)
}

/**
 * The connections of one process, one entry a peer and port, in the order of their first sight. The end of a connection
 * adds its bytes, not to the count. Beyond `max` entries the peers that serve credentials are kept before others.
 */
export function connectionsOf(observations: readonly Observation[], max: number): { readonly connections: readonly Connection[]; readonly cut: number } {
  const found = new Map<string, Connection>()
  for (const o of observations) {
    const action = readText(o.event, 'event.action') ?? ''
    const at = peerOf(o, action)
    if (!at) continue
    const id = JSON.stringify([at.kind, at.peer, at.port])
    const known = found.get(id)
    const begins = !o.phases.includes('end') && action !== 'disconnect_received' && action !== 'lookup_result'
    const answers = readTexts(o.event, 'dns.resolved_ip')
    const resolved = [...new Set([...(known?.resolved ?? []), ...answers])].slice(0, RESOLVED)
    found.set(id, {
      ...at,
      transport: known?.transport ?? readText(o.event, 'network.transport') ?? null,
      count: (known?.count ?? 0) + (begins ? 1 : 0),
      firstAt: known?.firstAt ?? o.atText,
      lastAt: o.atText,
      metadata: [at.peer, ...resolved].map(metadataService).find((service) => service !== null) ?? null,
      resolved,
      sentBytes: add(known?.sentBytes ?? null, readNumber(o.event, 'source.bytes')),
      receivedBytes: add(known?.receivedBytes ?? null, readNumber(o.event, 'destination.bytes')),
      eventIds: [...(known?.eventIds ?? []), o.id].slice(0, EVENT_IDS),
    })
  }
  const all = [...found.values()]
  if (all.length <= max) return { connections: all, cut: 0 }
  const kept = new Set(all.toSorted((a, b) => Number(a.metadata === null) - Number(b.metadata === null)).slice(0, max))
  return { connections: all.filter((c) => kept.has(c)), cut: all.length - max }
}
