import path from 'node:path'
import { rawOf } from '@/lib/db/event-batch'
import type { EventBatch, PreparedLineage } from '@/lib/db/event-batch'
import { DataPlace } from '@/lib/db/data-place'
import { durably } from '@/lib/db/durably'
import { EventStore } from '@/lib/db/event-store'
import type { StoredBatch, StoreExtras } from '@/lib/db/event-store'
import { openDatabase } from '@/lib/db/open'
import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { readStored } from '@/lib/ecs/normalizers/registry'
import { closeInterruptedImports, countForSource, finishImport, readProgress, startImport } from '@/lib/ingest/import-log'
import type { HitFinder, ImportEnd, ImportSink } from '@/lib/ingest/import-sink'
import { countPushed, openPushImport, pushImportName } from '@/lib/ingest/push-log'
import type { PushSink, PushTarget } from '@/lib/ingest/pushed'
import type { ImportProgress, ImportRequest, ImportSummary } from '@/lib/ingest/schema'
import { asRefusal } from '@/lib/errors'
import { settleRejects } from '@/lib/ingest/settle-rejects'
import type { Retried } from '@/lib/ingest/settle-rejects'
import { LIMITS } from '@/lib/limits'
import { RetentionRunner } from '@/lib/retention/runner'
import { syncBundledRules } from '@/lib/rules/sync-bundled'
import { AlertWriter } from './alert-writer'
import { BackfillRunner } from './backfill'
import { AlertDescriber } from './describe-alerts'
import { RuleWatch } from './rule-watch'
import { EnrichmentRunner, mustWait } from './run-enrichment'
import { countBatch, countDetectTime } from './run-log'
import { DetectionRunner } from './run-joins'
import { ENRICHMENT, SetAside } from './set-aside'
import { Setbacks } from './setbacks'
import { IdleWork } from './idle-work'

export interface StoreOptions {
  readonly dataDir: string
  /** The package's folder: migrations and bundled rules lie below it. */
  readonly root: string
  readonly clock: () => Date
  /** Nobody else stores in this process, and it is the one that does the work between batches. */
  readonly alone: boolean
  /** Told a line when something of ours fails that nobody is answered for; without it to standard error. */
  readonly tell?: (line: string) => void
}

/** How often to look for imports whose process is gone. */
const LOOK_MS = 10_000

/** The writing half of the pipeline over one connection: stores batches, joins what they touched, raises alerts. */
export class StoreSink implements ImportSink, PushSink {
  readonly #db: Database
  readonly #place: DataPlace
  readonly #clock: () => Date
  readonly #events: EventStore
  readonly #rules: RuleWatch
  readonly #enrichment: EnrichmentRunner
  readonly #detection: DetectionRunner
  readonly #aside: SetAside
  readonly #tell: (line: string) => void
  /** In the order in which they have their turn between batches. */
  readonly #idle: readonly IdleWork[]
  /** Imports whose end could not be written because the disk was full; and whether what is stored waits for a join that failed. */
  readonly #unfinished = new Map<number, ImportEnd>()
  #behind = false
  #lookUpFails = false
  #lookedAt = 0
  #joinsAsked = 0
  readonly #setbacks = new Setbacks('detecting in what was stored')
  /** The import of this hour, by source. */
  readonly #pushImports = new Map<string, { readonly id: number; readonly name: string }>()

