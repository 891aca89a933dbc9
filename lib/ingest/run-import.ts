import { EventStore } from '@/lib/db/event-store'
import type { PreparedEvent, PreparedHit, PreparedReject } from '@/lib/db/event-store'
import type { Database } from '@/lib/db/open'
import type { EcsEvent } from '@/lib/ecs/event'
import { normalizerOf } from '@/lib/ecs/normalizers/registry'
import { AppError, errorMessage, isAppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { BrokenStreamError, decode } from './decode'
import { finishImport, readProgress, startImport } from './import-log'
import { prepareEvent } from './prepare-event'
import type { ImportProgress, ImportRequest, ImportSummary } from './schema'
import { RecordSplitter } from './split-records'
import type { RawRecord } from './split-records'

/** What the pipeline asks of the detector: the hits of an event before it is stored, and the joins after a batch. */
export interface Detection {
  hitsOf(): (event: EcsEvent) => readonly PreparedHit[]
  drain(): void
}

export interface ImportOptions {
  readonly actor: string
  readonly clock: () => Date
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ImportProgress) => void
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'SQLITE_FULL' || error.code === 'SQLITE_IOERR_WRITE')
}

/**
 * Takes in one stream of bytes: decode, split, normalise, store, detect, batch by batch. Every record that cannot be stored
 * is kept as rejected with its place; everything else is stored. A stream that breaks, a cancel or a full disk ends the
 * import with what was stored until then, and the summary says so.
 */
export async function runImport(
  db: Database,
  detection: Detection,
  input: AsyncIterable<Buffer>,
  request: ImportRequest,
  options: ImportOptions,
): Promise<ImportSummary> {
  const importId = startImport(db, request, options.actor, options.clock())
  const store = new EventStore(db)
  const normalizer = normalizerOf('ecs')
  const splitter = new RecordSplitter()
  const countBytes = db.prepare('UPDATE import SET bytes = bytes + ? WHERE id = ?')
  let batch: RawRecord[] = []
  let batchBytes = 0
  let newestTs: number | null = null
  let rejectsKept = 0
  let wireBytes = 0

  const flush = (): void => {
    if (batch.length === 0 && wireBytes === 0) return
    const hitsOf = detection.hitsOf()
    const events: PreparedEvent[] = []
    const rejects: PreparedReject[] = []
    for (const record of batch) {
      const prepared = prepareEvent(record, normalizer, hitsOf)
      if (prepared.ok) events.push(prepared.event)
      else rejects.push(prepared.reject)
    }
    const result = store.store(importId, normalizer.format, events, rejects, LIMITS.rejectsKept - rejectsKept)
    rejectsKept += rejects.length
    if (result.newestTs !== null && (newestTs === null || result.newestTs > newestTs)) newestTs = result.newestTs
    countBytes.run(wireBytes, importId)
    wireBytes = 0
    batch = []
    batchBytes = 0
    if (result.hits > 0) detection.drain()
    options.onProgress?.(readProgress(db, importId))
  }
  const add = (records: readonly RawRecord[]): void => {
    for (const record of records) {
      batch.push(record)
      batchBytes += record.bytes.length
      if (batch.length >= LIMITS.batchRecords || batchBytes >= LIMITS.batchBytes) flush()
    }
  }
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of input) {
      if (options.signal?.aborted === true) throw new AppError('conflict', 'cancelled')
      wireBytes += chunk.length
      yield chunk
    }
  }

  let status: 'done' | 'failed' | 'cancelled' = 'done'
  let error: string | null = null
  try {
    try {
      for await (const chunk of decode(counted())) add(splitter.push(chunk))
    } catch (broken) {
      if (!(broken instanceof BrokenStreamError)) throw broken
      status = 'failed'
      error = `Read up to where ${broken.message}; everything before it is stored. Copy the file again and send it once more.`
    }
    add(splitter.end())
    flush()
  } catch (failure) {
    if (options.signal?.aborted === true) {
      status = 'cancelled'
      error = 'Cancelled. What was read until then is stored; sending the file again adds the rest.'
    } else {
      status = 'failed'
      const expected = isDiskFull(failure) || isAppError(failure) || isInputFailure(failure)
      error = isDiskFull(failure)
        ? 'The disk is full. What was acknowledged is stored; make room and send the file again.'
        : expected
          ? `Reading stopped: ${errorMessage(failure)}. What was read until then is stored.`
          : 'Reading stopped on a fault of Linklocal. What was read until then is stored.'
      if (!expected) {
        finishImport(db, importId, { status, format: splitter.format, error, newestTs }, options.clock())
        throw failure
      }
    }
  }
  return finishImport(db, importId, { status, format: splitter.format, error, newestTs }, options.clock())
}

/** The sender went away: not a fault of ours. */
function isInputFailure(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR', 'EPIPE', 'ENOENT', 'EISDIR', 'EACCES'].includes(code)
}
