import type { EcsEvent } from '@/lib/ecs/event'
import type { FieldNode } from '@/lib/ecs/field-set'

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
  /**
   * The event with these fields alone, where that is cheaper: every reader of one of them answers what it would of the whole event.
   * Null where the record has to be read whole, as when it is to be rejected.
   */
  skim?(bytes: Buffer, fields: FieldNode): EcsEvent | null
}

export function reject(code: string, reason: string): Normalized {
  return { ok: false, rejection: { code, reason } }
}
