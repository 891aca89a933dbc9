import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { isRunning, markOf } from '@/lib/db/running-process'
import type { ImportEnd } from './import-sink'
import type { ImportProgress, ImportRequest, ImportSummary } from './schema'

interface Row {
  readonly id: number
  readonly bytes: number
  readonly records: number
  readonly stored: number
  readonly duplicates: number
  readonly rejected: number
  readonly alerts: number
}

/** Opens an import, which this process reads: the source is made when its name is new. Answers the import's id. */
export function startImport(db: Database, request: ImportRequest, actor: string, now: Date): number {
  const reader = markOf()
  const start = db.transaction(() => {
    db.prepare('INSERT INTO source (name, kind, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING').run(request.source, request.kind, now.getTime())
    const sourceId = db.prepare<[string], number>('SELECT id FROM source WHERE name = ?').pluck().get(request.source)
    const row = db
      .prepare("INSERT INTO import (source_id, name, status, actor, started_at, retry_of, reader_pid, reader_start) VALUES (?, ?, 'running', ?, ?, ?, ?, ?)")
      .run(sourceId, request.name, actor, now.getTime(), request.retryOf ?? null, reader.pid, reader.start)
    const id = Number(row.lastInsertRowid)
    openRun(db, id, actor, now, 'running')
    db.prepare("INSERT INTO audit (at, actor, action, entity_type, entity_id, detail) VALUES (?, ?, ?, 'import', ?, ?)").run(
      now.getTime(),
      actor,
      request.retryOf === undefined ? 'import.start' : 'import.retry',
      String(id),
      JSON.stringify({ name: request.name, source: request.source, retry_of: request.retryOf, format: request.format, host: request.host }),
    )
    return id
  })
  return start.immediate()
}

/** The log of what the detector does for an import: made with it, and closed with it. */
export function openRun(db: Database, importId: number, actor: string, now: Date, status: 'running' | 'done'): void {
  const at = now.getTime()
  db.prepare("INSERT INTO detection_run (kind, status, import_id, actor, started_at, finished_at) VALUES ('import', ?, ?, ?, ?, ?)").run(
    status,
    importId,
    actor,
    at,
    status === 'done' ? at : null,
  )
}

export function readProgress(db: Database, importId: number): ImportProgress {
  const row = db
    .prepare<[number], Row>('SELECT id, bytes, records, stored, duplicates, rejected, alerts FROM import WHERE id = ?')
    .get(importId)
  if (!row) throw new Error(`import ${importId} is missing`)
  const { id, ...counts } = row
  return { importId: id, ...counts }
}

/** What a batch brought to its source. */
export interface SourceCounts {
  readonly stored: number
  readonly duplicates: number
  readonly rejected: number
  /** Of what was stored; null when nothing was. */
  readonly newestTs: number | null
}

/**
 * Adds a batch to the counts of its import's source, in the transaction that stores it: an import may be closed twice, by one who does
 * not see its process (from another container) and by that process, which goes on reading it, and its batches are counted once.
 */
export function countForSource(db: Database, importId: number, { stored, duplicates, rejected, newestTs }: SourceCounts, now: Date): void {
  prepared(
    db,
    `UPDATE source SET stored = stored + ?, duplicates = duplicates + ?, rejected = rejected + ?, last_received_at = ?,
       last_event_at = nullif(max(coalesce(last_event_at, -1), ?), -1)
     WHERE id = (SELECT source_id FROM import WHERE id = ?)`,
  ).run(stored, duplicates, rejected, now.getTime(), newestTs ?? -1, importId)
}

/** Closes an import. */
export function finishImport(
  db: Database,
  importId: number,
  end: ImportEnd & { readonly interrupted?: boolean },
  now: Date,
): ImportSummary {
  let { notes } = end
  const finish = db.transaction(() => {
    // What was noted while it was stored stays.
    const noted = db.prepare<[number], string>('SELECT notes FROM import WHERE id = ?').pluck().get(importId) ?? '[]'
    notes = [...(JSON.parse(noted) as string[]), ...end.notes]
    db.prepare('UPDATE import SET status = ?, format = ?, error = ?, notes = ?, finished_at = ? WHERE id = ?').run(
      end.status,
      end.format,
      end.error,
      JSON.stringify(notes),
      now.getTime(),
      importId,
    )
    db.prepare('UPDATE detection_run SET status = ?, error = ?, finished_at = ? WHERE import_id = ?').run(
      end.interrupted === true ? 'interrupted' : end.status,
      end.error,
      now.getTime(),
      importId,
    )
    db.prepare('UPDATE source SET last_received_at = ? WHERE id = (SELECT source_id FROM import WHERE id = ?)').run(now.getTime(), importId)
  })
  finish.immediate()
  const row = db
    .prepare<[number], { name: string; source: string; started_at: number }>(
      'SELECT i.name, s.name AS source, i.started_at FROM import i JOIN source s ON s.id = i.source_id WHERE i.id = ?',
    )
    .get(importId)
  if (!row) throw new Error(`import ${importId} is missing`)
  return {
    ...readProgress(db, importId),
    name: row.name,
    source: row.source,
    format: end.format,
    seconds: Math.max(0, now.getTime() - row.started_at) / 1000,
    error: end.error,
    notes,
  }
}

interface ReaderRow {
  readonly id: number
  readonly pid: number | null
  readonly start: string | null
}

/**
 * Closes imports that a killed process left running: what they stored stays, and sending the file again adds the rest. With `alone` no
 * one else reads in this process, and those of an earlier version, which do not say who reads them, are taken for interrupted.
 */
export function closeInterruptedImports(db: Database, now: Date, alone: boolean): number {
  const self = markOf()
  const isInterrupted = ({ pid, start }: ReaderRow): boolean =>
    pid === null || (pid === self.pid && start === self.start) ? alone : !isRunning({ pid, start })
  const open = prepared<[], ReaderRow>(db, "SELECT id, reader_pid AS pid, reader_start AS start FROM import WHERE status = 'running'").all().filter(isInterrupted)
  for (const { id } of open) {
    finishImport(db, id, { status: 'failed', format: null, error: 'Linklocal was stopped while this was read. Send it again: what is stored is kept and counted once.', notes: [], interrupted: true }, now)
  }
  return open.length
}
