import { statSync } from 'node:fs'
import { AppError } from '@/lib/errors'
import { databasePath } from './open'

/** Device and inode; null for what is not there. */
function identityOf(file: string): string | null {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
  return stat ? `${stat.dev}:${stat.ino}` : null
}

/**
 * Where a database was when it was opened. A connection goes on in a file that was removed or that another took the place of: what it
 * commits is gone when it closes. Looking costs some microseconds, so whoever writes looks before every transaction.
 */
export class DataPlace {
  readonly #dataDir: string
  readonly #directory: string | null
  readonly #file: string | null

  /** The database has been opened. */
  constructor(dataDir: string) {
    this.#dataDir = dataDir
    this.#directory = identityOf(dataDir)
    this.#file = identityOf(databasePath(dataDir))
  }

  /** Why nothing can be stored, in a sentence; null while the directory and the file are those that were opened. */
  problem(): string | null {
    const where = this.#dataDir
    const restart = 'Nothing is stored any more: put it back, or stop Linklocal and start it again.'
    const directory = identityOf(where)
    if (directory === null) return `The data directory ${where} was removed while Linklocal runs on it. ${restart}`
    if (directory !== this.#directory) return `Another directory took the place of the data directory ${where} while Linklocal runs on it. ${restart}`
    const file = identityOf(databasePath(where))
    if (file === null) return `The database in ${where} was removed while Linklocal runs on it. ${restart}`
    return file === this.#file ? null : `Another file took the place of the database in ${where} while Linklocal runs on it. ${restart}`
  }

  /** Throws `data_gone`. */
  check(): void {
    const problem = this.problem()
    if (problem !== null) throw new AppError('data_gone', problem)
  }
}
