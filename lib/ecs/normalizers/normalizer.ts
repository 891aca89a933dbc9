import type { EcsEvent } from '@/lib/ecs/event'

/** Why a record was not taken: a stable code and a sentence that names the remedy. */
export interface Rejection {
  readonly code: string
  readonly reason: string
}

export type Normalized = { readonly ok: true; readonly event: EcsEvent } | { readonly ok: false; readonly rejection: Rejection }

/**
 * One source's way into ECS. `normalize` takes the bytes of one record as text, exactly as they came, and is pure, so the
 * stored bytes always give the same event again.
 */
export interface Normalizer {
  readonly format: string
  normalize(text: string): Normalized
}

export function reject(code: string, reason: string): Normalized {
  return { ok: false, rejection: { code, reason } }
}
