/**
 * How much body a request may bring and how it is taken. Every route but three reads its body whole: a form, a draft, the
 * arguments of an action. Those bodies are taken in, counted and held to one cap, before their route sees the request. Pure.
 */
import { LIMITS } from '@/lib/limits'
import { SHIPPER_ROUTE } from '@/lib/web/bulk/shipper-target'

export interface BodyPolicy {
  /** `whole`: taken in before the route is called. `stream`: read by the route as it comes. */
  readonly taken: 'whole' | 'stream'
  /** Bytes as they are sent. */
  readonly maxBytes: number
  /** A sender must bring `leastBytes` within so many milliseconds, or it is cut off. */
  readonly idleMs: number
  readonly leastBytes: number
}

const FORM: BodyPolicy = { taken: 'whole', maxBytes: LIMITS.formBytes, idleMs: LIMITS.bodyIdleMs, leastBytes: LIMITS.bodyLeastBytes }
const PUSH: BodyPolicy = { taken: 'stream', maxBytes: LIMITS.pushBytes, idleMs: LIMITS.bodyIdleMs, leastBytes: LIMITS.bodyLeastBytes }
/** Files of many gigabytes over slow lines, and logs that are piped here as they are written. */
const FILE: BodyPolicy = { taken: 'stream', maxBytes: LIMITS.importBytes, idleMs: LIMITS.streamIdleMs, leastBytes: 1 }

/** The policy for a request; `target` is the one under which it is routed, shippers' paths led to theirs. */
export function bodyPolicy(method: string, target: string): BodyPolicy {
  const [path = ''] = target.split('?')
  if ((method === 'POST' || method === 'PUT') && path.startsWith(`${SHIPPER_ROUTE}/`)) return PUSH
  if (method === 'POST' && path === '/api/ingest') return FILE
  if (method === 'PATCH' && path.startsWith('/api/uploads/')) return FILE
  return FORM
}
