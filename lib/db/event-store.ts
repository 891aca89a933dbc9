import { createHash } from 'node:crypto'
import { LIMITS } from '@/lib/limits'
import { cutKeys } from './cut-keys'
import { rawOf } from './event-batch'
import type { EventBatch, PreparedHit, PreparedLineage, PreparedReject } from './event-batch'
import { insertEvents } from './insert-events'
import type { Database } from './open'
import { LineageReader } from './lineage-columns'
import { prepared } from './prepared'
import { SeenPids, idsAreTold, isByPid, isProgramsOnly, noteLineage } from './known-processes'
import { BLOCK_RECORDS, packBlock, packInPlace } from './raw-block'
import { relinkReturned } from './removed-records'

export interface StoredBatch {
  readonly stored: number
  readonly duplicates: number
  /** Rejected records that were kept before. */
  readonly rejectedAgain: number
  /** The window of time of what was stored; null when nothing was. */
  readonly oldestTs: number | null
  readonly newestTs: number | null
  /** Hits written, so that the join queue has work. */
  readonly hits: number
  /** The hits of stored events by rule; those of events that wait for what they leave out are not among them. */
  readonly hitsOfRules: ReadonlyMap<number, number>
  /** Rules and one key each of events that stand for more keys than are made. */
  readonly cut: readonly { readonly rule: number; readonly key: string }[]
  /** Something was queued for the look-ups of what events leave out. */
  readonly enrich: boolean
  /** The blocks written, for whoever reads them again at once; null when nobody has to. */
  readonly blocks: { readonly format: string; readonly records: ReadonlyMap<number, readonly Buffer[]> } | null
}

interface HostRow {
  readonly id: number
  readonly name: string
  readonly byPid: boolean
  /** Events up to this one are of other hosts, where that is known. */
  readonly after: number
  readonly seen: SeenPids
}

/** What a caller wants to know or do beside storing. */
export interface StoreExtras {
  /** Set to 1 for each event of the batch whose identity had been stored before. */
  readonly duplicates?: Uint8Array
  /** Runs in the transaction that stores the batch, so that what it writes is committed with it or not at all. */
  readonly alongside?: (stored: StoredBatch) => void
  /** Whether the hits of an event wait until what it leaves out has been looked up; without it they always do. */
  readonly waits?: (lineage: PreparedLineage) => boolean
  /** Whether an event has no hits whatever is looked up; without it that is never known. */
  readonly isSettled?: (lineage: PreparedLineage) => boolean
}

const INTERNED = 100_000
/** The format of an import that gathers what is pushed. */
export const PUSHED = 'bulk'

interface RejectOrigin {
  readonly source_id: number
  readonly name: string
  readonly format: string | null
}

const KEEP_REJECT = `INSERT INTO rejected_record (import_id, record, "offset", size, code, reason, format, sender_id, digest, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (digest) DO UPDATE SET seen_again = seen_again + 1, seen_import_id = excluded.import_id RETURNING seen_again`

/**
 * What tells that a rejected record was sent before: its bytes and who sent it. Of a file its place as well, since each of its records
 * has one of its own; what is pushed has none, and is sent again in whatever company.
 */
function rejectDigest({ source_id: source, name, format: kind }: RejectOrigin, format: string, { record, offset, size, senderId, bytes }: PreparedReject): Buffer {
  const place = kind === PUSHED ? [senderId] : [name, record, offset]
  return createHash('sha256').update(JSON.stringify([source, format, size, ...place])).update(bytes.subarray(0, LIMITS.rejectBytes)).digest()
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value
}

function note(of: Map<number, number[]>, host: number, eventId: number): void {
  const events = of.get(host)
  if (events) events.push(eventId)
  else of.set(host, [eventId])
}

/**
 * Writes batches of events: one transaction a batch, in which the events, their bytes, their hits and the keys to join
 * become durable together. Equal identities are stored once, whoever sends them and however often.
 */
