import type { ImportProgress, ImportSummary } from '@/lib/ingest/schema'

/** An upload while the browser is still sending it, under the key the browser chose. */
export interface UploadState {
  /** `waiting`: nothing has arrived under this key, or not for a long time. */
  readonly status: 'waiting' | 'running' | 'ended'
  readonly progress: ImportProgress | null
  readonly summary: ImportSummary | null
}

const WAITING: UploadState = { status: 'waiting', progress: null, summary: null }
/** Ended uploads that are remembered, for a browser that asks once more after it has cancelled. */
const KEPT = 500

// On the global object, because Next may load this module more than once: one route writes what another reads.
const UPLOADS = Symbol.for('linklocal.uploads')

function uploads(): Map<string, UploadState> {
  const known: unknown = Reflect.get(globalThis, UPLOADS)
  if (known instanceof Map) return known
  const made = new Map<string, UploadState>()
  Reflect.set(globalThis, UPLOADS, made)
  return made
}

/** What is known of the upload with this key. */
export function readUpload(key: string): UploadState {
  return uploads().get(key) ?? WAITING
}

/** Notes how far an upload is, or what became of it. The oldest that have ended are forgotten. */
export function noteUpload(key: string, state: UploadState): void {
  const map = uploads()
  map.delete(key)
  map.set(key, state)
  if (map.size <= KEPT) return
  for (const [old, { status }] of map) {
    if (status === 'ended') map.delete(old)
    if (map.size <= KEPT) return
  }
}
