import { LIMITS } from '@/lib/limits'
import { IDENTITY_BYTES, rawOf } from './event-batch'
import type { EventBatch, PreparedHit, PreparedLineage } from './event-batch'
import type { Database } from './open'
import { prepared } from './prepared'
import { noteLineage } from './known-processes'
import { BLOCK_RECORDS, packBlock } from './raw-block'
import { relinkReturned } from './removed-records'

export interface StoredBatch {
  readonly stored: number
  readonly duplicates: number
  /** The window of time of what was stored; null when nothing was. */
  readonly oldestTs: number | null
  readonly newestTs: number | null
  /** Hits written, so that the join queue has work. */
  readonly hits: number
  /** The hits of stored events by rule; those found once a parent is known are not among them. */
  readonly hitsOfRules: ReadonlyMap<number, number>
}

interface HostRow {
  readonly id: number
  readonly name: string
}

/** What a caller wants to know or do beside storing. */
export interface StoreExtras {
  /** Set to 1 for each event of the batch whose identity had been stored before. */
  readonly duplicates?: Uint8Array
  /** Runs in the transaction that stores the batch, so that what it writes is committed with it or not at all. */
  readonly alongside?: (stored: StoredBatch) => void
}

const INTERNED = 100_000

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value
}

/**
 * Writes batches of events: one transaction a batch, in which the events, their bytes, their hits and the keys to join
 * become durable together. Equal identities are stored once, whoever sends them and however often.
 */
