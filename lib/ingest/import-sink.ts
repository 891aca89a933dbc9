import type { EventBatch, PreparedHit } from '@/lib/db/event-batch'
import type { EcsEvent } from '@/lib/ecs/event'
import type { ImportProgress, ImportRequest, ImportSummary } from './schema'
import type { Retried } from './settle-rejects'

/** How an import ended, as its reader saw it. */
export interface ImportEnd {
  readonly status: 'done' | 'failed' | 'cancelled'
  readonly format: string | null
  readonly error: string | null
  /** See `ImportSummary.notes`. */
  readonly notes: readonly string[]
}

/**
 * Where the reading half of the pipeline puts its batches: the writing half, in this thread or in another. Every answer
 * means that what it speaks of is on disk.
 */
export interface ImportSink {
  start(request: ImportRequest, actor: string): Promise<number>
  /** Stores a batch and detects over it. `wireBytes` are the bytes read for it, before decompression; `retried` the rejects that it settles. */
  write(importId: number, batch: EventBatch, wireBytes: number, retried?: Retried): Promise<ImportProgress>
  finish(importId: number, end: ImportEnd): Promise<ImportSummary>
}

/** Finds the hits of events with the rules as they are now; `revision` tells which those are. */
export interface HitFinder {
  readonly revision: number
  readonly hits: (event: EcsEvent) => readonly PreparedHit[]
  /** Whether the event could satisfy a stage of a rule once what it lacks (`LACKS`) is filled in, whatever that turns out to be. */
  readonly mayHit: (event: EcsEvent, lacks: number) => boolean
}
