import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Database } from 'better-sqlite3'
import { AppError } from '@/lib/errors'
import { FILE_MODE, makePrivateDirectory, makePrivateFile } from './private-files'
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

/** How often, and how long after each other, the loser asks who won: the winner writes its name a moment after it has the lock. */
const ASKS = 40
const ASK_MS = 50

/**
 * The lock itself, which the operating system takes back when a process ends, however it ends: a write transaction of a database of
 * its own, in which nothing is ever written. Null when another process has it. The file stays: one that is removed while another opens
 * it would be locked by both.
 */
function takeGuard(dataDir: string): Database | null {
  const file = path.join(dataDir, 'linklocal.guard')
  makePrivateFile(file)
  const guard = new Sqlite(file, { timeout: 0 })
  try {
    guard.pragma('journal_mode = MEMORY')
    guard.exec('BEGIN IMMEDIATE')
    return guard
  } catch (error) {
    guard.close()
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return null
    throw error
  }
}

function refusal(dataDir: string, holder: Holder | null): AppError {
  const who = holder === null ? '' : ` (process ${holder.pid}, since ${holder.since})`
  return new AppError('locked', `Another console runs on ${dataDir}${who}. Use that one, end it, or name another data directory with --data.`)
}

/** Who has the lock, by its own word: a name that was left by a process that is gone is not the winner's. */
function winner(file: string): Holder | null {
  for (let asks = 0; asks < ASKS; asks++) {
    const holder = readHolder(file)
    if (holder !== null && isRunning(holder)) return holder
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ASK_MS)
  }
  return null
}

/**
 * Makes this process the one console of a data directory; answers how to give it back. Throws AppError `locked` naming the
 * process that has it. Of several that start at once on what a killed one left, one gets it. The command line needs no lock: it shares
 * the database by transactions.
 */
export function lockDirectory(dataDir: string, now: Date): () => void {
  requireWritable(dataDir)
  makePrivateDirectory(dataDir)
  const file = lockFile(dataDir)
  const guard = takeGuard(dataDir)
  if (guard === null) throw refusal(dataDir, winner(file))
  try {
    // A console of an earlier version has no guard: its name alone says that it runs.
    const holder = readHolder(file)
    if (holder !== null && holder.pid !== process.pid && isRunning(holder)) throw refusal(dataDir, holder)
    // In one step: a reader never finds a file that names nobody.
    const part = `${file}.${process.pid}`
    writeFileSync(part, JSON.stringify({ ...markOf(), since: now.toISOString() } satisfies Holder), { mode: FILE_MODE })
    renameSync(part, file)
  } catch (error) {
    guard.close()
    throw error
  }
  return () => {
    if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true })
    guard.close()
  }
}
