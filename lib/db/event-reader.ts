import { enrich, lackingOf } from '@/lib/ecs/enrich'
import type { Lacking } from '@/lib/ecs/enrich'
import type { EcsEvent } from '@/lib/ecs/event'
import { isAuditFormat, readStored } from '@/lib/ecs/normalizers/registry'
import { AppError } from '@/lib/errors'
import { findPid } from './known-processes'
import type { Database } from './open'
import { prepared } from './prepared'
import { fromEventsOf } from './process-index'
import type { ProcessColumn } from './process-index'
import { findStart } from './process-starts'
import { unpackBlock } from './raw-block'

/** A stored event: its row and its bytes exactly as they were ingested. */
export interface StoredEvent {
  readonly id: number
  readonly ts: number
  readonly tsNs: number
  readonly sequence: number | null
  readonly format: string
  readonly importId: number
  /** What it leaves out and others may tell (`LACKS`); null for nothing. */
  readonly lacks: number | null
  readonly raw: Buffer
}

/** Which pid of a host an event asked about, and when. */
export interface AskedPid {
  readonly host: number
  readonly pid: number
  readonly ms: number
}

/** A stored event read, and what of that depends on the records of others. */
export interface ReadEvent {
  readonly event: EcsEvent
  readonly lacking: Lacking | null
  readonly asked: readonly AskedPid[]
}

interface Row {
  readonly id: number
  readonly ts: number
  readonly ts_ns: number
  readonly sequence: number | null
  readonly import_id: number
  readonly lacks: number | null
  readonly block: number
  readonly block_at: number
}

interface BlockRow {
  readonly id: number
  readonly format: string
  readonly codec: string
  readonly index: Buffer
  readonly bytes: Buffer
}

const COLUMNS = 'id, ts, ts_ns, sequence, import_id, lacks, block, block_at'
const CACHED_BLOCKS = 64
/** SQLite's default for bound parameters is 32,766; lists are cut well below. */
const IDS_PER_QUERY = 500

/** Reads stored events by id, by process or by time, decompressing each block once. */
export class EventReader {
  readonly #db: Database
  readonly #blocks = new Map<number, { format: string; records: readonly Buffer[] }>()
  readonly #block

  constructor(db: Database) {
    this.#db = db
    this.#block = db.prepare<[number], BlockRow>('SELECT id, format, codec, "index", bytes FROM event_block WHERE id = ?')
  }

  /** The events with these ids, in the order asked for; ids that are gone are left out. */
  byIds(ids: readonly number[]): readonly StoredEvent[] {
    return this.#atOnce(() => this.#byIds(ids))
  }

  #byIds(ids: readonly number[]): readonly StoredEvent[] {
    const found = new Map<number, StoredEvent>()
    const unique = [...new Set(ids)]
    for (let at = 0; at < unique.length; at += IDS_PER_QUERY) {
      const part = unique.slice(at, at + IDS_PER_QUERY)
      const rows = this.#db
        .prepare<number[], Row>(`SELECT ${COLUMNS} FROM event WHERE id IN (${part.map(() => '?').join(',')}) ORDER BY block, block_at`)
        .all(...part)
      for (const event of this.#read(rows)) found.set(event.id, event)
    }
    return ids.flatMap((id) => found.get(id) ?? [])
  }

  /** Events of these processes (their `entityKey`s), oldest first, at most `limit`. */
  ofEntities(entities: readonly number[], limit: number): readonly StoredEvent[] {
    return this.#by('entity', entities, limit)
  }

  /** Events of the children of these processes, oldest first, at most `limit`. */
  ofParents(parents: readonly number[], limit: number): readonly StoredEvent[] {
    return this.#by('parent', parents, limit)
  }

  /**
   * The event of a stored record as rules, pages and exports see it: normalised and, where its source leaves that out, with
   * what is known by now of its process and parent. Who reads many events may say by what they lack (`LACKS`) which it wants
   * completed.
   */
  document(stored: Pick<StoredEvent, 'format' | 'raw' | 'lacks'>, wants: (lacks: number, event: EcsEvent) => boolean = () => true): EcsEvent {
    return this.read(stored, wants).event
  }

