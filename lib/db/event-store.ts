import { LIMITS } from '@/lib/limits'
import type { Database } from './open'
import { BLOCK_RECORDS, packBlock } from './raw-block'
import type { RawBlock } from './raw-block'

/** An event made ready to be stored: everything that costs thought has been done outside the transaction. */
export interface PreparedEvent {
  /** 16 bytes; equal identities are the same event. */
  readonly identity: Buffer
  readonly ts: number
  readonly tsNs: number
  readonly sequence: number | null
  readonly hostId: string
  readonly hostName: string
  readonly category: string | null
  readonly action: string | null
  /** `entityKey` of the process and of its parent. */
  readonly entity: number | null
  readonly parent: number | null
  readonly raw: Buffer
  readonly hits: readonly PreparedHit[]
}

/** A stage of a rule that the event satisfies. `rule` is the row id of the rule; the key is canonical JSON. */
export interface PreparedHit {
  readonly rule: number
  readonly stage: number
  readonly key: string
}

/** A record that is kept as rejected. */
export interface PreparedReject {
  readonly record: number
  readonly offset: number
  readonly size: number
  readonly code: string
  readonly reason: string
  readonly bytes: Buffer
}

export interface StoredBatch {
  readonly stored: number
  readonly duplicates: number
  readonly newestTs: number | null
  /** Whether hits were written, so that the join queue has work. */
  readonly hits: number
}

interface HostRow {
  readonly id: number
  readonly name: string
}

/**
 * Writes batches of events: one short transaction a batch, in which the events, their bytes, their hits and the keys to
 * join become durable together. Equal identities are stored once, whoever sends them and however often.
 */
export class EventStore {
  readonly #db: Database
  readonly #hosts = new Map<string, HostRow>()
  readonly #terms = new Map<string, number>()
  readonly #known
  readonly #insertEvent
  readonly #insertBlock
  readonly #insertHit
  readonly #queueKey
  readonly #insertReject
  readonly #insertHost
  readonly #renameHost
  readonly #selectHost
  readonly #insertTerm
  readonly #selectTerm

  constructor(db: Database) {
    this.#db = db
    this.#known = db.prepare<[Buffer]>('SELECT 1 FROM event WHERE identity = ?').pluck()
    this.#insertEvent = db.prepare(
      `INSERT INTO event (identity, ts, ts_ns, sequence, host, category, action, entity, parent, import_id, block, block_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (identity) DO NOTHING`,
    )
    this.#insertBlock = db.prepare('INSERT INTO event_block (format, codec, "index", bytes) VALUES (?, ?, ?, ?)')
    this.#insertHit = db.prepare(
      'INSERT INTO rule_hit (rule_id, "key", ts, ts_ns, event_id, stage, sequence) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    this.#queueKey = db.prepare(
      `INSERT INTO join_queue (rule_id, "key", from_ts, to_ts, import_id) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (rule_id, "key") DO UPDATE SET from_ts = min(from_ts, excluded.from_ts), to_ts = max(to_ts, excluded.to_ts),
       import_id = excluded.import_id`,
    )
    this.#insertReject = db.prepare(
      'INSERT INTO rejected_record (import_id, record, "offset", size, code, reason, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    this.#insertHost = db.prepare('INSERT INTO host (host_id, name) VALUES (?, ?) ON CONFLICT (host_id) DO NOTHING')
    this.#renameHost = db.prepare('UPDATE host SET name = ? WHERE id = ?')
    this.#selectHost = db.prepare<[string], HostRow>('SELECT id, name FROM host WHERE host_id = ?')
    this.#insertTerm = db.prepare('INSERT INTO term (text) VALUES (?) ON CONFLICT (text) DO NOTHING')
    this.#selectTerm = db.prepare<[string], number>('SELECT id FROM term WHERE text = ?').pluck()
  }

  /**
   * Stores a batch of one import. `format` names the normaliser that reads the bytes again. All rejects are counted, the
   * first `rejectsToKeep` are kept to look at. On return the batch is durable (committed to the write-ahead log).
   */
  store(
    importId: number,
    format: string,
    events: readonly PreparedEvent[],
    rejects: readonly PreparedReject[],
    rejectsToKeep: number = rejects.length,
  ): StoredBatch {
    const seen = new Set<string>()
    const fresh: PreparedEvent[] = []
    for (const event of events) {
      const identity = event.identity.toString('latin1')
      if (seen.has(identity) || this.#known.get(event.identity) !== undefined) continue
      seen.add(identity)
      fresh.push(event)
    }
    const blocks: { block: RawBlock; events: readonly PreparedEvent[] }[] = []
    for (let at = 0; at < fresh.length; at += BLOCK_RECORDS) {
      const part = fresh.slice(at, at + BLOCK_RECORDS)
      blocks.push({ block: packBlock(part.map((event) => event.raw)), events: part })
    }
    const write = this.#db.transaction((): StoredBatch => {
      let stored = 0
      let hits = 0
      let newestTs: number | null = null
      for (const { block, events: part } of blocks) {
        const blockId = Number(this.#insertBlock.run(format, block.codec, block.index, block.bytes).lastInsertRowid)
        part.forEach((event, at) => {
          const row = this.#insertEvent.run(
            event.identity,
            event.ts,
            event.tsNs,
            event.sequence,
            this.#host(event.hostId, event.hostName),
            this.#term(event.category),
            this.#term(event.action),
            event.entity,
            event.parent,
            importId,
            blockId,
            at,
          )
          // Another process stored it between the look-up and now.
          if (row.changes === 0) return
          stored++
          newestTs = newestTs === null || event.ts > newestTs ? event.ts : newestTs
          const eventId = Number(row.lastInsertRowid)
          for (const hit of event.hits) {
            this.#insertHit.run(hit.rule, hit.key, event.ts, event.tsNs, eventId, hit.stage, event.sequence)
            this.#queueKey.run(hit.rule, hit.key, event.ts, event.ts, importId)
            hits++
          }
        })
      }
      for (const reject of rejects.slice(0, Math.max(0, rejectsToKeep))) {
        this.#insertReject.run(importId, reject.record, reject.offset, reject.size, reject.code, reject.reason, reject.bytes.subarray(0, LIMITS.rejectBytes))
      }
      const duplicates = events.length - stored
      this.#db
        .prepare('UPDATE import SET records = records + ?, stored = stored + ?, duplicates = duplicates + ?, rejected = rejected + ? WHERE id = ?')
        .run(events.length + rejects.length, stored, duplicates, rejects.length, importId)
      return { stored, duplicates, newestTs, hits }
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

  #host(hostId: string, name: string): number {
    let row = this.#hosts.get(hostId)
    if (!row) {
      this.#insertHost.run(hostId, name)
      row = this.#selectHost.get(hostId)
      if (!row) throw new Error('host row missing after insert')
      if (this.#hosts.size > 100_000) this.#hosts.clear()
      this.#hosts.set(hostId, row)
    }
    if (row.name !== name) {
      this.#renameHost.run(name, row.id)
      row = { id: row.id, name }
      this.#hosts.set(hostId, row)
    }
    return row.id
  }

  #term(text: string | null): number | null {
    if (text === null) return null
    const known = this.#terms.get(text)
    if (known !== undefined) return known
    this.#insertTerm.run(text)
    const id = this.#selectTerm.get(text)
    if (id === undefined) throw new Error('term row missing after insert')
    if (this.#terms.size > 100_000) this.#terms.clear()
    this.#terms.set(text, id)
    return id
  }
}