export class EventStore {
  readonly #db: Database
  readonly #hosts = new Map<string, HostRow>()
  readonly #terms = new Map<string, number>()
  #dataVersion = 0

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
      this.#forgetOthers()
      const stored = this.#write(importId, batch, rejectsToKeep, hits, extras)
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

  /** Something that is stored was deleted: what is remembered of hosts may no longer be so. */
  forget(): void {
    this.#hosts.clear()
  }

  #write(
    importId: number,
    batch: EventBatch,
    rejectsToKeep: number,
    hits: readonly (readonly PreparedHit[] | undefined)[],
    { duplicates: duplicateAt, waits = () => true, isSettled = () => false }: StoreExtras,
  ): StoredBatch {
    const retest = prepared(this.#db, 'INSERT INTO retest_queue (event_id, import_id) VALUES (?, ?)')
    /** Events that would read the same when they are tested, by host. */
    const settled = new Map<number, number[]>()
    const strings = batch.strings
    // Blocks are numbered before they are filled: their rows follow those of their events in the same transaction.
    // The largest there ever was: readers keep blocks by number, so that of a deleted one is not given again.
    const firstBlock = (prepared<[], number>(this.#db, "SELECT seq FROM sqlite_sequence WHERE name = 'event_block'", 'values').get() ?? 0) + 1
    const lineages = new LineageReader(batch.lineages, strings)
    const lineageOf: (PreparedLineage | null)[] = []
    const process = this.#term('process')
    const processRows = new Uint8Array(batch.count)
    const { ids, fresh } = insertEvents(this.#db, batch, importId, firstBlock, (at) => {
      const category = batch.category[at] ?? 0
      const action = batch.action[at] ?? 0
      const categoryTerm = category === 0 ? null : this.#term(strings[category - 1] ?? '')
      if (categoryTerm === process) processRows[at] = 1
      const hostId = strings[batch.hostId[at] ?? 0] ?? ''
      const lineage = lineages.take(at, hostId)
      lineageOf.push(lineage)
      return {
        host: this.#host(hostId, strings[batch.hostName[at] ?? 0] ?? '').id,
        category: categoryTerm,
        action: action === 0 ? null : this.#term(strings[action - 1] ?? ''),
        lacks: lineage?.lacking?.lacks ?? null,
      }
    })
    if (duplicateAt) for (let at = 0; at < batch.count; at++) if (ids[at] === 0) duplicateAt[at] = 1
    const hitsOfRules = new Map<number, number>()
    const cut: { readonly rule: number; readonly key: string }[] = []
    let oldestTs: number | null = null
    let newestTs: number | null = null
    let written = 0
    let enrich = false
    for (const at of fresh) {
      const ts = batch.ts[at] ?? 0
      if (newestTs === null || ts > newestTs) newestTs = ts
      if (oldestTs === null || ts < oldestTs) oldestTs = ts
      const eventId = ids[at] ?? 0
      const hostId = strings[batch.hostId[at] ?? 0] ?? ''
      // By the name that it has by now: of two that its records give, the last of the batch stays.
      const { id: host, byPid, seen } = this.#host(hostId, this.#hosts.get(hostId)?.name ?? strings[batch.hostName[at] ?? 0] ?? '')
      const lineage = lineageOf[at] ?? null
      const ofEvent = hits[at]
      // Programs that no rule asks for are looked up when somebody reads the event.
      const waiting = lineage !== null && waits(lineage)
      if (lineage !== null && (waiting || !isProgramsOnly(lineage))) {
        enrich = true
        const asks = isByPid(lineage)
        if (asks && !byPid) this.#followPids(host, hostId, process, eventId, importId)
        noteLineage(this.#db, host, eventId, lineage, importId, asks || byPid, seen)
        // What a rule says of an event that leaves things out is found once all that tells of them is stored as well.
        if (waiting && lineage.underPids && isSettled(lineage)) note(settled, host, eventId)
        else if (waiting) retest.run(eventId, importId)
        else if (ofEvent) written += this.#writeHits(eventId, importId, batch, at, ofEvent, hitsOfRules, cut)
        continue
      }
      if (byPid && processRows[at] === 1) {
        enrich = true
        prepared(this.#db, 'INSERT INTO tell_queue (event_id, import_id) VALUES (?, ?)').run(eventId, importId)
      }
      if (ofEvent) written += this.#writeHits(eventId, importId, batch, at, ofEvent, hitsOfRules, cut)
    }
    const firstEvent = ids[fresh[0] ?? 0] ?? 0
    if (fresh.length > 0) {
      written += this.#queueWatchers(firstEvent, importId)
      relinkReturned(this.#db, firstEvent)
      if (this.#queueStarts(firstEvent, process, importId)) enrich = true
    }
    // Asked at the end: a record of this batch may be the first with ids. One that is stored later queues those that asked for its pid.
    for (const [host, events] of settled) if (idsAreTold(this.#db, host)) for (const eventId of events) retest.run(eventId, importId)
    const records = this.#writeBlocks(batch, fresh, firstBlock, enrich)
    const rejectedAgain = this.#writeRejects(importId, batch, rejectsToKeep)
    const duplicates = batch.count - fresh.length
    prepared(this.#db, 'UPDATE import SET records = records + ?, stored = stored + ?, duplicates = duplicates + ?, rejected = rejected + ? WHERE id = ?').run(
      batch.count + batch.rejects.length,
      fresh.length,
      duplicates,
      batch.rejects.length,
      importId,
    )
    return { stored: fresh.length, duplicates, rejectedAgain, oldestTs, newestTs, hits: written, hitsOfRules, cut, enrich, blocks: enrich ? { format: batch.format, records } : null }
  }

  /** The first event of a host that only has a pid: what was stored before it tells of pids from now on as well. */
  #followPids(host: number, hostId: string, process: number, before: number, importId: number): void {
    prepared(this.#db, 'UPDATE host SET by_pid = 1 WHERE id = ?').run(host)
    const known = this.#hosts.get(hostId)
    if (known) this.#hosts.set(hostId, { ...known, byPid: true })
    prepared(
      this.#db,
      'INSERT INTO tell_queue (event_id, import_id) SELECT id, ? FROM event WHERE host = ? AND category = ? AND id > ? AND id < ? ON CONFLICT DO NOTHING',
    ).run(importId, host, process, known?.after ?? 0, before)
  }

  /** Processes whose events wait for the record of their start, of which a record just came. */
  #queueStarts(firstEvent: number, process: number, importId: number): boolean {
    if (prepared<[], number>(this.#db, 'SELECT 1 FROM process_start LIMIT 1', 'values').get() === undefined) return false
    return (
      prepared(
        this.#db,
        `INSERT INTO start_queue (entity, host, entity_id, import_id, late)
         SELECT s.entity, s.host, s.entity_id, ?, 1 FROM event e CROSS JOIN process_start s ON s.entity = e.entity AND s.host = e.host
         WHERE e.id >= ? AND e.category = ? AND (s.grade IS NULL OR s.grade > 0 OR e.action = ?) GROUP BY s.entity, s.host, s.entity_id
         ON CONFLICT DO UPDATE SET version = version + 1, import_id = excluded.import_id, late = 1`,
      ).run(importId, firstEvent, process, this.#term('exec')).changes > 0
    )
  }

  /** What another process wrote may have changed a host that is remembered here. */
  #forgetOthers(): void {
    const version = prepared<[], number>(this.#db, 'PRAGMA data_version', 'values').get() ?? 0
    if (version !== this.#dataVersion) this.#hosts.clear()
    this.#dataVersion = version
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

  #writeHits(eventId: number, importId: number, batch: EventBatch, at: number, hits: readonly PreparedHit[], ofRules: Map<number, number>, cut: StoredBatch['cut'][number][]): number {
    for (const { rule, key } of cutKeys(hits)) if (cut.length < LIMITS.truncatedKeys) cut.push({ rule, key })
    const ts = batch.ts[at] ?? 0
    for (const hit of hits) {
      ofRules.set(hit.rule, (ofRules.get(hit.rule) ?? 0) + 1)
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

  /** Answers the records of each block, where somebody will read them at once. */
  #writeBlocks(batch: EventBatch, fresh: readonly number[], firstBlock: number, keep: boolean): ReadonlyMap<number, readonly Buffer[]> {
    const written = new Map<number, readonly Buffer[]>()
    for (let from = 0; from < fresh.length; from += BLOCK_RECORDS) {
      const end = Math.min(from + BLOCK_RECORDS, fresh.length)
      const [first = 0, last = 0] = [fresh[from], fresh[end - 1]]
      const inPlace = last - first === end - from - 1
      const records = keep || !inPlace ? fresh.slice(from, end).map((at) => rawOf(batch, at)) : []
      // Packed by the reader already, if nothing before it was known either.
      const ready = inPlace && first === from ? batch.blocks[from / BLOCK_RECORDS] : undefined
      const block = ready ?? (inPlace ? packInPlace(batch.raw, batch.rawEnd, first, last + 1) : packBlock(records))
      if (keep) written.set(firstBlock + from / BLOCK_RECORDS, records)
      prepared(this.#db, 'INSERT INTO event_block (id, format, codec, "index", bytes) VALUES (?, ?, ?, ?, ?)').run(
        firstBlock + from / BLOCK_RECORDS,
        batch.format,
        block.codec,
        block.index,
        block.bytes,
      )
    }
    return written
  }

  /** Keeps rejected records; one that was sent before is counted with the one that is kept. Answers how many were. */
  #writeRejects(importId: number, batch: EventBatch, rejectsToKeep: number): number {
    const kept = batch.rejects.slice(0, Math.max(0, rejectsToKeep))
    const origin = kept.length === 0 ? undefined : prepared<[number], RejectOrigin>(this.#db, 'SELECT source_id, name, format FROM import WHERE id = ?').get(importId)
    if (origin === undefined) return 0
    let again = 0
    for (const reject of kept) {
      const seen = prepared<unknown[], number>(this.#db, KEEP_REJECT, 'values').get(
        importId,
        reject.record,
        reject.offset,
        reject.size,
        reject.code,
        reject.reason,
        batch.format,
        reject.senderId,
        rejectDigest(origin, batch.format, reject),
        reject.bytes.subarray(0, LIMITS.rejectBytes),
      )
      if (seen !== undefined && seen > 0) again++
    }
    return again
  }

  #host(hostId: string, name: string): HostRow {
    let row = this.#hosts.get(hostId)
    if (!row) {
      const added = prepared(this.#db, 'INSERT INTO host (host_id, name) VALUES (?, ?) ON CONFLICT (host_id) DO NOTHING').run(hostId, name)
      const after = added.changes === 0 ? 0 : (prepared<[], number | null>(this.#db, 'SELECT max(id) FROM event', 'values').get() ?? 0)
      const found = prepared<[string], { id: number; name: string; by_pid: number }>(this.#db, 'SELECT id, name, by_pid FROM host WHERE host_id = ?').get(hostId)
      if (!found) throw new Error('host row missing after insert')
      row = { id: found.id, name: found.name, byPid: found.by_pid !== 0, after, seen: new SeenPids() }
      if (this.#hosts.size > INTERNED) this.#hosts.clear()
      this.#hosts.set(hostId, row)
    }
    if (row.name !== name) {
      prepared(this.#db, 'UPDATE host SET name = ? WHERE id = ?').run(name, row.id)
      row = { ...row, name }
      this.#hosts.set(hostId, row)
    }
    return row
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
