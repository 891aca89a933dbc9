import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@/lib/errors'

interface Holder {
  readonly pid: number
  readonly since: string
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process is running all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function readHolder(file: string): Holder | null {
  try {
    const holder: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof holder !== 'object' || holder === null || !('pid' in holder) || typeof holder.pid !== 'number') return null
    return { pid: holder.pid, since: 'since' in holder ? String(holder.since) : '' }
  } catch {
    return null
  }
}

/**
 * Makes this process the one console of a data directory; answers how to give it back. Throws AppError `locked` naming the
 * process that has it. A file left by a process that is gone is taken over. The command line needs no lock: it shares the
 * database by transactions.
 */
export function lockDirectory(dataDir: string, now: Date): () => void {
  mkdirSync(dataDir, { recursive: true })
  const file = path.join(dataDir, 'linklocal.lock')
  for (let attempt = 0; ; attempt++) {
    try {
      const descriptor = openSync(file, 'wx')
      writeSync(descriptor, JSON.stringify({ pid: process.pid, since: now.toISOString() } satisfies Holder))
      closeSync(descriptor)
      return () => {
        if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true })
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || attempt > 2) throw error
      const holder = readHolder(file)
      if (holder !== null && holder.pid !== process.pid && isRunning(holder.pid)) {
        throw new AppError(
          'locked',
          `Another console runs on ${dataDir} (process ${holder.pid}, since ${holder.since}). Use that one, end it, or name another data directory with --data.`,
        )
      }
      rmSync(file, { force: true })
    }
  }
}
