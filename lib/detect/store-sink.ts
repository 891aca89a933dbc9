import path from 'node:path'
import { rawOf } from '@/lib/db/event-batch'
import type { EventBatch } from '@/lib/db/event-batch'
import { EventStore } from '@/lib/db/event-store'
import { openDatabase } from '@/lib/db/open'
import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { readStored } from '@/lib/ecs/normalizers/registry'
import { closeInterruptedImports, finishImport, readProgress, startImport } from '@/lib/ingest/import-log'
import type { HitFinder, ImportEnd, ImportSink } from '@/lib/ingest/import-sink'
import type { ImportProgress, ImportRequest, ImportSummary } from '@/lib/ingest/schema'
import { LIMITS } from '@/lib/limits'
import { syncBundledRules } from '@/lib/rules/sync-bundled'
import { RuleWatch } from './rule-watch'
import { DetectionRunner } from './run-joins'

export interface StoreOptions {
  readonly dataDir: string
  /** The package's folder: migrations and bundled rules lie below it. */
  readonly root: string
  readonly clock: () => Date
  /** No other process takes in events, so imports still marked as running were interrupted. */
  readonly alone: boolean
}

/** The writing half of the pipeline over one connection: stores batches, joins what they touched, raises alerts. */
export class StoreSink implements ImportSink {
  readonly #db: Database
  readonly #clock: () => Date
  readonly #events: EventStore
  readonly #rules: RuleWatch
  readonly #detection: DetectionRunner
  readonly #newest = new Map<number, number>()

  /** Opens the data directory (migrating it), brings the bundled rules up to date and finishes what a killed process left. */
  constructor(options: StoreOptions) {
    this.#clock = options.clock
    this.#db = openDatabase(options.dataDir, path.join(options.root, 'prisma', 'migrations'))
    try {
      syncBundledRules(this.#db, path.join(options.root, 'rules'), this.#clock())
      if (options.alone) closeInterruptedImports(this.#db, this.#clock())
      this.#events = new EventStore(this.#db)
      this.#rules = new RuleWatch(this.#db)
      this.#detection = new DetectionRunner(this.#db, this.#rules, this.#clock)
      this.#detection.drain()
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** For a reader in the same thread. */
  rules(): HitFinder {
    const { detector, revision } = this.#rules.current()
    return { revision, hits: (event) => detector.hits(event) }
  }

  async start(request: ImportRequest, actor: string): Promise<number> {
    return Promise.resolve(startImport(this.#db, request, actor, this.#clock()))
  }

  async write(importId: number, batch: EventBatch, wireBytes: number): Promise<ImportProgress> {
    const { detector, revision } = this.#rules.current()
    const kept = prepared<[number], number>(this.#db, 'SELECT rejected FROM import WHERE id = ?', 'values').get(importId) ?? 0
    const current = revision === batch.rulesRevision
    const result = this.#events.store(importId, batch, LIMITS.rejectsKept - kept, (at) =>
      current ? null : detector.hits(readStored(batch.format, rawOf(batch, at))),
    )
    prepared(this.#db, 'UPDATE import SET bytes = bytes + ? WHERE id = ?').run(wireBytes, importId)
    if (result.newestTs !== null) this.#newest.set(importId, Math.max(result.newestTs, this.#newest.get(importId) ?? 0))
    if (result.hits > 0) this.#detection.drain()
    return Promise.resolve(readProgress(this.#db, importId))
  }

  async finish(importId: number, end: ImportEnd): Promise<ImportSummary> {
    const newestTs = this.#newest.get(importId) ?? null
    this.#newest.delete(importId)
    return Promise.resolve(finishImport(this.#db, importId, { ...end, newestTs }, this.#clock()))
  }

  close(): void {
    this.#db.close()
  }
}
