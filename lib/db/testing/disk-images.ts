import { copyFileSync, existsSync, statSync } from 'node:fs'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { databasePath } from '@/lib/db/open'

/** What a kill at some moment leaves on disk. */
export interface DiskImage<Noted> {
  readonly dataDir: string
  /** What was noted at that moment. */
  readonly noted: Noted
  /** The statement that had just run. */
  readonly after: string
}

/**
 * Runs something and copies the database's files as they are on disk whenever a statement, of whichever connection of this
 * thread, has changed them: a process killed then leaves just these. `newDirectory` gives a place for each copy.
 */
export async function diskImagesOf<Noted>(dataDir: string, newDirectory: () => string, run: () => Promise<void> | void, note: () => Noted): Promise<readonly DiskImage<Noted>[]> {
  const images: DiskImage<Noted>[] = []
  const files = ['', '-wal'].map((suffix) => `${databasePath(dataDir)}${suffix}`)
  const state = (): string => files.map((file) => (existsSync(file) ? `${statSync(file, { bigint: true }).size} ${statSync(file, { bigint: true }).mtimeNs}` : '')).join(' ')
  const probe = new Sqlite(':memory:')
  const statement = Object.getPrototypeOf(probe.prepare('SELECT 1')) as Record<'run' | 'get' | 'all', (...values: unknown[]) => unknown>
  probe.close()
  let seen = ''
  const look = (after: string): void => {
    const now = state()
    if (now === seen) return
    seen = now
    const copy = newDirectory()
    for (const file of files) if (existsSync(file)) copyFileSync(file, path.join(copy, path.basename(file)))
    images.push({ dataDir: copy, noted: note(), after })
  }
  const original = { run: statement.run, get: statement.get, all: statement.all }
  for (const method of ['run', 'get', 'all'] as const) {
    statement[method] = function (this: { source: string }, ...values: unknown[]): unknown {
      const answer = original[method].apply(this, values)
      look(this.source)
      return answer
    }
  }
  try {
    await run()
  } finally {
    Object.assign(statement, original)
  }
  return images
}
