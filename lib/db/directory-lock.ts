import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@/lib/errors'

interface Holder {
  readonly pid: number
  readonly since: string
  /** When the process began, in the system's own count; null where the system does not tell. */
  readonly start: string | null
}

/** Field 22 of `/proc/PID/stat`, counted behind the name, which may hold anything. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

/** Whether the holder still runs. After a restart of the machine its number may be that of any other process. */
function isRunning({ pid, start }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process is running all the same.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const now = startOf(pid)
  return start === null || now === null || start === now
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
  mkdirSync(dataDir, { recursive: true })
  const file = path.join(dataDir, 'linklocal.lock')
  for (let attempt = 0; ; attempt++) {
    try {
      createWhole(file, JSON.stringify({ pid: process.pid, since: now.toISOString(), start: startOf(process.pid) } satisfies Holder))
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
