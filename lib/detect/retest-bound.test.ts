import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { databasePath } from '@/lib/db/open'
import { TEST_TIME } from '@/lib/ecs/testing'
import { runImport } from '@/lib/ingest/run-import'
import type { ImportSummary } from '@/lib/ingest/schema'
import { LIMITS } from '@/lib/limits'
import { StoreSink } from './store-sink'

const limits = vi.hoisted(() => ({ enrichWaiting: 100_000, enrichPerTold: 1_000 }))
vi.mock('@/lib/limits', async (importOriginal) => {
  const actual = await importOriginal<typeof import('@/lib/limits')>()
  return { LIMITS: Object.defineProperties({ ...actual.LIMITS }, Object.fromEntries(Object.keys(limits).map((name) => [name, { get: () => limits[name as keyof typeof limits] }]))) }
})

let directory: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'linklocal-retests-'))
  Object.assign(limits, { enrichWaiting: 100_000, enrichPerTold: 1_000 })
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function* once(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text))
}

async function ingest(records: readonly object[]): Promise<ImportSummary> {
  const sink = new StoreSink({ dataDir: directory, root: process.cwd(), clock: () => new Date(TEST_TIME + 86_400_000), alone: true })
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('')
  const summary = await runImport(sink, () => sink.rules(), once(text), { name: 'records', source: 'test', kind: 'cli' }, { actor: 'test' })
  sink.close()
  return summary
}

/** Ingests records and answers how many stored events were tested for it. */
async function tested(records: readonly object[]): Promise<{ readonly count: number; readonly notes: readonly string[] }> {
  new StoreSink({ dataDir: directory, root: process.cwd(), clock: () => new Date(TEST_TIME), alone: true }).close()
  const db = new Sqlite(databasePath(directory))
  db.exec(`CREATE TABLE IF NOT EXISTS counted (n); DELETE FROM counted;
    CREATE TRIGGER IF NOT EXISTS count_retest AFTER DELETE ON retest_queue BEGIN INSERT INTO counted VALUES (1); END`)
  const { notes } = await ingest(records)
  const count = db.prepare<[], number>('SELECT count(*) FROM counted').pluck().get() ?? 0
  db.close()
  return { count, notes }
}

function record(host: string, pid: number, at: number, action: string, of: Readonly<Record<string, unknown>> = {}): object {
  const isConnect = action === 'connection_attempted'
  return {
    '@timestamp': new Date(TEST_TIME + at).toISOString(),
    host: { id: host, name: host, os: { type: 'linux' } },
    event: { category: [isConnect ? 'network' : 'process'], type: [action === 'end' ? 'end' : 'start'], action },
    process: { pid, name: 'curl', executable: '/usr/bin/curl', ...of },
    ...(isConnect ? { destination: { ip: '169.254.169.254' } } : {}),
  }
}

const FILE = 400

/** Records without ids in no order, as often as not of what a pid's life or its program is bounded by. */
function hostile(seed: number): readonly object[] {
  let state = seed * 2_654_435_761 || 1
  const below = (n: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % n
  }
  const actions = ['exec', 'fork', 'end', 'already_running', ...Array.from({ length: 4 }, () => 'connection_attempted')]
  return Array.from({ length: FILE }, () => record(`h${below(4)}`, 1 + below(3), below(3_600) * 1_000, actions[below(actions.length)] ?? '', below(2) === 0 ? {} : { parent: { pid: 1 + below(3) } }))
}

test('as the same hosts fill, a record has no more stored events tested again than before', async () => {
  const counts: number[] = []
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    // oxlint-disable-next-line no-await-in-loop -- one after another
    counts.push((await tested(hostile(seed))).count)
  }
  for (const count of counts) expect(count).toBeLessThan(3 * FILE)
})

test('records that each tell of a pid from their time on have what comes later tested once', async () => {
  const later = Array.from({ length: 100 }, (_, at) => record('h', 7, 10_000 + at, 'connection_attempted'))
  await ingest(later)
  const { count, notes } = await tested(Array.from({ length: 50 }, (_, at) => record('h', 7, at, 'exec', { executable: `/bin/${at}` })))
  expect([count, notes]).toEqual([150, []])
})

test('what records of many pids have tested again is bounded for each of them, and what is left out is said', async () => {
  Object.assign(limits, { enrichWaiting: 20, enrichPerTold: 3 })
  expect(LIMITS.enrichPerTold).toBe(3)
  const hosts = Array.from({ length: 30 }, (_, at) => `h${at}`)
  await ingest(hosts.flatMap((host) => Array.from({ length: 15 }, (_, at) => record(host, 7, 10_000 + at, 'connection_attempted'))))
  const execs = hosts.map((host) => record(host, 7, 1, 'exec', { executable: '/bin/sh' }))
  const { count, notes } = await tested(execs)
  // Each exec itself, and one more for each that tells that there are more.
  expect(count).toBeLessThanOrEqual(execs.length + limits.enrichWaiting + execs.length * (limits.enrichPerTold + 1))
  expect(count).toBeGreaterThan(execs.length + limits.enrichWaiting)
  expect(notes).toEqual([expect.stringMatching(/^More stored events wait for what this import tells of pids than are read again at a time, 3 for each\. /)])
})
