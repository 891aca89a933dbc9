import { IDENTITY_BYTES } from '@/lib/db/event-batch'
import type { PreparedEvent } from '@/lib/db/event-batch'

/** An event that is known by a number: its identity and its time. */
export function numberedEvent(number: number, raw = String(number)): PreparedEvent {
  const identity = Buffer.alloc(IDENTITY_BYTES)
  identity.writeUInt32BE(number, 2)
  return { identity, ts: number, tsNs: 0, sequence: null, hostId: 'h', hostName: 'h', category: null, action: null, entity: number * 7, parent: null, raw: Buffer.from(raw), hits: [], lineage: null }
}
