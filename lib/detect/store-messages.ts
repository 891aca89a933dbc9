import { asRefusal } from '@/lib/errors'
import type { EventBatch } from '@/lib/db/event-batch'
import type { ImportEnd } from '@/lib/ingest/import-sink'
import type { PushTarget } from '@/lib/ingest/pushed'
import type { Retried } from '@/lib/ingest/settle-rejects'
import type { ImportProgress, ImportRequest, ImportSummary } from '@/lib/ingest/schema'

/** What the storing thread is started with. */
export interface StoreThreadInput {
  readonly dataDir: string
  readonly root: string
  readonly alone: boolean
}

/** A call of the sink, in the order in which they are answered. */
export type StoreCall =
  | { readonly call: number; readonly kind: 'start'; readonly request: ImportRequest; readonly actor: string }
  | { readonly call: number; readonly kind: 'write'; readonly importId: number; readonly batch: EventBatch; readonly wireBytes: number; readonly retried: Retried | undefined }
  | { readonly call: number; readonly kind: 'push'; readonly target: PushTarget; readonly batch: EventBatch; readonly wireBytes: number }
  | { readonly call: number; readonly kind: 'finish'; readonly importId: number; readonly end: ImportEnd }
  | { readonly call: number; readonly kind: 'close' }

/** A thrown error on its way between threads: classes do not survive the copy. */
export interface ThrownError {
  readonly name: string
  readonly code: string | null
  readonly message: string
  readonly stack: string
}

/** What the calls answer. */
export type StoreValue = number | ImportProgress | ImportSummary | Uint8Array<ArrayBuffer> | null

export type StoreAnswer =
  | { readonly call: number; readonly ok: true; readonly value: StoreValue }
  | { readonly call: number; readonly ok: false; readonly error: ThrownError }

/** The call number of the answer that says whether the store could be opened. */
export const OPENED = 0

export function thrown(error: unknown): ThrownError {
  const refusal = asRefusal(error)
  if (refusal) return { name: refusal.name, code: refusal.code, message: refusal.message, stack: refusal.stack ?? '' }
  if (!(error instanceof Error)) return { name: 'Error', code: null, message: String(error), stack: '' }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  return { name: error.name, code, message: error.message, stack: error.stack ?? '' }
}
