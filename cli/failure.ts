/** How a command ends when it cannot do what was asked: one line for its user, and for a bug the stack in a file. */
import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { asRefusal, type AppErrorCode } from '@/lib/errors'

/** The exit codes of every command. */
export const EXIT = { done: 0, failed: 1, usage: 2, rejected: 3, refused: 4 } as const

const EXIT_OF: Record<AppErrorCode, number> = {
  invalid: EXIT.usage,
  unsupported: EXIT.usage,
  not_found: EXIT.failed,
  conflict: EXIT.failed,
  unauthenticated: EXIT.refused,
  forbidden: EXIT.refused,
  too_large: EXIT.refused,
  too_slow: EXIT.refused,
  busy: EXIT.refused,
  locked: EXIT.refused,
  newer_database: EXIT.refused,
  disk_full: EXIT.refused,
  damaged: EXIT.refused,
  read_only: EXIT.refused,
  data_gone: EXIT.refused,
}

const SYSTEM_ERRORS: Readonly<Record<string, { readonly text: string; readonly exit: number }>> = {
  ENOENT: { text: 'no such file or directory', exit: EXIT.failed },
  EISDIR: { text: 'is a directory', exit: EXIT.failed },
  ENOTDIR: { text: 'not a directory', exit: EXIT.failed },
  EACCES: { text: 'permission denied', exit: EXIT.refused },
  EPERM: { text: 'operation not permitted', exit: EXIT.refused },
  EROFS: { text: 'the file system is read-only', exit: EXIT.refused },
  ENOSPC: { text: 'no space left on the disk', exit: EXIT.refused },
}

/** A bug's stack goes to the log in the data directory; when that cannot be written, to standard error after all. */
function logBug(id: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const dataDir = process.env['LINKLOCAL_DATA']
  if (dataDir && existsSync(dataDir)) {
    const file = join(dataDir, 'linklocal.log')
    const entry = { time: new Date().toISOString(), level: 'fatal', id, argv: process.argv.slice(2), node: process.version, stack }
    try {
      appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
      return `The details are in ${file}.`
    } catch {
      // Below.
    }
  }
  return stack
}

/** Prints why a command failed on standard error and answers the exit code. */
export function reportFailure(error: unknown): number {
  const refusal = asRefusal(error)
  if (refusal) {
    process.stderr.write(`linklocal: ${refusal.message}\n`)
    return EXIT_OF[refusal.code]
  }
  if (error instanceof Error && 'code' in error && 'path' in error && 'syscall' in error) {
    const known = SYSTEM_ERRORS[String(error.code)]
    if (known) {
      process.stderr.write(`linklocal: ${String(error.path)}: ${known.text}\n`)
      return known.exit
    }
  }
  const id = `E-${randomBytes(4).toString('hex')}`
  process.stderr.write(`linklocal: something went wrong that should not have (${id}). ${logBug(id, error)}\n`)
  return EXIT.failed
}
