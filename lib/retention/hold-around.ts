import { LEADERS, TREE_PREVIEW } from '@/lib/alerts/process-tree'
import { EventReader } from '@/lib/db/event-reader'
import { entityKey } from '@/lib/db/hash'
import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { fromEventsOf } from '@/lib/db/process-index'
import type { ProcessColumn } from '@/lib/db/process-index'
import { readValues } from '@/lib/ecs/event'
import { LIMITS } from '@/lib/limits'

interface ProcessRow {
  readonly id: number
  readonly entity: number | null
  readonly parent: number | null
}

/** Rows are read by their ids in parts of this size. */
const IDS_PER_QUERY = 500

function distinct(keys: readonly (number | null)[]): number[] {
  return [...new Set(keys.filter((key) => key !== null))]
}

/**
 * Finds the records that belong to an alert beside those it links: what its page draws as the process tree, and what its rule
 * reads again when it is joined once more. It walks the indexed keys of processes and opens only the linked records.
 *
 * - the first records of its processes and of all above them, as far as `readSurroundings` goes;
 * - of its processes, their ancestors, their siblings and three generations below them as many as the tree in the alert's page
 *   may have, those that arrived nearest to the alert first where there are more.
 */
export class HoldAround {
  readonly #db: Database
  readonly #events: EventReader
  readonly #hold: (eventId: number) => void
  /** Processes whose first records are held already: a host's alerts share their ancestors. */
  readonly #begun = new Set<number>()

  constructor(db: Database, hold: (eventId: number) => void) {
    this.#db = db
    this.#events = new EventReader(db)
    this.#hold = hold
  }

  ofAlert(alertId: number): void {
    const linked = prepared<[number], ProcessRow>(
      this.#db,
      'SELECT e.id, e.entity, e.parent FROM alert_event l JOIN event e ON e.id = l.event_id WHERE l.alert_id = ? ORDER BY l.position',
    ).all(alertId)
    const near = linked.at(-1)?.id
    if (near === undefined) return
    for (const { id } of linked) this.#hold(id)
    const walk = new Walk(this.#db, near, this.#hold)
    const focus = distinct(linked.map(({ entity }) => entity))
    const parents = distinct(linked.map(({ parent }) => parent))

    this.#begin(focus)
    walk.add('entity', focus)
    // Upwards first: what is many among siblings must not cost the way to the root.
    let above = [...parents, ...this.#named(linked.map(({ id }) => id))]
    for (let round = 0; round < LIMITS.seclAncestors && above.length > 0; round++) {
      const asked = new Set(above)
      this.#begin(above)
      above = distinct([...walk.add('entity', above), ...above.flatMap((key) => firstRecordsOf(this.#db, key))].map(({ parent }) => parent)).filter((key) => !asked.has(key))
      above = walk.unasked('entity', above)
    }
    const siblings = distinct(walk.add('parent', parents).map(({ entity }) => entity))
    let below = distinct(walk.add('parent', focus).map(({ entity }) => entity))
    for (let round = 0; round < TREE_PREVIEW.below && below.length > 0; round++) {
      walk.add('entity', below)
      below = distinct(walk.add('parent', below).map(({ entity }) => entity))
    }
    walk.add('entity', siblings)
    walk.add('parent', siblings)
  }

  /** The ancestors and leaders that the linked records name themselves. */
  #named(ids: readonly number[]): readonly number[] {
    return this.#events.byIds(ids).flatMap((stored) => {
      const event = this.#events.document(stored)
      const [host] = readValues(event, 'host.id')
      const named = ['process.Ext.ancestry', ...LEADERS].flatMap((field) => readValues(event, field))
      return named.flatMap((id) => (typeof id === 'string' && typeof host === 'string' ? [entityKey(host, id)] : []))
    })
  }

  #begin(keys: readonly number[]): void {
    for (const key of keys) {
      if (this.#begun.has(key)) continue
      this.#begun.add(key)
      for (const { id } of firstRecordsOf(this.#db, key)) this.#hold(id)
    }
  }
}

/** The first records of a process, as many as `readSurroundings` reads; one more tells that there are more. */
export function firstRecordsOf(db: Database, key: number): readonly ProcessRow[] {
  return prepared<[number, number], ProcessRow>(db, `SELECT e.id, e.entity, e.parent ${fromEventsOf('entity', 1)} ORDER BY e.ts, e.ts_ns, e.sequence IS NULL, e.sequence, e.identity LIMIT ?`).all(
    key,
    LIMITS.processRecords + 1,
  )
}

/** One alert's walk: no key is asked twice, and no more rows are held than the tree in its page opens. */
class Walk {
  readonly #db: Database
  readonly #near: number
  readonly #hold: (eventId: number) => void
  readonly #asked: Readonly<Record<ProcessColumn, Set<number>>> = { entity: new Set(), parent: new Set() }
  #left: number = TREE_PREVIEW.events

  constructor(db: Database, near: number, hold: (eventId: number) => void) {
    this.#db = db
    this.#near = near
    this.#hold = hold
  }

  unasked(column: ProcessColumn, keys: readonly number[]): number[] {
    return keys.filter((key) => !this.#asked[column].has(key))
  }

  add(column: ProcessColumn, keys: readonly number[]): readonly ProcessRow[] {
    const found: ProcessRow[] = []
    for (const key of this.unasked(column, keys)) {
      this.#asked[column].add(key)
      if (this.#left <= 0) continue
      const rows = this.#rows(this.#ids(column, key))
      this.#left -= rows.length
      for (const { id } of rows) this.#hold(id)
      found.push(...rows)
    }
    return found
  }

  #ids(column: ProcessColumn, key: number): readonly number[] {
    return prepared<[number, number, number], number>(this.#db, `SELECT e.id ${fromEventsOf(column, 1)} ORDER BY abs(e.id - ?) LIMIT ?`, 'values').all(key, this.#near, this.#left)
  }

  #rows(ids: readonly number[]): readonly ProcessRow[] {
    const rows: ProcessRow[] = []
    for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
      const part = ids.slice(at, at + IDS_PER_QUERY)
      rows.push(...this.#db.prepare<number[], ProcessRow>(`SELECT id, entity, parent FROM event WHERE id IN (${part.map(() => '?').join(',')})`).all(...part))
    }
    return rows
  }
}
