import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { openReader } from '@/lib/db/open'
import type { Database } from '@/lib/db/open'
import type { HitFinder } from '@/lib/ingest/import-sink'
import { PushCollector } from '@/lib/ingest/push-collector'
import type { PushAnswer, PushRequest } from '@/lib/ingest/pushed'
import { runImport } from '@/lib/ingest/run-import'
import type { ImportInput, ImportOptions } from '@/lib/ingest/run-import'
import { retryRejects } from '@/lib/ingest/retry-rejects'
import type { RetryOptions } from '@/lib/ingest/retry-rejects'
import type { ImportRequest, ImportSummary, RetryRequest, RetrySummary } from '@/lib/ingest/schema'
import { RuleWatch } from './rule-watch'
import type { StoreThreadInput } from './store-messages'
import { ThreadSink } from './thread-sink'

/**
 * From bytes to alerts: reads, parses and finds hits in the calling thread; stores and detects in another. What the ingest
 * thread of the server and the command line run.
 */
export class Pipeline {
  readonly #sink: ThreadSink
  readonly #reader: Database
  readonly #rules: RuleWatch
  readonly #pushes: PushCollector

  private constructor(sink: ThreadSink, reader: Database) {
    this.#sink = sink
    this.#reader = reader
    this.#rules = new RuleWatch(reader)
    this.#pushes = new PushCollector(sink, () => this.#finder())
  }

  /** Opens the data directory. Throws the AppError with which the store was refused. */
  static async open(input: StoreThreadInput): Promise<Pipeline> {
    const script = pathToFileURL(path.join(input.root, 'dist', 'workers', 'store.js'))
    const sink = await ThreadSink.open(script, input)
    return new Pipeline(sink, openReader(input.dataDir))
  }

  /** Takes in one stream; see `runImport`. */
  async ingest(input: ImportInput, request: ImportRequest, options: ImportOptions): Promise<ImportSummary> {
    return runImport(this.#sink, () => this.#finder(), input, request, options)
  }

  /** Tries rejected records again; see `retryRejects`. */
  async retry(request: RetryRequest, options: RetryOptions): Promise<RetrySummary> {
    return retryRejects(this.#sink, this.#reader, () => this.#finder(), request, options)
  }

  /** Takes in the documents of one request and answers what became of each; see `PushCollector`. */
  async push(request: PushRequest): Promise<PushAnswer> {
    return this.#pushes.push(request)
  }

  async close(): Promise<void> {
    this.#reader.close()
    await this.#sink.close()
  }

  #finder(): HitFinder {
    const { detector, revision } = this.#rules.current()
    return { revision, hits: (event) => detector.hits(event), mayHit: (event, lacks) => detector.mayHit(event, lacks) }
  }
}