export class EventStore {
  readonly #db: Database
  readonly #hosts = new Map<string, HostRow>()
  readonly #terms = new Map<string, number>()

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * Stores a batch of one import. `hitsOf` finds the hits of a record again when they were found with other rules than
   * those of now. All rejects are counted, the first `rejectsToKeep` are kept to look at. On return the batch is durable
   * (committed to the write-ahead log).
   */
  store(
    importId: number,
    batch: EventBatch,
    rejectsToKeep: number,
    hitsOf: (at: number) => readonly PreparedHit[] | null = () => null,
    extras: StoreExtras = {},
  ): StoredBatch {
    const hits: (readonly PreparedHit[])[] = []
    for (const hit of batch.hits) hits[hit.at] = [...(hits[hit.at] ?? []), hit]
    // Again before the transaction: no rule is evaluated inside one.
    for (let at = 0; at < batch.count; at++) {
      const again = hitsOf(at)
      if (again === null) break
      hits[at] = again
    }
    const write = this.#db.transaction(() => {
      const stored = this.#write(importId, batch, rejectsToKeep, hits, extras.duplicates)
      extras.alongside?.(stored)
      return stored
    })
    try {
      return write.immediate()
    } catch (error) {
      // What was interned in a transaction that was rolled back is not in the file.
      this.#hosts.clear()
      this.#terms.clear()
      throw error
    }
  }

  #write(
    importId: number,
    batch: EventBatch,
    rejectsToKeep: number,
    hits: readonly (readonly PreparedHit[] | undefined)[],
    duplicateAt: Uint8Array | undefined,
  ): StoredBatch {
    const insert = prepared(
      this.#db,
      `INSERT INTO event (identity, ts, ts_ns, sequence, host, category, action, entity, parent, import_id, block, block_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (identity) DO NOTHING`,
    )
    const strings = batch.strings
    // Blocks are numbered before they are filled: their rows follow those of their events in the same transaction.
    // The largest there ever was: readers keep blocks by number, so that of a deleted one is not given again.
    const firstBlock = (prepared<[], number>(this.#db, "SELECT seq FROM sqlite_sequence WHERE name = 'event_block'", 'values').get() ?? 0) + 1
    const lineages = new Map<number, PreparedLineage>(batch.lineages.map((lineage) => [lineage.at, lineage]))
    const fresh: number[] = []
    const hitsOfRules = new Map<number, number>()
    let oldestTs: number | null = null
    let newestTs: number | null = null
    let firstEvent: number | null = null
    let written = 0
    for (let at = 0; at < batch.count; at++) {
      const ts = batch.ts[at] ?? 0
      const category = batch.category[at] ?? 0
      const action = batch.action[at] ?? 0
      const host = this.#host(strings[batch.hostId[at] ?? 0] ?? '', strings[batch.hostName[at] ?? 0] ?? '')
      const row = insert.run(
        batch.identity.subarray(at * IDENTITY_BYTES, (at + 1) * IDENTITY_BYTES),
        ts,
        batch.tsNs[at],
        orNull(batch.sequence[at]),
        host,
        category === 0 ? null : this.#term(strings[category - 1] ?? ''),
        action === 0 ? null : this.#term(strings[action - 1] ?? ''),
        orNull(batch.entity[at]),
        orNull(batch.parent[at]),
        importId,
        firstBlock + Math.floor(fresh.length / BLOCK_RECORDS),
        fresh.length % BLOCK_RECORDS,
      )
      if (row.changes === 0) {
        if (duplicateAt) duplicateAt[at] = 1
        continue
      }
      fresh.push(at)
      if (newestTs === null || ts > newestTs) newestTs = ts
      if (oldestTs === null || ts < oldestTs) oldestTs = ts
      const eventId = Number(row.lastInsertRowid)
      firstEvent ??= eventId
      const lineage = lineages.get(at)
      if (lineage) noteLineage(this.#db, host, { id: eventId, ts }, lineage, importId)
      const ofEvent = hits[at]
      // What a rule says of an event whose parent has to be looked up is found once that is stored as well.
      if (ofEvent && lineage?.parentPid == null) {
        written += this.#writeHits(eventId, importId, batch, at, ofEvent)
        for (const { rule } of ofEvent) hitsOfRules.set(rule, (hitsOfRules.get(rule) ?? 0) + 1)
      }
    }
    if (firstEvent !== null) {
      written += this.#queueWatchers(firstEvent, importId)
      relinkReturned(this.#db, firstEvent)
    }
    this.#writeBlocks(batch, fresh, firstBlock)
    this.#writeRejects(importId, batch, rejectsToKeep)
    const duplicates = batch.count - fresh.length
    prepared(this.#db, 'UPDATE import SET records = records + ?, stored = stored + ?, duplicates = duplicates + ?, rejected = rejected + ? WHERE id = ?').run(
      batch.count + batch.rejects.length,
      fresh.length,
      duplicates,
      batch.rejects.length,
      importId,
    )
    return { stored: fresh.length, duplicates, oldestTs, newestTs, hits: written, hitsOfRules }
  }

  /** Candidates that wait for a record of a process which just came: their keys are joined once more. */
  #queueWatchers(firstEvent: number, importId: number): number {
    if (prepared<[], number>(this.#db, 'SELECT 1 FROM hit_watch LIMIT 1', 'values').get() === undefined) return 0
    return prepared(
      this.#db,
      `INSERT INTO join_queue (rule_id, "key", from_ts, to_ts, import_id)
       SELECT w.rule_id, w."key", w.ts, w.ts, ? FROM event e CROSS JOIN hit_watch w ON w.entity = e.entity WHERE e.id >= ? GROUP BY w.rule_id, w."key"
       ON CONFLICT (rule_id, "key") DO UPDATE SET from_ts = min(from_ts, excluded.from_ts), to_ts = max(to_ts, excluded.to_ts), version = version + 1`,
    ).run(importId, firstEvent).changes
  }

  #writeHits(eventId: number, importId: number, batch: EventBatch, at: number, hits: readonly PreparedHit[]): number {
    const ts = batch.ts[at] ?? 0
    for (const hit of hits) {
      prepared(
        this.#db,
        'INSERT INTO rule_hit (rule_id, "key", ts, ts_ns, event_id, stage, sequence) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ).run(hit.rule, hit.key, ts, batch.tsNs[at], eventId, hit.stage, orNull(batch.sequence[at]))
      prepared(
        this.#db,
        `INSERT INTO join_queue (rule_id, "key", from_ts, to_ts, import_id) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (rule_id, "key") DO UPDATE SET from_ts = min(from_ts, excluded.from_ts), to_ts = max(to_ts, excluded.to_ts), version = version + 1,
         import_id = excluded.import_id`,
      ).run(hit.rule, hit.key, ts, ts, importId)
    }
    return hits.length
  }

  #writeBlocks(batch: EventBatch, fresh: readonly number[], firstBlock: number): void {
    for (let from = 0; from < fresh.length; from += BLOCK_RECORDS) {
      const block = packBlock(fresh.slice(from, from + BLOCK_RECORDS).map((at) => rawOf(batch, at)))
      prepared(this.#db, 'INSERT INTO event_block (id, format, codec, "index", bytes) VALUES (?, ?, ?, ?, ?)').run(
        firstBlock + from / BLOCK_RECORDS,
        batch.format,
        block.codec,
        block.index,
        block.bytes,
      )
    }
  }

  #writeRejects(importId: number, batch: EventBatch, rejectsToKeep: number): void {
    for (const reject of batch.rejects.slice(0, Math.max(0, rejectsToKeep))) {
      prepared(this.#db, 'INSERT INTO rejected_record (import_id, record, "offset", size, code, reason, format, sender_id, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
        importId,
        reject.record,
        reject.offset,
        reject.size,
        reject.code,
        reject.reason,
        batch.format,
        reject.senderId,
        reject.bytes.subarray(0, LIMITS.rejectBytes),
      )
    }
  }

  #host(hostId: string, name: string): number {
    let row = this.#hosts.get(hostId)
    if (!row) {
      prepared(this.#db, 'INSERT INTO host (host_id, name) VALUES (?, ?) ON CONFLICT (host_id) DO NOTHING').run(hostId, name)
      row = prepared<[string], HostRow>(this.#db, 'SELECT id, name FROM host WHERE host_id = ?').get(hostId)
      if (!row) throw new Error('host row missing after insert')
      if (this.#hosts.size > INTERNED) this.#hosts.clear()
      this.#hosts.set(hostId, row)
    }
    if (row.name !== name) {
      prepared(this.#db, 'UPDATE host SET name = ? WHERE id = ?').run(name, row.id)
      row = { id: row.id, name }
      this.#hosts.set(hostId, row)
    }
    return row.id
  }

  #term(text: string): number {
    const known = this.#terms.get(text)
    if (known !== undefined) return known
    prepared(this.#db, 'INSERT INTO term (text) VALUES (?) ON CONFLICT (text) DO NOTHING').run(text)
    const id = prepared<[string], number>(this.#db, 'SELECT id FROM term WHERE text = ?', 'values').get(text)
    if (id === undefined) throw new Error('term row missing after insert')
    if (this.#terms.size > INTERNED) this.#terms.clear()
    this.#terms.set(text, id)
    return id
  }
}
