import path from 'node:path'
import { openDatabase } from '@/lib/db/open'
import type { Database } from '@/lib/db/open'
import { closeInterruptedImports } from '@/lib/ingest/import-log'
import { runImport } from '@/lib/ingest/run-import'
import type { ImportOptions } from '@/lib/ingest/run-import'
import type { ImportRequest, ImportSummary } from '@/lib/ingest/schema'
import { syncBundledRules } from '@/lib/rules/sync-bundled'
import { DetectionRunner } from './run-joins'

/** From bytes to alerts over one writing connection: what the ingest thread and the command line run. */
export class Pipeline {
  readonly #db: Database
  readonly #detection: DetectionRunner

  /**
   * Opens the data directory (migrating it), brings the bundled rules up to date and finishes what a killed process left in
   * the join queue. `alone` says that no other process takes in events, so imports still marked as running were interrupted.
   */
  constructor(dataDir: string, root: string, clock: () => Date, alone: boolean) {
    this.#db = openDatabase(dataDir, path.join(root, 'prisma', 'migrations'))
    try {
      syncBundledRules(this.#db, path.join(root, 'rules'), clock())
      if (alone) closeInterruptedImports(this.#db, clock())
      this.#detection = new DetectionRunner(this.#db, clock)
      this.#detection.drain()
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** Takes in one stream; see `runImport`. */
  async ingest(input: AsyncIterable<Buffer>, request: ImportRequest, options: ImportOptions): Promise<ImportSummary> {
    return runImport(
      this.#db,
      {
        hitsOf: () => {
          const detector = this.#detection.detector()
          return (event) => detector.hits(event)
        },
        drain: () => void this.#detection.drain(),
      },
      input,
      request,
      options,
    )
  }

  close(): void {
    this.#db.close()
  }
}
