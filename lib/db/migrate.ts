import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Database } from 'better-sqlite3'
import { AppError } from '@/lib/errors'

/** The table as Prisma's own engine creates it, so that its tools agree with what was applied here. */
const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

function readMigrations(directory: string): readonly Migration[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(directory, entry.name, 'migration.sql')))
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(directory, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
}

/** The names of a folder's migrations, in the order in which they are applied. */
export function listMigrations(directory: string): readonly string[] {
  return readMigrations(directory).map(({ name }) => name)
}

/**
 * Applies the migrations that the database does not have yet, each in a transaction with its `_prisma_migrations` row, and
 * answers their names. Throws AppError `newer_database` when the file holds a migration this version does not know: an
 * older Linklocal must not write to a newer database.
 */
export function migrate(db: Database, directory: string): readonly string[] {
  const known = readMigrations(directory)
  db.exec(MIGRATIONS_TABLE)
  const applied = checkApplied(db, known)
  const names: string[] = []
  for (const migration of known) {
    if (applied.has(migration.name)) continue
    // Another process may have migrated since the list was read: immediate, then look again.
    const apply = db.transaction(() => {
      const already = db.prepare('SELECT 1 FROM _prisma_migrations WHERE migration_name = ? AND finished_at IS NOT NULL').get(migration.name)
      if (already !== undefined) return false
      const startedAt = new Date().toISOString()
      db.exec(migration.sql)
      db.prepare(
        'INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count) VALUES (?, ?, ?, ?, ?, 1)',
      ).run(randomUUID(), migration.checksum, new Date().toISOString(), migration.name, startedAt)
      return true
    })
    if (unlessDamaged(migration.name, () => apply.immediate())) names.push(migration.name)
  }
  return names
}

/**
 * Migrations that the database does not have yet; changes nothing. Throws AppError `newer_database` as `migrate` does, and
 * `damaged` when its list of migrations cannot be read.
 */
export function pendingMigrations(db: Database, directory: string): readonly string[] {
  const known = readMigrations(directory)
  const applied = checkApplied(db, known)
  return known.map(({ name }) => name).filter((name) => !applied.has(name))
}

/** SQL of ours fails where the tables are not those that the list of migrations speaks of. */
function unlessDamaged<T>(step: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string' && /^SQLITE_(?:ERROR|CONSTRAINT|MISMATCH|SCHEMA)/.test(error.code))) throw error
    throw new AppError('damaged', `The database is damaged: its tables are not those that its list of migrations speaks of (${step}: ${error.message}). Restore a backup into another data directory.`)
  }
}

function checkApplied(db: Database, known: readonly Migration[]): ReadonlyMap<string, string> {
  const appliedRows = unlessDamaged('_prisma_migrations', () =>
    db
      .prepare<[], { migration_name: string; checksum: string }>(
        'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
      )
      .all(),
  )
  const applied = new Map(appliedRows.map((row) => [row.migration_name, row.checksum]))
  const unknown = [...applied.keys()].filter((name) => !known.some((migration) => migration.name === name))
  if (unknown.length > 0) {
    throw new AppError(
      'newer_database',
      `The database was written by a newer version of Linklocal (it has the migration ${unknown.sort().at(-1) ?? ''}). ` +
        'Start the newer version, or name another data directory with --data.',
    )
  }
  for (const migration of known) {
    const checksum = applied.get(migration.name)
    if (checksum !== undefined && checksum !== migration.checksum) {
      throw new AppError(
        'newer_database',
        `The migration ${migration.name} was applied to this database with other contents. ` +
          'Start the version that wrote it, or name another data directory with --data.',
      )
    }
  }
  return applied
}
