import { setImmediate as nextTurn } from 'node:timers/promises'
import { BatchPacker, packNextBlock } from '@/lib/db/event-batch'
import type { EventBatch, PreparedReject } from '@/lib/db/event-batch'
import type { RawBlock } from '@/lib/db/raw-block'
import { normalizerOf } from '@/lib/ecs/normalizers/registry'
import type { Normalizer } from '@/lib/ecs/normalizers/normalizer'
import { AppError, asRefusal, errorMessage, isAppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { BrokenStreamError } from './broken-stream'
import { decode } from './decode'
import type { HitFinder, ImportEnd, ImportSink } from './import-sink'
import { prepareEvent } from './prepare-event'
import type { ImportProgress, ImportReading, ImportRequest, ImportSummary } from './schema'
import { RecordReader, piecesOf } from './record-reader'
import type { RawRecord } from './split-records'

export interface ImportOptions {
  readonly actor: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ImportReading) => void
}

/** Among the chunks of a stream: nothing more comes for now, and what was read is stored before the next chunk is taken. */
export const FLUSH: unique symbol = Symbol('flush')
export type ImportInput = AsyncIterable<Buffer | typeof FLUSH>

/** Batches handed over and not yet stored: the reader prepares the next meanwhile, and waits beyond that. */
const IN_FLIGHT = 3
/** With so many of them the store need not wait for the next. */
const ENOUGH = 2

/** What the first batch of an import holds. */
const FIRST_BYTES = 512 * 1024

/** The last record of a batch may reach beyond its bytes by so much before its buffer has to grow. */
const READ_AHEAD = 64 * 1024

/** Collects the records of one import into batches and keeps the sink busy without running ahead of it. */
class BatchWriter {
  readonly #sink: ImportSink
  readonly #importId: number
  readonly #rules: () => HitFinder
  readonly #onProgress: ((progress: ImportProgress) => void) | undefined
  readonly #inFlight: Promise<void>[] = []
  /** How many of them are not stored yet. */
  #waiting = 0
  #normalizer: Normalizer = normalizerOf('ecs')
  #finder: HitFinder
  #packer: BatchPacker | null = null
  #bytes = 0
  /** Of the next batch: each is twice the one before until they are full, so that the store need not wait for a full one to begin. */
  #mostBytes = FIRST_BYTES
  /** Bytes of the stream: taken from it, of those dealt with to the end, and of those counted by a batch. */
  #pulled = 0
  #dealt = 0
  #counted = 0
  #since = performance.now()
  /** Runs out when nothing more comes: a sender that pauses, or lost its connection, has what it sent stored. */
  #idle: NodeJS.Timeout | null = null
  #pausing: Promise<void> = Promise.resolve()
  #failure: unknown = null
  #anyStored = false
  #rejectsInARow = 0
  /** Resolves when the batch before was handed to the store. */
  #handed: Promise<void> = Promise.resolve()

  constructor(sink: ImportSink, importId: number, rules: () => HitFinder, onProgress?: (progress: ImportProgress) => void) {
    this.#sink = sink
    this.#importId = importId
    this.#rules = rules
    this.#onProgress = onProgress
    this.#finder = rules()
  }

  pulled(bytes: number): void {
    this.#pulled += bytes
  }

  /** All that was pulled has been cut into records, and what is whole of it was added. */
  dealtWith(): void {
    this.#dealt = this.#pulled
  }

