import { chmodSync, copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { AppError, asRefusal, errorMessage } from '@/lib/errors'
import { findDamage } from './find-damage'
import { databasePath, openReader } from './open'
import type { Database } from './open'
import { FILE_MODE, makePrivateFile } from './private-files'
import { readingPlace } from './reading-place'
import { findWalDamage } from './wal-damage'

export function databaseExists(dataDir: string): boolean {
  return existsSync(databasePath(dataDir))
}

/** What is told of damage at once: the rest is likely of the same cause. */
const TOLD = 3

function damageText(found: readonly string[]): string {
  const more = found.length > TOLD ? ` (and ${found.length - TOLD} more)` : ''
  return `${found.slice(0, TOLD).join(' ')}${more}`
}

/**
 * Copies the database page by page, consistent at its end, while others read and write, and checks the copy: it is a backup
 * only if it can be restored. The file must not exist; it is made for its owner alone. Throws AppError `damaged`, and then
 * leaves no file.
 */
export async function copyDatabase(dataDir: string, file: string, migrations: string): Promise<void> {
  const place = readingPlace(dataDir)
  try {
    const logDamage = findWalDamage(dataDir)
    if (logDamage !== null) throw new AppError('damaged', `No backup was made. ${logDamage}`)
    const db = openReader(place.dataDir)
    try {
      makePrivateFile(file)
      await db.backup(file)
    } finally {
      db.close()
    }
    checkCopy(file, migrations)
  } catch (error) {
    removeDatabase(file)
    const refusal = asRefusal(error)
    if (refusal?.code === 'damaged' && refusal !== error) throw new AppError('damaged', `No backup was made: ${dataDir} is damaged (${errorMessage(error)}). linklocal doctor says where; what can still be read can be exported.`)
    throw error
  } finally {
    place.leave()
  }
}

function checkCopy(file: string, migrations: string): void {
  const db = new Sqlite(file, { readonly: true })
  try {
    const found = findDamage(db, migrations)
    if (found.length > 0) throw new AppError('damaged', `No backup was made: the database is damaged. ${damageText(found)} What can still be read can be exported.`)
  } finally {
    db.close()
  }
}

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true })
}

/**
 * What was received before the backup may be older than is kept: nobody restores evidence to have it deleted within the hour.
 * The policy waits until somebody saves it again. Answers whether there was one.
 */
function pauseRetention(db: Database, now: Date): boolean {
  const known = db.prepare<[], number>("SELECT count(*) FROM sqlite_master WHERE name = 'retention_policy'").pluck().get()
  if (known !== 1) return false
  db.prepare("UPDATE retention_run SET status = 'cancelled', finished_at = ? WHERE status IN ('queued', 'running')").run(now.getTime())
  const paused = db.prepare('UPDATE retention_policy SET paused = ? WHERE max_age_days IS NOT NULL OR max_bytes IS NOT NULL')
  return paused.run(`the database was restored from a backup on ${now.toISOString().slice(0, 10)}, and what is in it may be older than is kept.`).changes > 0
}

/** A log that outlived its database would be played into the next one of that name, and ruin it. */
function refuseLeftLog(dataDir: string): void {
  const log = `${databasePath(dataDir)}-wal`
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0) return
  throw new AppError('conflict', `${log} is left of a database that is no longer there, and would damage the restored one. Move it away, and the -shm file beside it, or restore into an empty directory: --data NEW.`)
}

/**
 * Checks that a file is a whole database of ours and copies it into a data directory. Retention is paused in the copy; the answer says
 * whether. Throws `invalid` saying what is wrong, and `conflict` when the directory holds what is left of another database.
 */
export function installDatabase(file: string, dataDir: string, now: Date, migrations: string): { readonly retentionPaused: boolean } {
  refuseLeftLog(dataDir)
  if (!existsSync(file)) throw new AppError('not_found', `${file}: there is no such file.`)
  const part = `${databasePath(dataDir)}.part`
  try {
    copyFileSync(file, part)
    // The copy has the mode of what was copied.
    chmodSync(part, FILE_MODE)
    let retentionPaused = false
    const db = new Sqlite(part)
    try {
      const ours = db.prepare<[], number>("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('_prisma_migrations', 'event', 'alert')").pluck().get()
      if (ours !== 3) throw new AppError('invalid', `${file} is not a database of Linklocal.`)
      const found = findDamage(db, migrations)
      if (found.length > 0) throw new AppError('damaged', `${file} is damaged, and was not restored. ${damageText(found)}`)
      retentionPaused = pauseRetention(db, now)
    } finally {
      db.close()
    }
    renameSync(part, databasePath(dataDir))
    return { retentionPaused }
  } catch (error) {
    const refusal = asRefusal(error)
    if (refusal?.code === 'damaged' && refusal !== error) throw new AppError('damaged', `${file} is not a whole database: ${errorMessage(error)}.`)
    throw error
  } finally {
    removeDatabase(part)
  }
}
