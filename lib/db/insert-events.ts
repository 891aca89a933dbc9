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

const COLUMNS = ['identity', 'ts', 'ts_ns', 'sequence', 'host', 'category', 'action', 'entity', 'parent', 'import_id', 'block', 'block_at', 'lacks']
/** Rows of one statement: calling SQLite for each alone takes a third longer. More gain nothing. */
const GROUP = 25

/**
 * OR IGNORE, not ON CONFLICT DO NOTHING: then no row can make the statement fail, so that SQLite keeps no journal of the pages it
 * changes, which for random index entries costs more than the rows. What may be null is the same for both.
 */
function insertText(rows: number): string {
  const row = `(${COLUMNS.map(() => '?').join(', ')})`
  return `INSERT OR IGNORE INTO event (${COLUMNS.join(', ')}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}`
}

const INSERT_GROUP = insertText(GROUP)
const INSERT_ONE = insertText(1)

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value
}

/**
 * Inserts the events of a batch whose identities are not known yet. Blocks are numbered from `firstBlock`; their rows follow those of
 * their events in the same transaction. Must run inside one.
 */
export function insertEvents(db: Database, batch: EventBatch, importId: number, firstBlock: number, termsOf: (at: number) => EventTerms): Inserted {
  const ids = new Float64Array(batch.count)
  const fresh: number[] = []
  let last = prepared<[], number>(db, "SELECT seq FROM sqlite_sequence WHERE name = 'event'", 'values').get() ?? 0
  const values: unknown[] = []
  // SQLite copies what it is given: the same few are filled again for every group.
  const identities = Array.from({ length: GROUP }, () => new Uint8Array(IDENTITY_BYTES))
  for (let from = 0; from < batch.count; ) {
    // Of the last rows each goes alone: a statement for every number of them would be prepared once and kept for ever.
    const rows = batch.count - from >= GROUP ? GROUP : 1
    values.length = 0
    for (let i = 0; i < rows; i++) {
      const at = from + i
      const place = fresh.length + i
      const { host, category, action, lacks } = termsOf(at)
      const identity = identities[i] ?? new Uint8Array(IDENTITY_BYTES)
      for (let byte = 0; byte < IDENTITY_BYTES; byte++) identity[byte] = batch.identity[at * IDENTITY_BYTES + byte] ?? 0
      values.push(
        identity,
        batch.ts[at],
        batch.tsNs[at],
        orNull(batch.sequence[at]),
        host,
        category,
        action,
        orNull(batch.entity[at]),
        orNull(batch.parent[at]),
        importId,
        firstBlock + Math.floor(place / BLOCK_RECORDS),
        place % BLOCK_RECORDS,
        lacks,
      )
    }
    const { changes, lastInsertRowid } = prepared(db, rows === GROUP ? INSERT_GROUP : INSERT_ONE).run(values)
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
