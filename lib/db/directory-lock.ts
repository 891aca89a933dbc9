import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@/lib/errors'
import { makePrivateDirectory } from './private-files'
import { requireWritable } from './reading-place'
import { isRunning, markOf } from './running-process'
import type { ProcessMark } from './running-process'

interface Holder extends ProcessMark {
  readonly since: string
}

function readHolder(file: string): Holder | null {
  try {
    const holder: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof holder !== 'object' || holder === null || !('pid' in holder) || typeof holder.pid !== 'number') return null
    return { pid: holder.pid, since: 'since' in holder ? String(holder.since) : '', start: 'start' in holder && typeof holder.start === 'string' ? holder.start : null }
  } catch {
    return null
  }
}

function lockFile(dataDir: string): string {
  return path.join(dataDir, 'linklocal.lock')
}

/** The console that holds a data directory, or held it until it was killed; null when there is none. */
export function lockHolder(dataDir: string): ProcessMark | null {
  return readHolder(lockFile(dataDir))
}

/** Makes the file with its content in one step: between the two another process would find a file that names nobody, and take it. */
function createWhole(file: string, content: string): void {
  const part = `${file}.${process.pid}`
  writeFileSync(part, content)
  try {
    linkSync(part, file)
  } catch (error) {
    // Some file systems have no links.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw error
    writeFileSync(file, content, { flag: 'wx' })
  } finally {
    rmSync(part, { force: true })
  }
}

/**
 * Makes this process the one console of a data directory; answers how to give it back. Throws AppError `locked` naming the
 * process that has it. A file left by a process that is gone is taken over. The command line needs no lock: it shares the
 * database by transactions.
 */
export function lockDirectory(dataDir: string, now: Date): () => void {
  requireWritable(dataDir)
  makePrivateDirectory(dataDir)
  const file = lockFile(dataDir)
  for (let attempt = 0; ; attempt++) {
    try {
      createWhole(file, JSON.stringify({ ...markOf(), since: now.toISOString() } satisfies Holder))
      return () => {
        if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true })
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || attempt > 2) throw error
      const holder = readHolder(file)
      if (holder !== null && holder.pid !== process.pid && isRunning(holder)) {
        throw new AppError(
          'locked',
          `Another console runs on ${dataDir} (process ${holder.pid}, since ${holder.since}). Use that one, end it, or name another data directory with --data.`,
        )
      }
      rmSync(file, { force: true })
    }
  }
}
