/**
 * lib/db: the one database file. The event path (events, hits, alerts as the detector writes them) uses better-sqlite3
 * directly; the application's own records go through the Prisma client of `client.ts`. Both see the same file.
 */
import Sqlite from 'better-sqlite3'
import type { Database } from 'better-sqlite3'
import { migrate } from './migrate'
import { databasePath } from './paths'
import { makePrivateDirectory, makePrivateFile } from './private-files'
import { requireWritable } from './reading-place'

export type { Database } from 'better-sqlite3'
export { databasePath } from './paths'

/** How long a connection waits for another's write transaction: they are all short. */
const BUSY_TIMEOUT_MS = 10_000

/**
 * Opens the database of a data directory for writing, creating the directory and the file (for their owner alone) and applying migrations as
 * needed. `migrations` is the folder of `migration.sql` files. WAL with synchronous=NORMAL: a committed batch survives a
 * killed process; after a power loss the newest commits may be missing but the file is sound.
 */
export function openDatabase(dataDir: string, migrations: string): Database {
  requireWritable(dataDir)
  makePrivateDirectory(dataDir)
  makePrivateFile(databasePath(dataDir))
  const db = new Sqlite(databasePath(dataDir), { timeout: BUSY_TIMEOUT_MS })
  // Both only take effect on a file without tables, before it turns to WAL: larger pages doubled the insert rate.
  db.pragma('page_size = 16384')
  db.pragma('auto_vacuum = INCREMENTAL')
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.pragma('foreign_keys = ON')
  db.pragma('temp_store = MEMORY')
  db.pragma('cache_size = -65536')
  // In pages, 64 MB: the fewer checkpoints, the fewer waits for the disk, and pages that are written again and again are copied once.
  db.pragma('wal_autocheckpoint = 4000')
  try {
    migrate(db, migrations)
  } catch (error) {
    db.close()
    throw error
  }
  return db
}

/** A connection that only reads, for queries beside the writer. The file must exist. */
export function openReader(dataDir: string): Database {
  const db = new Sqlite(databasePath(dataDir), { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  db.pragma('cache_size = -32768')
  return db
}
