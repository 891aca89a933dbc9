import { accessSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { AppError } from '@/lib/errors'
import { databasePath } from './paths'

function canWrite(file: string): boolean {
  try {
    accessSync(file, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** The nearest folder that there is: a data directory that is to be made stands in it. */
function existing(directory: string): string {
  const absolute = path.resolve(directory)
  return existsSync(absolute) || path.dirname(absolute) === absolute ? absolute : existing(path.dirname(absolute))
}

/** Whether this process can write a data directory: what is mounted read-only it cannot, whoever it runs as. */
export function isWritable(dataDir: string): boolean {
  const files = ['', '-wal', '-shm'].map((suffix) => `${databasePath(dataDir)}${suffix}`)
  return canWrite(existing(dataDir)) && files.every((file) => !existsSync(file) || canWrite(file))
}

/** Throws AppError `read_only` for a data directory that this process cannot write. */
export function requireWritable(dataDir: string): void {
  if (isWritable(dataDir)) return
  throw new AppError('read_only', `${dataDir} is read-only, or its files belong to another user: what is stored can be listed and exported from the command line, and nothing can be taken in or changed.`)
}

/** A data directory whose database can be opened, and what to do when it was read. */
export interface ReadingPlace {
  readonly dataDir: string
  leave(): void
}

/**
 * Where to read the database of a directory that cannot be written. SQLite makes a file beside a database in WAL mode even to
 * read it, so the database and its log are copied to a private directory of the system's, which is removed afterwards.
 */
export function readingPlace(dataDir: string): ReadingPlace {
  if (isWritable(dataDir)) return { dataDir, leave: () => undefined }
  const copy = mkdtempSync(path.join(tmpdir(), 'linklocal-read-'))
  const leave = (): void => rmSync(copy, { recursive: true, force: true })
  try {
    for (const suffix of ['', '-wal']) {
      const file = `${databasePath(dataDir)}${suffix}`
      // Copied on write where the file system can; the mode is that of the original, which may not let us in.
      if (existsSync(file)) copyFileSync(file, `${databasePath(copy)}${suffix}`, constants.COPYFILE_FICLONE)
    }
    const db = new Sqlite(databasePath(copy))
    try {
      // Folds the log in, so that readers need nothing beside the file.
      db.pragma('journal_mode = DELETE')
    } finally {
      db.close()
    }
  } catch (error) {
    leave()
    throw error
  }
  return { dataDir: copy, leave }
}
