import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type Sqlite from 'better-sqlite3'
import { afterEach, expect, test, vi } from 'vitest'
import { TEST_TIME, execEvent, imdsPair } from '@/lib/ecs/testing'
import { asRefusal } from '@/lib/errors'
import { runImport } from '@/lib/ingest/run-import'
import { StoreSink } from './store-sink'

/** The connections that stores have opened, so that a test can take away their room: SQLite itself then says that it is full. */
const opened: Sqlite.Database[] = []
vi.mock('@/lib/db/open', async (original) => {
  const real = await original<typeof import('@/lib/db/open')>()
  return {
    ...real,
    openDatabase: (...args: Parameters<typeof real.openDatabase>) => {
      const db = real.openDatabase(...args)
      opened.push(db)
      return db
    },
  }
})

const directories: string[] = []
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function pages(limit?: number): number {
  const db = opened.at(-1)!
  return Number(db.pragma(limit === undefined ? 'page_count' : `max_page_count = ${limit}`, { simple: true }))
}

async function* bytes(events: readonly unknown[]): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(events.map((event) => JSON.stringify(event)).join('\n')))
}

test('a full disk is said, takes nothing by halves, and is forgotten when there is room, without a restart', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-full-'))
  directories.push(dataDir)
  const sink = new StoreSink({ dataDir, root: process.cwd(), clock: () => new Date(TEST_TIME), alone: true })
  try {
    const take = async (events: readonly unknown[]) => runImport(sink, () => sink.rules(), bytes(events), { name: 'f', source: 's', kind: 'cli' }, { actor: 't' })
    const pair = imdsPair()
    expect(await take(pair)).toMatchObject({ stored: 2, alerts: 1, error: null })
    // Incompressible, and more than the free space inside the pages there are.
    const many = Array.from({ length: 3_000 }, (_, n) => execEvent({ id: `many-${n}`, pid: 10_000 + n, entityId: `many-${n}`, at: TEST_TIME + n, commandLine: `x ${Math.imul(n + 1, 2_654_435_761).toString(36).repeat(8)}` }))

    const before = pages()
    pages(before)
    // Where the end of the import has no room either, the refusal itself says it.
    const { error: message } = await take([...many, ...imdsPair({ at: TEST_TIME + 60_000, pid: 9 })]).catch((error: unknown) => ({ error: asRefusal(error)?.message ?? String(error) }))
    expect(message).toMatch(/disk .*is full/)
    const count = (sql: string): unknown => opened.at(-1)!.prepare(sql).pluck().get()
    // A small batch may still have found room; none is stored by halves.
    expect(count('SELECT count(*) FROM event')).toBeLessThan(3_000)
    expect(count('SELECT sum(length("index")) / 4 FROM event_block')).toBe(count('SELECT count(*) FROM event'))

    pages(1_000_000)
    sink.work()
    expect(count("SELECT count(*) FROM import WHERE status = 'running'")).toBe(0)
    expect(await take([...many, ...imdsPair({ at: TEST_TIME + 60_000, pid: 9 })])).toMatchObject({ records: 3_002, rejected: 0, error: null })
    expect(count('SELECT count(*) FROM event')).toBe(3_004)
    expect(count('SELECT count(*) FROM alert')).toBe(2)
    expect(count('PRAGMA integrity_check')).toBe('ok')
  } finally {
    sink.close()
  }
})