  /** The same, with what it depends on. */
  read(stored: Pick<StoredEvent, 'format' | 'raw' | 'lacks'>, wants: (lacks: number, event: EcsEvent) => boolean = () => true): ReadEvent {
    const event = readStored(stored.format, stored.raw)
    if (stored.lacks === null && !isAuditFormat(stored.format)) return { event, lacking: null, asked: [] }
    const found = lackingOf(event)
    const lacking = found !== null && wants(found.lacks, event) ? found : null
    const host = lacking === null ? undefined : hostRow(this.#db, lacking.hostId)
    if (lacking === null || host === undefined) return { event, lacking: null, asked: [] }
    const asked: AskedPid[] = []
    const enriched = enrich(event, lacking, {
      pid: (pid, at) => {
        asked.push({ host, pid, ms: at.ms })
        return findPid(this.#db, host, pid, at)
      },
      process: (entityId) => findStart(this.#db, this, host, lacking.hostId, entityId),
    })
    return { event: enriched, lacking, asked }
  }

  // Ends with the identity, so that a limit takes the same ones in whatever order they came.
  #by(column: ProcessColumn, keys: readonly number[], limit: number): readonly StoredEvent[] {
    if (keys.length === 0) return []
    const part = keys.slice(0, IDS_PER_QUERY)
    const query = this.#db.prepare<number[], Row>(`SELECT ${COLUMNS} ${fromEventsOf(column, part.length)} ORDER BY ts, ts_ns, sequence IS NULL, sequence, identity LIMIT ?`)
    return this.#atOnce(() => this.#read(query.all(...part, limit)))
  }

  /** Every event after `afterId` in the order of arrival, `limit` at a time: for previews and back-fills. */
  scan(afterId: number, limit: number): readonly StoredEvent[] {
    const query = this.#db.prepare<[number, number], Row>(`SELECT ${COLUMNS} FROM event WHERE id > ? ORDER BY id LIMIT ?`)
    return this.#atOnce(() => this.#read(query.all(afterId, limit)))
  }

  /** Rows and the blocks that they name in one view of the database: retention deletes and rewrites blocks meanwhile. */
  #atOnce<T>(read: () => T): T {
    return this.#db.transaction(read)()
  }

  #read(rows: readonly Row[]): readonly StoredEvent[] {
    return rows.map((row) => {
      const block = this.#open(row.block)
      const raw = block.records[row.block_at]
      if (raw === undefined) throw new Error(`event ${row.id}: block ${row.block} has no record ${row.block_at}`)
      return { id: row.id, ts: row.ts, tsNs: row.ts_ns, sequence: row.sequence, format: block.format, importId: row.import_id, lacks: row.lacks, raw }
    })
  }

  #open(id: number): { format: string; records: readonly Buffer[] } {
    const cached = this.#blocks.get(id)
    if (cached) {
      this.#blocks.delete(id)
      this.#blocks.set(id, cached)
      return cached
    }
    const row = this.#block.get(id)
    if (!row) throw new AppError('damaged', `Block ${id} of stored records is missing, so what was in it cannot be read. linklocal doctor lists what is damaged; restore a backup into another data directory.`)
    return this.#keep(id, { format: row.format, records: unpackBlock(id, row) })
  }

  /** Blocks that were just written and are about to be read: they need not be unpacked. */
  remember({ format, records }: { readonly format: string; readonly records: ReadonlyMap<number, readonly Buffer[]> }): void {
    for (const [id, block] of records) this.#keep(id, { format, records: block })
  }

  #keep(id: number, block: { format: string; records: readonly Buffer[] }): { format: string; records: readonly Buffer[] } {
    this.#blocks.set(id, block)
    if (this.#blocks.size > CACHED_BLOCKS) {
      const oldest = this.#blocks.keys().next().value
      if (oldest !== undefined) this.#blocks.delete(oldest)
    }
    return block
  }
}

/** The row of a host; undefined for one nothing is stored of. */
export function hostRow(db: Database, hostId: string): number | undefined {
  return prepared<[string], number>(db, 'SELECT id FROM host WHERE host_id = ?', 'values').get(hostId)
}
