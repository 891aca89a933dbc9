import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { AppError } from '@/lib/errors'
import { databasePath, openReader } from './open'

export function databaseExists(dataDir: string): boolean {
  return existsSync(databasePath(dataDir))
}

/** Copies the database page by page, consistent at its end, while others read and write. The file must not exist. */
export async function copyDatabase(dataDir: string, file: string): Promise<void> {
  const db = openReader(dataDir)
  try {
    await db.backup(file)
  } finally {
    db.close()
  }
}

/** Checks that a file is a whole database of ours and copies it into a data directory. Throws `invalid` saying what is wrong. */
export function installDatabase(file: string, dataDir: string): void {
  if (!existsSync(file)) throw new AppError('not_found', `${file}: there is no such file.`)
  const part = `${databasePath(dataDir)}.part`
  try {
    copyFileSync(file, part)
    const db = new Sqlite(part, { readonly: true })
    try {
      const answer: unknown = db.pragma('integrity_check', { simple: true })
      if (answer !== 'ok') throw new AppError('invalid', `${file} is damaged: ${String(answer)}`)
      const ours = db.prepare<[], number>("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('_prisma_migrations', 'event', 'alert')").pluck().get()
      if (ours !== 3) throw new AppError('invalid', `${file} is not a database of Linklocal.`)
    } finally {
      db.close()
    }
    renameSync(part, databasePath(dataDir))
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'SQLITE_NOTADB' || error.code === 'SQLITE_CORRUPT')) {
      throw new AppError('invalid', `${file} is not a whole database: ${error.message}.`)
    }
    throw error
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${part}${suffix}`, { force: true })
  }
}
