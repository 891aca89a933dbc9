import type { Database } from '@/lib/db/open'
import type { ImportRequest, RetryRequest } from './schema'

/** An import that rejected records. */
export interface OfImport {
  readonly id: number
  readonly name: string
  readonly source: string
  readonly kind: ImportRequest['kind']
}

/** A rejected record with what is to be read of it: what somebody made of it, else its bytes. */
export interface OpenReject {
  readonly id: number
  readonly record: number
  readonly size: number
  readonly code: string
  readonly format: string | null
  readonly import_format: string | null
  readonly sender_id: string | null
  readonly is_edited: number
  readonly bytes: Buffer
}

export interface Condition {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

/** Rejects read at a time: at most 64 KiB each. */
const PAGE = 100

/** The open rejects that a request names. */
export function conditionOf({ ids, importId, sourceId, code }: RetryRequest): Condition {
  const parts: [string, readonly (string | number)[]][] = [['r.resolved_at IS NULL', []]]
  if (ids !== undefined) parts.push([`r.id IN (${ids.map(() => '?').join(',')})`, ids])
  if (importId !== undefined) parts.push(['(r.import_id = ? OR r.seen_import_id = ?)', [importId, importId]])
  if (sourceId !== undefined) parts.push(['i.source_id = ?', [sourceId]])
  if (code !== undefined) parts.push(['r.code = ?', [code]])
  return { sql: parts.map(([sql]) => sql).join(' AND '), values: parts.flatMap(([, values]) => values) }
}

/** Only the beginning of it was kept, so it cannot be read again. */
const IS_CUT = 'r.edited IS NULL AND length(r.bytes) < r.size'

/** The imports that rejected them, as far as their records were kept whole. */
export function importsOf(db: Database, { sql, values }: Condition): readonly OfImport[] {
  return db
    .prepare<(string | number)[], OfImport>(
      `SELECT i.id, i.name, s.name AS source, s.kind FROM import i JOIN source s ON s.id = i.source_id
       WHERE i.id IN (SELECT r.import_id FROM rejected_record r JOIN import i ON i.id = r.import_id WHERE ${sql} AND NOT (${IS_CUT})) ORDER BY i.id`,
    )
    .all(...values)
}

/** How many of them cannot be read again. */
export function countCut(db: Database, { sql, values }: Condition): number {
  return db.prepare<(string | number)[], number>(`SELECT count(*) FROM rejected_record r JOIN import i ON i.id = r.import_id WHERE ${sql} AND ${IS_CUT}`).pluck().get(...values) ?? 0
}

/** Those of one import, a page in memory at a time; one that is settled meanwhile is passed over. */
export function* rejectsOf(db: Database, importId: number, { sql, values }: Condition): Generator<OpenReject> {
  const page = db.prepare<(string | number)[], OpenReject>(
    `SELECT r.id, r.record, r.size, r.code, r.format, i.format AS import_format, r.sender_id, r.edited IS NOT NULL AS is_edited, coalesce(r.edited, r.bytes) AS bytes
     FROM rejected_record r JOIN import i ON i.id = r.import_id
     WHERE r.import_id = ? AND r.id > ? AND ${sql} AND NOT (${IS_CUT}) ORDER BY r.id LIMIT ${PAGE}`,
  )
  for (let after = 0; ; ) {
    const rows = page.all(importId, after, ...values)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = last.id
  }
}