  /** Opens the data directory (migrating it), brings the bundled rules up to date and finishes what a killed process left. */
  constructor(options: StoreOptions) {
    this.#clock = options.clock
    this.#db = openDatabase(options.dataDir, path.join(options.root, 'prisma', 'migrations'))
    this.#place = new DataPlace(options.dataDir)
    try {
      syncBundledRules(this.#db, path.join(options.root, 'rules'), this.#clock())
      closeInterruptedImports(this.#db, this.#clock(), options.alone)
      this.#events = new EventStore(this.#db)
      this.#rules = new RuleWatch(this.#db)
      const alerts = new AlertWriter(this.#db)
      this.#tell = options.tell ?? ((line) => process.stderr.write(`${line}\n`))
      this.#aside = new SetAside(this.#db, this.#clock, this.#tell)
      this.#enrichment = new EnrichmentRunner(this.#db, this.#rules, alerts, this.#aside, this.#clock)
      this.#detection = new DetectionRunner(this.#db, this.#rules, this.#aside, this.#clock)
      const describer = new AlertDescriber(this.#db, alerts, this.#aside, this.#clock)
      const join = (): void => {
        if (this.#detection.drain().failing > 0) this.#behind = true
      }
      const backfill = new BackfillRunner(this.#db, this.#rules, join, this.#clock)
      const retention = new RetentionRunner(this.#db, this.#rules, () => this.#settle(), this.#clock)
      this.#idle = [
        new IdleWork('joining what waits', () => this.#catchUp(), this.#tell),
        new IdleWork('a run over stored events', () => backfill.step(), this.#tell),
        new IdleWork('describing alerts of an earlier version', () => describer.step(), this.#tell),
        new IdleWork('retention', () => this.#retain(retention), this.#tell),
      ]
      this.#aside.renew()
      this.#guarded(() => this.#settle())
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** For a reader in the same thread. */
  rules(): HitFinder {
    const { detector, revision } = this.#rules.current()
    return { revision, hits: (event) => detector.hits(event), mayHit: (event, lacks) => detector.mayHit(event, lacks) }
  }

  async start(request: ImportRequest, actor: string): Promise<number> {
    this.#place.check()
    return Promise.resolve(startImport(this.#db, request, actor, this.#clock()))
  }

  async write(importId: number, batch: EventBatch, wireBytes: number, retried?: Retried): Promise<ImportProgress> {
    this.#place.check()
    const alongside = ({ stored, duplicates, newestTs, rejectedAgain }: StoredBatch): void => {
      // What is rejected again was counted when it was rejected first.
      countForSource(this.#db, importId, { stored, duplicates, newestTs, rejected: retried ? 0 : batch.rejects.length - rejectedAgain }, this.#clock())
      prepared(this.#db, 'UPDATE import SET bytes = bytes + ? WHERE id = ?').run(wireBytes, importId)
      if (retried) settleRejects(this.#db, importId, retried, this.#clock())
    }
    // What is rejected again is kept already, with the import that rejected it first.
    const result = this.#store(importId, batch, { alongside }, retried ? 0 : LIMITS.rejectsKept)
    this.#detect(importId, result)
    return Promise.resolve(readProgress(this.#db, importId))
  }

  /** Stores a batch of pushed events and answers for each whether it was new (0) or known (1). */
  async push(target: PushTarget, batch: EventBatch, wireBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    this.#place.check()
    const now = this.#clock()
    const importId = this.#pushImport(target, now)
    const duplicates = new Uint8Array(batch.count)
    const alongside = (stored: StoredBatch): void => countPushed(this.#db, importId, target, { ...stored, rejected: batch.rejects.length - stored.rejectedAgain, wireBytes }, now)
    // The sender forgets what it is told is stored.
    const result = durably(this.#db, () => this.#store(importId, batch, { duplicates, alongside }))
    this.#detect(importId, result)
    return Promise.resolve(duplicates)
  }

  async finish(importId: number, end: ImportEnd): Promise<ImportSummary> {
    this.#place.check()
    try {
      return Promise.resolve(durably(this.#db, () => finishImport(this.#db, importId, end, this.#clock())))
    } catch (error) {
      // A disk that is full has no room for the end of the import either.
      if (asRefusal(error)?.code === 'disk_full') this.#unfinished.set(importId, end)
      throw error
    }
  }

  /** The events are stored, whatever becomes of this: what fails is left to be done between batches. */
  #detect(importId: number, { hits, enrich, blocks }: StoredBatch): void {
    if (hits === 0 && !enrich) return
    const begun = performance.now()
    this.#guarded(() => {
      // What is known of processes first, so that the join sees it: an alert is raised once, not corrected.
      if (blocks !== null) this.#enrichment.remember(blocks)
      this.#settle({ enrich, hits })
      countDetectTime(this.#db, importId, performance.now() - begun)
    })
  }

  /** A full disk is told to the sender, who has to wait; damage that joining meets is not: what was sent is stored. */
  #guarded(act: () => void): void {
    try {
      act()
      this.#setbacks.over()
    } catch (error) {
      const refusal = asRefusal(error)
      if (refusal !== null && refusal.code !== 'damaged') throw error
      const { line } = this.#setbacks.met(error)
      if (line !== null) this.#tell(line)
    }
  }

  /** Looks up what is queued and joins it. Of a batch that brought nothing for the one or the other, and with nothing left from before, only what there is to do. */
  #settle({ enrich, hits }: { readonly enrich: boolean; readonly hits: number } = { enrich: true, hits: 1 }): void {
    const wasBehind = this.#behind
    this.#behind = true
    const touched = enrich || wasBehind ? this.#lookUp() : 0
    const failing = hits + touched > 0 || wasBehind ? this.#detection.drain().failing : 0
    this.#behind = failing > 0 || this.#lookUpFails
  }

  /** A step that fails, fails for all events that wait: then it is passed over as a whole, and what is known is joined. */
  #lookUp(): number {
    this.#lookUpFails = false
    if (this.#aside.has(ENRICHMENT)) return 1
    try {
      const touched = this.#enrichment.drain()
      this.#aside.over(ENRICHMENT)
      return touched
    } catch (error) {
      this.#lookUpFails = !this.#aside.failed(ENRICHMENT, error)
      return 1
    }
  }

  #store(importId: number, batch: EventBatch, extras: StoreExtras, rejectsKept: number = LIMITS.rejectsKept): StoredBatch {
    const { detector, revision } = this.#rules.current()
    const kept = prepared<[number], number>(this.#db, 'SELECT rejected FROM import WHERE id = ?', 'values').get(importId) ?? 0
    const current = revision === batch.rulesRevision
    const again = (at: number) => (current ? null : detector.hits(readStored(batch.format, rawOf(batch, at))))
    const waits = ({ lacking, categories }: PreparedLineage) => lacking !== null && mustWait(detector, lacking.lacks, categories)
    // What other rules left open or not says nothing of those of now.
    const isSettled = (lineage: PreparedLineage) => current && lineage.isSettled
    const alongside = (stored: StoredBatch): void => {
      countBatch(this.#db, importId, stored)
      extras.alongside?.(stored)
    }
    return this.#events.store(importId, batch, rejectsKept - kept, again, { ...extras, alongside, waits, isSettled })
  }

  #pushImport(target: PushTarget, now: Date): number {
    const name = pushImportName(now)
    const known = this.#pushImports.get(target.source)
    if (known?.name === name) return known.id
    const id = openPushImport(this.#db, target, now)
    this.#pushImports.set(target.source, { id, name })
    return id
  }

  /**
   * Does a slice of what is left to do besides: joins that failed, runs over stored events, alerts of an earlier version, retention.
   * One that fails waits, and the others have their turn. False when there is nothing.
   */
  work(): boolean {
    // What is committed to a file that is not there any more is nothing: senders and pages are told.
    if (this.#place.problem() !== null) return false
    return this.#idle.some((work) => work.step())
  }

  #retain(retention: RetentionRunner): boolean {
    // Should it fail, something may be deleted all the same.
    let deleted = true
    try {
      deleted = retention.step()
    } finally {
      if (deleted) this.#events.forget()
    }
    return deleted
  }

  /** What had no room when it was due or failed: joins of stored hits, and the ends of imports, also of those whose process was killed. Never all there is to do. */
  #catchUp(): boolean {
    if (this.#aside.renew() || this.#askedToJoin()) this.#behind = true
    if (this.#behind) this.#settle()
    for (const [importId, ended] of this.#unfinished) {
      durably(this.#db, () => finishImport(this.#db, importId, ended, this.#clock()))
      this.#unfinished.delete(importId)
    }
    const now = this.#clock()
    if (Math.abs(now.getTime() - this.#lookedAt) >= LOOK_MS) {
      closeInterruptedImports(this.#db, now, false)
      this.#lookedAt = now.getTime()
    }
    return false
  }

  /** Whether somebody queued keys since the last look, as what an exception held back is raised. */
  #askedToJoin(): boolean {
    const asked = prepared<[], number>(this.#db, "SELECT value FROM revision WHERE name = 'joins'", 'values').get() ?? 0
    if (asked === this.#joinsAsked) return false
    this.#joinsAsked = asked
    return true
  }

  close(): void {
    this.#db.close()
  }
}