  #onlyRejects({ code, reason }: PreparedReject): AppError {
    const count = this.#rejectsInARow.toLocaleString('en')
    return new AppError('invalid', `${count} records in a row could not be stored, the last because of ${code}: ${reason} What comes after them was not read`)
  }

  /** Prepares records; a batch that is full, or has waited long enough, goes on its way. */
  async add(records: readonly RawRecord[], reader: RecordReader): Promise<void> {
    if (this.#failure !== null) throw this.#failure
    for (const record of records) {
      const format = reader.normalizerOf(record)
      if (format !== this.#normalizer.format) {
        // A batch is of one format.
        // oxlint-disable-next-line no-await-in-loop -- back-pressure
        if (this.#packer !== null) await this.#send()
        this.#normalizer = normalizerOf(format)
      }
      const prepared = prepareEvent(record, this.#normalizer, this.#finder.hits, this.#finder.mayHit)
      this.#packer ??= new BatchPacker(format, this.#finder.revision, LIMITS.batchRecords, LIMITS.batchBytes + READ_AHEAD)
      if (prepared.ok) {
        this.#packer.add(prepared.event)
        this.#anyStored = true
        this.#rejectsInARow = 0
      } else {
        this.#packer.reject(prepared.reject)
        this.#rejectsInARow += record.standsFor ?? 1
        if (this.#rejectsInARow >= (this.#anyStored ? LIMITS.rejectsInARow : LIMITS.rejectsOnly)) throw this.#onlyRejects(prepared.reject)
      }
      this.#bytes += record.bytes.length
      if (this.#packer.records >= LIMITS.batchRecords || this.#bytes >= this.#mostBytes) {
        // oxlint-disable-next-line no-await-in-loop -- back-pressure
        await this.#send()
      }
    }
    if (this.#bytes > 0 && performance.now() - this.#since > LIMITS.batchMs) await this.#send()
    if (this.#idle === null) this.#idle = setTimeout(() => this.#sendIdle(), LIMITS.batchMs)
    else this.#idle.refresh()
  }

  #sendIdle(): void {
    if (this.#packer === null) return
    // Told to whoever comes next.
    this.#pausing = this.#send().catch((error: unknown) => void (this.#failure ??= error))
  }

  /** Stores what was read so far; resolves when it is on disk. */
  async flush(): Promise<void> {
    await this.#pausing
    if (this.#failure !== null) throw this.#failure
    if (this.#packer !== null || this.#dealt > this.#counted) await this.#send()
    await this.#stored()
  }

  /** Sends what is left and waits until everything is stored. */
  async end(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle)
    await this.#pausing
    this.#dealt = this.#pulled
    if (this.#failure === null && (this.#packer !== null || this.#dealt > this.#counted)) await this.#send()
    await this.#stored()
  }

  /** Waits for every batch on its way, also behind one that failed: none may be stored once the import has ended. */
  async #stored(): Promise<void> {
    await Promise.allSettled(this.#inFlight)
    if (this.#failure !== null) throw this.#failure
  }

  /**
   * Batches are handed over in their order, and none behind one that failed: what is stored of an import is always a beginning of
   * its stream, and its count of bytes says how long a one.
   */
  async #write(packed: EventBatch, wireBytes: number): Promise<void> {
    const before = this.#handed
    let handOn = (): void => undefined
    this.#handed = new Promise<void>((resolve) => {
      handOn = resolve
    })
    let stored: Promise<ImportProgress>
    try {
      const batch = await this.#withBlocks(packed)
      await before
      if (this.#failure !== null) throw this.#failure
      this.#waiting++
      stored = this.#sink.write(this.#importId, batch, wireBytes)
    } finally {
      handOn()
    }
    try {
      const progress = await stored
      if (this.#failure === null) this.#onProgress?.(progress)
    } catch (error) {
      this.#failure ??= error
      throw error
    } finally {
      this.#waiting--
    }
  }

  /** While the store has its hands full, the reader would only wait: it packs blocks for it instead. Whichever is faster does more. */
  async #withBlocks(batch: EventBatch): Promise<EventBatch> {
    const blocks: RawBlock[] = []
    while (this.#waiting >= ENOUGH) {
      const block = packNextBlock(batch, blocks)
      if (block === null) break
      blocks.push(block)
      // oxlint-disable-next-line no-await-in-loop -- what was stored meanwhile is heard of in between
      await nextTurn()
    }
    return { ...batch, blocks }
  }

  async #send(): Promise<void> {
    const packed = (this.#packer ?? new BatchPacker(this.#normalizer.format, this.#finder.revision)).pack()
    // Without the chunk it was cut in: the rest of that is still to come.
    const wireBytes = this.#dealt - this.#counted
    this.#counted = this.#dealt
    this.#packer = null
    this.#bytes = 0
    this.#mostBytes = Math.min(LIMITS.batchBytes, this.#mostBytes * 2)
    this.#finder = this.#rules()
    // On its way from here on: whoever waits for all of them waits for it, packed or not.
    const written = this.#write(packed, wireBytes)
    // Awaited below or at the end; until then a failure must not count as unhandled.
    written.catch(() => undefined)
    this.#inFlight.push(written)
    if (this.#inFlight.length >= IN_FLIGHT) await this.#inFlight.shift()
    this.#since = performance.now()
  }
}

/**
 * Takes in one stream of bytes: decode, split, normalise and find hits here; store and detect in the sink, batch by batch.
 * Every record that cannot be stored is kept as rejected with its place; everything else is stored. A stream that breaks, a
 * cancel or a full disk ends the import with what was stored until then, and the summary says so.
 */
export async function runImport(
  sink: ImportSink,
  rules: () => HitFinder,
  input: ImportInput,
  request: ImportRequest,
  options: ImportOptions,
): Promise<ImportSummary> {
  const importId = await sink.start(request, options.actor)
  const reader = new RecordReader(request)
  const writer = new BatchWriter(sink, importId, rules, (progress) => options.onProgress?.({ ...progress, format: reader.format }))
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of input) {
      throwIfEnded(options.signal)
      if (chunk === FLUSH) {
        // oxlint-disable-next-line no-await-in-loop -- the stream waits for it
        await writer.flush()
        continue
      }
      writer.pulled(chunk.length)
      yield chunk
      writer.dealtWith()
    }
  }

  const notes: string[] = []
  let end: ImportEnd = { status: 'done', format: null, error: null, notes: [] }
  try {
    try {
      for await (const chunk of decode(counted(), (note) => void notes.push(note))) {
        for (const piece of piecesOf(chunk)) {
          // A chunk may unpack to any number of them.
          throwIfEnded(options.signal)
          // oxlint-disable-next-line no-await-in-loop -- back-pressure
          await writer.add(reader.push(piece), reader)
        }
      }
    } catch (broken) {
      if (!(broken instanceof BrokenStreamError)) throw broken
      end = { ...end, status: 'failed', error: `Read up to where ${broken.message}; what could be read before it is stored. Copy the file again and send it once more.` }
    }
    await writer.add(reader.end(), reader)
    await writer.end()
  } catch (failure) {
    // What is already on its way is stored all the same.
    await writer.end().catch(() => undefined)
    const cancelled = options.signal?.aborted === true && !isAppError(options.signal.reason)
    const fault = cancelled ? null : describeFailure(failure)
    end = cancelled
      ? { ...end, status: 'cancelled', error: 'Cancelled. What was read until then is stored; sending the file again adds the rest.' }
      : { ...end, status: 'failed', error: fault ?? 'Reading stopped on a fault of Linklocal. What was read until then is stored.' }
    if (!cancelled && fault === null) {
      await sink.finish(importId, { ...end, format: reader.format, notes: [...reader.notes, ...notes] })
      throw failure
    }
  }
  return sink.finish(importId, { ...end, format: reader.format, notes: [...reader.notes, ...notes] })
}

/** Throws the reason for which it was ended early: its sender is gone, or the console stops; without one it was cancelled. */
function throwIfEnded(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw isAppError(signal.reason) ? signal.reason : new AppError('conflict', 'cancelled')
}

/** How an import ends for which there was no room. */
export const DISK_FULL = 'The disk is full. What was acknowledged is stored; make room and send the file again.'

/** What to tell the sender, or null for a fault of ours. */
function describeFailure(error: unknown): string | null {
  const refusal = asRefusal(error)
  if (refusal?.code === 'disk_full') return DISK_FULL
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const senderGone = ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR', 'EPIPE', 'ENOENT', 'EISDIR', 'EACCES'].includes(code)
  return senderGone || refusal !== null ? `Reading stopped: ${errorMessage(error)}. What was read until then is stored.` : null
}
