import type { Database } from '@/lib/db/open'
import { SOURCE_KINDS } from './schema'
import type { RejectedRecord, SourceHealth, SourceKind } from './schema'

/** An import as lists show it: what came, and what became of it. Times are ISO 8601, UTC. */
export interface ImportRecord {
  readonly id: number
  readonly name: string
  readonly source: string
  readonly kind: SourceKind
  readonly format: string | null
  readonly status: string
  readonly actor: string
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly bytes: number
  readonly records: number
  readonly stored: number
  readonly duplicates: number
  readonly rejected: number
  readonly alerts: number
  readonly error: string | null
}

interface SourceRow extends Omit<SourceHealth, 'kind' | 'lastEventAt' | 'lastReceivedAt' | 'lastImport'> {
  readonly kind: string
  readonly lastEventAt: number | null
  readonly lastReceivedAt: number | null
  readonly importId: number | null
  readonly importName: string | null
  readonly importStatus: string | null
  readonly importStartedAt: number | null
}

interface ImportRow extends Omit<ImportRecord, 'kind' | 'startedAt' | 'finishedAt'> {
  readonly kind: string
  readonly startedAt: number
  readonly finishedAt: number | null
}

/** Bytes of a rejected record that a list shows; the download has all that was kept. */
const PREVIEW_BYTES = 600

/** A character that the cut went through is left out rather than shown as damaged. */
function textOf(bytes: Buffer): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: bytes.length === PREVIEW_BYTES })
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function kindOf(text: string): SourceKind {
  return SOURCE_KINDS.find((kind) => kind === text) ?? 'upload'
}

/** Every source with its counts and its newest import; the one that received something last comes first. */
export function listSources(db: Database): readonly SourceHealth[] {
  const rows = db
    .prepare<[], SourceRow>(
      `SELECT s.id, s.name, s.kind, s.stored, s.duplicates, s.rejected, s.last_event_at AS lastEventAt, s.last_received_at AS lastReceivedAt,
              i.id AS importId, i.name AS importName, i.status AS importStatus, i.started_at AS importStartedAt
       FROM source s LEFT JOIN import i ON i.id = (SELECT max(id) FROM import WHERE source_id = s.id)
       ORDER BY s.last_received_at DESC NULLS LAST, s.name`,
    )
    .all()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    kind: kindOf(row.kind),
    stored: row.stored,
    duplicates: row.duplicates,
    rejected: row.rejected,
    lastEventAt: row.lastEventAt === null ? null : iso(row.lastEventAt),
    lastReceivedAt: row.lastReceivedAt === null ? null : iso(row.lastReceivedAt),
    lastImport:
      row.importId === null
        ? null
        : { id: row.importId, name: row.importName ?? '', status: row.importStatus ?? '', startedAt: iso(row.importStartedAt ?? 0) },
  }))
}

const IMPORT_COLUMNS = `i.id, i.name, s.name AS source, s.kind, i.format, i.status, i.actor, i.started_at AS startedAt, i.finished_at AS finishedAt,
  i.bytes, i.records, i.stored, i.duplicates, i.rejected, i.alerts, i.error`

function toImport(row: ImportRow): ImportRecord {
  return {
    ...row,
    kind: kindOf(row.kind),
    startedAt: iso(row.startedAt),
    finishedAt: row.finishedAt === null ? null : iso(row.finishedAt),
  }
}

/** Imports, newest first; `before` is the id after which an earlier page ended. */
export function listImports(db: Database, { limit, before }: { limit: number; before?: number }): readonly ImportRecord[] {
  return db
    .prepare<[number, number], ImportRow>(
      `SELECT ${IMPORT_COLUMNS} FROM import i JOIN source s ON s.id = i.source_id WHERE i.id < ? ORDER BY i.id DESC LIMIT ?`,
    )
    .all(before ?? Number.MAX_SAFE_INTEGER, limit)
    .map(toImport)
}

/** One import, or null when there is none with this id. */
export function readImport(db: Database, id: number): ImportRecord | null {
  const row = db
    .prepare<[number], ImportRow>(`SELECT ${IMPORT_COLUMNS} FROM import i JOIN source s ON s.id = i.source_id WHERE i.id = ?`)
    .get(id)
  return row ? toImport(row) : null
}

/** Whether anything was ever taken in: what tells an empty console from a quiet one. */
export function hasImports(db: Database): boolean {
  return db.prepare('SELECT 1 FROM import LIMIT 1').get() !== undefined
}

export interface RejectFilter {
  /** Of this import only; of all when left out. */
  readonly importId?: number
  readonly code?: string
}

interface RejectRow extends Omit<RejectedRecord, 'preview'> {
  readonly bytes: Buffer
}

/** The WHERE of a filter and what it binds. */
function where({ importId, code }: RejectFilter): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const terms = [
    ...(importId === undefined ? [] : [{ sql: 'r.import_id = ?', value: importId }]),
    ...(code === undefined ? [] : [{ sql: 'r.code = ?', value: code }]),
  ]
  return { sql: terms.map((term) => `AND ${term.sql}`).join(' '), values: terms.map((term) => term.value) }
}

const REJECT_COLUMNS = 'r.id, r.import_id AS importId, i.name AS importName, r.record, r."offset", r.size, r.code, r.reason'

/**
 * Rejected records in the order they stood in, `limit` of them after the id `after`. The preview is the beginning of the
 * record as text; it is what somebody sent, so show it as text with its control characters made visible.
 */
export function listRejects(db: Database, filter: RejectFilter, { limit, after = 0 }: { limit: number; after?: number }): readonly RejectedRecord[] {
  const { sql, values } = where(filter)
  return db
    .prepare<(string | number)[], RejectRow>(
      `SELECT ${REJECT_COLUMNS}, substr(r.bytes, 1, ${PREVIEW_BYTES}) AS bytes FROM rejected_record r JOIN import i ON i.id = r.import_id
       WHERE r.id > ? ${sql} ORDER BY r.id LIMIT ?`,
    )
    .all(after, ...values, limit)
    .map(({ bytes, ...row }) => ({ ...row, preview: textOf(bytes) }))
}

/** How many rejected records are kept for each reason's code, the most frequent first. */
export function countRejects(db: Database, filter: RejectFilter): readonly { readonly code: string; readonly count: number }[] {
  const { sql, values } = where(filter)
  return db
    .prepare<(string | number)[], { code: string; count: number }>(
      `SELECT r.code, count(*) AS count FROM rejected_record r WHERE true ${sql} GROUP BY r.code ORDER BY count DESC, r.code`,
    )
    .all(...values)
}

/** A rejected record with all the bytes that were kept of it. */
export interface RejectedBytes extends Omit<RejectedRecord, 'preview'> {
  readonly bytes: Buffer
}

const REJECTS_PER_READ = 100

/** Every rejected record of a filter with its bytes, a few at a time, so that memory does not grow with their number. */
export function* readRejects(db: Database, filter: RejectFilter): Generator<RejectedBytes> {
  const { sql, values } = where(filter)
  const statement = db.prepare<(string | number)[], RejectedBytes>(
    `SELECT ${REJECT_COLUMNS}, r.bytes FROM rejected_record r JOIN import i ON i.id = r.import_id WHERE r.id > ? ${sql} ORDER BY r.id LIMIT ${REJECTS_PER_READ}`,
  )
  let after = 0
  for (;;) {
    const rows = statement.all(after, ...values)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < REJECTS_PER_READ) return
    after = last.id
  }
}
