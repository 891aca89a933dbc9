import { prepared } from '@/lib/db/prepared'
import type { Database } from '@/lib/db/open'
import { PUSHED } from '@/lib/db/event-store'
import type { StoredBatch } from '@/lib/db/event-store'
import { countForSource, openRun } from './import-log'
import type { PushTarget } from './pushed'

/** What an hour's import is called; it is also the key under which it is found again. */
export function pushImportName(now: Date): string {
  return `bulk ${now.toISOString().slice(0, 13).replace('T', ' ')}:00 UTC`
}

/**
 * The import that takes what a sender pushes in this hour: found again after a restart, made when there is none. A row for
 * each request would be a thousand a minute. It is never marked as running, since every request is answered for by itself.
 */
export function openPushImport(db: Database, target: PushTarget, now: Date): number {
  const name = pushImportName(now)
  const open = db.transaction(() => {
    db.prepare("INSERT INTO source (name, kind, created_at) VALUES (?, 'push', ?) ON CONFLICT (name) DO NOTHING").run(target.source, now.getTime())
    const sourceId = db.prepare<[string], number>('SELECT id FROM source WHERE name = ?').pluck().get(target.source)
    const known = db
      .prepare<[number | undefined, string, string], number>('SELECT max(id) FROM import WHERE source_id = ? AND name = ? AND format = ?')
      .pluck()
      .get(sourceId, name, PUSHED)
    if (known !== undefined && known !== null) return known
    const row = db
      .prepare("INSERT INTO import (source_id, name, format, status, actor, started_at, finished_at) VALUES (?, ?, ?, 'done', ?, ?, ?)")
      .run(sourceId, name, PUSHED, target.actor, now.getTime(), now.getTime())
    const id = Number(row.lastInsertRowid)
    openRun(db, id, target.actor, now, 'done')
    db.prepare("INSERT INTO audit (at, actor, action, entity_type, entity_id, detail) VALUES (?, ?, 'import.start', 'import', ?, ?)").run(
      now.getTime(),
      target.actor,
      String(id),
      JSON.stringify({ name, source: target.source }),
    )
    return id
  })
  return open.immediate()
}

/** Counts a stored batch on its import, source and token; runs in the transaction that stores it. */
export function countPushed(db: Database, importId: number, target: PushTarget, batch: StoredBatch & { readonly rejected: number; readonly wireBytes: number }, now: Date): void {
  const at = now.getTime()
  prepared(db, 'UPDATE import SET bytes = bytes + ?, finished_at = ? WHERE id = ?').run(batch.wireBytes, at, importId)
  prepared(db, 'UPDATE detection_run SET finished_at = ? WHERE import_id = ?').run(at, importId)
  countForSource(db, importId, batch, now)
  prepared(db, 'UPDATE push_token SET last_used_at = ? WHERE id = ?').run(at, target.tokenId)
}
