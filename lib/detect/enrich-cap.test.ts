import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { databasePath } from '@/lib/db/open'
import { TEST_TIME, execEvent, networkEvent } from '@/lib/ecs/testing'
import { runImport } from '@/lib/ingest/run-import'
import type { ImportSummary } from '@/lib/ingest/schema'
import { StoreSink } from './store-sink'

vi.mock('@/lib/limits', async (importOriginal) => {
  const { LIMITS } = await importOriginal<typeof import('@/lib/limits')>()
  return { LIMITS: { ...LIMITS, enrichWaiting: 3 } }
})

let directory: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'linklocal-cap-'))
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function* once(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text))
}

async function ingest(events: readonly object[]): Promise<ImportSummary> {
  const sink = new StoreSink({ dataDir: directory, root: process.cwd(), clock: () => new Date(TEST_TIME + 86_400_000), alone: true })
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join('')
  const summary = await runImport(sink, () => sink.rules(), once(text), { name: 'events', source: 'test', kind: 'cli' }, { actor: 'test' })
  sink.close()
  return summary
}

function hits(): unknown {
  const db = new Sqlite(databasePath(directory), { readonly: true })
  const found = db.prepare('SELECT e.ts FROM rule_hit h JOIN event e ON e.id = h.event_id WHERE h.stage = 1 ORDER BY e.ts').pluck().all()
  db.close()
  return found
}

const waiting = (fields: Readonly<Record<string, unknown>>) => [5, 1, 4, 2, 3].map((n) => networkEvent({ at: TEST_TIME + n * 100, id: `n${n}`, fields }))

test.each([
  ['one process', { 'process.parent': undefined }, 'process ', 3],
  // One more tells that there are more.
  ['one pid', { 'process.parent': undefined, 'process.entity_id': undefined, 'process.name': undefined, 'process.executable': undefined }, 'pid 4711', 4],
])('of more events that wait for %s than are read again the oldest are, and the import says so', async (_name, fields, what, tested) => {
  expect((await ingest(waiting(fields))).notes).toEqual([])
  const { notes } = await ingest([execEvent()])
  expect(notes).toEqual([expect.stringContaining(`More than 3 stored events wait for what is known of ${what}`)])
  expect(hits()).toEqual([1, 2, 3, 4].slice(0, tested).map((n) => TEST_TIME + n * 100))
})
