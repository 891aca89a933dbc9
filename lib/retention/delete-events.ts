import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { packBlock, unpackBlock } from '@/lib/db/raw-block'
import type { RawBlock } from '@/lib/db/raw-block'
import { isAuditFormat } from '@/lib/ecs/normalizers/registry'
import { forgetLineage } from './forget-lineage'
import type { LeavingRecord } from './forget-lineage'

/** Bytes of one length in a block's index. */
const LENGTH_BYTES = 4

/** An event as retention looks at it. */
export interface EventRow {
  readonly id: number
  readonly identity: Buffer
  readonly ts: number
  readonly ts_ns: number
  readonly host: number
  readonly import_id: number
  readonly lacks: number | null
  readonly block: number
  readonly block_at: number
}

interface BlockRow extends RawBlock {
  readonly format: string
}

export interface Deleted {
  readonly events: number
  readonly blocks: number
  /** Alerts that lost a record. */
  readonly alerts: number
}

interface Told {
  /** When and why, for the histories of alerts. */
  readonly now: number
  readonly because: string
}

function groupByBlock(rows: readonly EventRow[]): ReadonlyMap<number, readonly EventRow[]> {
  const groups = new Map<number, EventRow[]>()
  for (const row of rows) {
    const group = groups.get(row.block)
    if (group) group.push(row)
    else groups.set(row.block, [row])
  }
  return groups
}

/**
 * Deletes events with everything that hangs on them. `rows` are all events of whole blocks in the order of their ids, `goes`
 * says which of them are deleted. Runs in the caller's transaction: whenever the process ends, an event is there with all
 * that belongs to it or gone with it.
 */
export function deleteEvents(db: Database, rows: readonly EventRow[], goes: (row: EventRow) => boolean, told: Told): Deleted {
  const gone = rows.filter(goes)
  const alerts = noteRemoved(db, gone, told)
  deleteHits(db, gone)
  for (const row of gone) prepared(db, 'DELETE FROM event WHERE id = ?').run(row.id)
  let blocks = 0
  const leaving: LeavingRecord[] = []
  for (const [block, ofBlock] of groupByBlock(rows)) {
    if (ofBlock.some(goes)) blocks += shrinkBlock(db, block, ofBlock, goes, leaving)
  }
  forgetLineage(db, leaving)
  const perImport = new Map<number, number>()
  for (const row of gone) perImport.set(row.import_id, (perImport.get(row.import_id) ?? 0) + 1)
  for (const [id, count] of perImport) prepared(db, 'UPDATE import SET removed = removed + ? WHERE id = ?').run(count, id)
  return { events: gone.length, blocks, alerts }
}

/** The links of alerts keep the identity of what they led to, and the alert says that records of it are gone. */
function noteRemoved(db: Database, gone: readonly EventRow[], { now, because }: Told): number {
  const first = gone[0]?.id
  const last = gone.at(-1)?.id
  if (first === undefined || last === undefined) return 0
  const byId = new Map(gone.map((row) => [row.id, row]))
  const alerts = new Set<number>()
  const links = prepared<[number, number], { alert_id: number; event_id: number }>(db, 'SELECT alert_id, event_id FROM alert_event WHERE event_id BETWEEN ? AND ?')
  for (const link of links.all(first, last)) {
    const row = byId.get(link.event_id)
    if (!row) continue
    prepared(
      db,
      `INSERT INTO removed_record (identity, alert_id, event_id, ts_ns, removed_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET event_id = excluded.event_id, removed_at = excluded.removed_at`,
    ).run(row.identity, link.alert_id, link.event_id, row.ts_ns, now)
    alerts.add(link.alert_id)
  }
  let fresh = 0
  for (const alertId of alerts) {
    const { changes } = prepared(db, 'UPDATE alert SET records_removed_at = ? WHERE id = ? AND records_removed_at IS NULL').run(now, alertId)
    fresh += changes
    if (changes > 0) prepared(db, "INSERT INTO alert_history (alert_id, at, actor, kind, text) VALUES (?, ?, 'retention', 'records', ?)").run(alertId, now, because)
  }
  return fresh
}

function deleteHits(db: Database, gone: readonly EventRow[]): void {
  const keys = new Map<string, { readonly rule_id: number; readonly key: string }>()
  for (const { id } of gone) {
    for (const hit of prepared<[number], { rule_id: number; key: string }>(db, 'DELETE FROM rule_hit WHERE event_id = ? RETURNING rule_id, "key"').all(id)) {
      keys.set(`${hit.rule_id} ${hit.key}`, hit)
    }
    prepared(db, 'DELETE FROM excluded_match WHERE event_id = ?').run(id)
  }
  for (const { rule_id: rule, key } of keys.values()) {
    const left = prepared<[number, string], number>(db, 'SELECT 1 FROM rule_hit WHERE rule_id = ? AND "key" = ? LIMIT 1', 'values').get(rule, key)
    if (left === undefined) prepared(db, 'DELETE FROM hit_watch WHERE rule_id = ? AND "key" = ?').run(rule, key)
  }
}

/**
 * Answers whether the block went as well. What stays of a block is packed anew under a new number, byte for byte: readers that
 * hold the old one still read what their rows say of it.
 */
function shrinkBlock(db: Database, id: number, ofBlock: readonly EventRow[], goes: (row: EventRow) => boolean, leaving: LeavingRecord[]): 0 | 1 {
  const block = prepared<[number], BlockRow>(db, 'SELECT format, codec, "index", bytes FROM event_block WHERE id = ?').get(id)
  if (!block) throw new Error(`event block ${id} is missing`)
  const staying = ofBlock.filter((row) => !goes(row)).sort((a, b) => a.block_at - b.block_at)
  const count = block.index.length / LENGTH_BYTES
  const noted = ofBlock.filter((row) => goes(row) && (row.lacks !== null || isAuditFormat(block.format) || tellsOfPids(db, row.host)))
  const records = staying.length > 0 || noted.length > 0 ? unpackBlock(id, block) : []
  for (const row of noted) leaving.push({ row, format: block.format, raw: recordOf(records, row) })
  // A block with records that no event of these claims is not ours to change.
  if (count !== ofBlock.length) return 0
  prepared(db, 'DELETE FROM event_block WHERE id = ?').run(id)
  if (staying.length === 0) return 1
  const packed = packBlock(staying.map((row) => recordOf(records, row)))
  const number = prepared(db, 'INSERT INTO event_block (format, codec, "index", bytes) VALUES (?, ?, ?, ?)').run(block.format, packed.codec, packed.index, packed.bytes).lastInsertRowid
  staying.forEach((row, at) => prepared(db, 'UPDATE event SET block = ?, block_at = ? WHERE id = ?').run(number, at, row.id))
  return 0
}

/** Whether what a host's records tell of pids is taken down. */
function tellsOfPids(db: Database, host: number): boolean {
  return prepared<[number], number>(db, 'SELECT by_pid FROM host WHERE id = ?', 'values').get(host) === 1
}

function recordOf(records: readonly Buffer[], row: EventRow): Buffer {
  const record = records[row.block_at]
  if (!record) throw new Error(`event ${row.id}: block ${row.block} has no record ${row.block_at}`)
  return record
}
