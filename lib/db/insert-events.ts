import type { RunResult } from 'better-sqlite3'
import { IDENTITY_BYTES } from './event-batch'
import type { EventBatch } from './event-batch'
import type { Database } from './open'
import { prepared } from './prepared'
import { BLOCK_RECORDS } from './raw-block'

/** What the store makes of an event besides what is in the batch: numbers of interned texts. */
export interface EventTerms {
  readonly host: number
  readonly category: number | null
  readonly action: number | null
  readonly lacks: number | null
}

/** Which events of a batch were new, and where they stand. */
export interface Inserted {
  /** Row ids by place in the batch; 0 for an event that is stored already. */
  readonly ids: Float64Array
  /** Places in the batch of those that are new, in order. Their bytes are packed in this order, so many to a block. */
  readonly fresh: readonly number[]
}

const REQUIRED = ['identity', 'ts', 'ts_ns', 'host', 'import_id', 'block', 'block_at']
/** Columns that may be null: bit n of a group's mask says that one of its rows has the nth of them. */
const OPTIONAL = ['sequence', 'category', 'action', 'entity', 'parent', 'lacks']
const MASKS = 1 << OPTIONAL.length
/** Rows of one statement, the most that there are left: a statement for every number would be prepared once and kept for ever. */
const SIZES = [50, 10, 1] as const
const [MOST_ROWS] = SIZES

/**
 * OR IGNORE, not ON CONFLICT DO NOTHING: then no row can make the statement fail, so that SQLite keeps no journal of the pages it
 * changes, which for random index entries costs more than the rows. What may be null is the same for both.
 */
function insertText(rows: number, mask: number): string {
  const columns = [...REQUIRED, ...OPTIONAL.filter((_, bit) => (mask & (1 << bit)) !== 0)]
  const row = `(${columns.map(() => '?').join(', ')})`
  return `INSERT OR IGNORE INTO event (${columns.join(', ')}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}`
}

/** Each made once: `prepared` finds statements by their text, and hashes a new one. */
const texts = new Map<number, string>()

function textOf(rows: number, mask: number): string {
  const key = rows * MASKS + mask
  let text = texts.get(key)
  if (text === undefined) texts.set(key, (text = insertText(rows, mask)))
  return text
}

function isMissing(value: number | null | undefined): boolean {
  return value === null || value === undefined || Number.isNaN(value)
}

/** The rows of one statement: their values by column, and which of the optional columns any of them has. */
class Rows {
  /** SQLite copies what it is given: the same few are filled again for every group. */
  readonly #identities = Array.from({ length: MOST_ROWS }, () => new Uint8Array(IDENTITY_BYTES))
  readonly #required: unknown[] = []
  readonly #optional: (number | null | undefined)[] = []
  #count = 0
  #mask = 0

  clear(): void {
    this.#required.length = 0
    this.#optional.length = 0
    this.#count = 0
    this.#mask = 0
  }

  add(batch: EventBatch, at: number, { host, category, action, lacks }: EventTerms, importId: number, block: number, blockAt: number): void {
    const identity = this.#identities[this.#count++] ?? new Uint8Array(IDENTITY_BYTES)
    for (let byte = 0; byte < IDENTITY_BYTES; byte++) identity[byte] = batch.identity[at * IDENTITY_BYTES + byte] ?? 0
    this.#required.push(identity, batch.ts[at], batch.tsNs[at], host, importId, block, blockAt)
    const first = this.#optional.length
    this.#optional.push(batch.sequence[at], category, action, batch.entity[at], batch.parent[at], lacks)
    for (let bit = 0; bit < OPTIONAL.length; bit++) if (!isMissing(this.#optional[first + bit])) this.#mask |= 1 << bit
  }

  /**
   * Inserts them. Values are given as arguments, not as an array, and a column that none of the rows has is left out: fetching from an
   * array costs the driver as much as binding, and a null more than anything else.
   */
  insert(db: Database): RunResult {
    const mask = this.#count === 1 ? MASKS - 1 : this.#mask
    const values: unknown[] = []
    for (let row = 0; row < this.#count; row++) {
      for (let n = 0; n < REQUIRED.length; n++) values.push(this.#required[row * REQUIRED.length + n])
      for (let bit = 0; bit < OPTIONAL.length; bit++) {
        if ((mask & (1 << bit)) === 0) continue
        const value = this.#optional[row * OPTIONAL.length + bit]
        values.push(isMissing(value) ? null : value)
      }
    }
    return prepared(db, textOf(this.#count, mask)).run(...values)
  }
}

/**
 * Inserts the events of a batch whose identities are not known yet. Blocks are numbered from `firstBlock`; their rows follow those of
 * their events in the same transaction. Must run inside one.
 */
export function insertEvents(db: Database, batch: EventBatch, importId: number, firstBlock: number, termsOf: (at: number) => EventTerms): Inserted {
  const ids = new Float64Array(batch.count)
  const fresh: number[] = []
  let last = prepared<[], number>(db, "SELECT seq FROM sqlite_sequence WHERE name = 'event'", 'values').get() ?? 0
  const group = new Rows()
  for (let from = 0; from < batch.count; ) {
    const left = batch.count - from
    const rows = SIZES.find((size) => size <= left) ?? 1
    group.clear()
    for (let i = 0; i < rows; i++) {
      const place = fresh.length + i
      group.add(batch, from + i, termsOf(from + i), importId, firstBlock + Math.floor(place / BLOCK_RECORDS), place % BLOCK_RECORDS)
    }
    const { changes, lastInsertRowid } = group.insert(db)
    if (changes === rows) {
      last = Number(lastInsertRowid)
      for (let i = 0; i < rows; i++) {
        ids[from + i] = last - rows + 1 + i
        fresh.push(from + i)
      }
    } else if (rows > 1) last = placeNew(db, batch, { from, rows, firstBlock, after: last }, ids, fresh)
    from += rows
  }
  return { ids, fresh }
}

interface Group {
  readonly from: number
  readonly rows: number
  readonly firstBlock: number
  /** The largest id before it. */
  readonly after: number
}

/** Of rows some of which were known: finds the new ones by their ids, and moves their bytes up to where they stand without the others. */
function placeNew(db: Database, batch: EventBatch, { from, rows, firstBlock, after }: Group, ids: Float64Array, fresh: number[]): number {
  const idOf = prepared<[Uint8Array], number>(db, 'SELECT id FROM event WHERE identity = ?', 'values')
  let last = after
  for (let i = 0; i < rows; i++) {
    const at = from + i
    const id = idOf.get(batch.identity.subarray(at * IDENTITY_BYTES, (at + 1) * IDENTITY_BYTES)) ?? 0
    // An id that was met in this group already is the same event twice.
    if (id <= last) continue
    last = id
    ids[at] = id
    const place = fresh.push(at) - 1
    prepared(db, 'UPDATE event SET block = ?, block_at = ? WHERE id = ?').run(firstBlock + Math.floor(place / BLOCK_RECORDS), place % BLOCK_RECORDS, id)
  }
  return last
}
