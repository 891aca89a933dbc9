import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '@/lib/db/open'
import { openStore, type Store } from '@/lib/db/store'
import { countRejects, hasImports, listImports, listRejects, listSources, readImport, readRejects } from './queries'

const AT = Date.parse('2026-11-03T10:00:00.000Z')
let dir: string
let store: Store
let context: { db: Store['client'] }
let db: Database

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'ingest-queries-'))
  store = openStore(dir, process.cwd())
  context = { db: store.client }
  db = store.writer
})

afterAll(async () => {
  await store.close()
  rmSync(dir, { recursive: true })
})

function addSource(name: string, kind: string, receivedAt: number | null): number {
  return Number(
    db.prepare('INSERT INTO source (name, kind, created_at, last_received_at, stored) VALUES (?, ?, ?, ?, 7)').run(name, kind, AT, receivedAt).lastInsertRowid,
  )
}

function addImport(sourceId: number, name: string): number {
  return Number(
    db
      .prepare("INSERT INTO import (source_id, name, status, actor, started_at, bytes, records, stored, rejected) VALUES (?, ?, 'done', 'a', ?, 12, 9, 7, 2)")
      .run(sourceId, name, AT).lastInsertRowid,
  )
}

function addReject(importId: number, record: number, code: string, bytes: Buffer): void {
  db.prepare('INSERT INTO rejected_record (import_id, record, "offset", size, code, reason, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)').run(
    importId,
    record,
    record * 100,
    bytes.length,
    code,
    `because ${code}`,
    bytes,
  )
}

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const row of rows) all.push(row)
  return all
}

test('a new database has neither sources nor imports', async () => {
  expect(await listSources(context)).toEqual([])
  expect(await listImports(context, { limit: 10 })).toEqual([])
  expect(await readImport(context, 1)).toBeNull()
  expect(await hasImports(context)).toBe(false)
})

test('sources come by what they received last, each with its newest import', async () => {
  const quiet = addSource('quiet', 'push', null)
  const busy = addSource('busy', 'upload', AT + 1000)
  addImport(busy, 'first.ndjson')
  const second = addImport(busy, 'second.ndjson')
  expect(await hasImports(context)).toBe(true)
  expect(await listSources(context)).toEqual([
    expect.objectContaining({
      id: busy,
      name: 'busy',
      kind: 'upload',
      stored: 7,
      lastEventAt: null,
      lastReceivedAt: '2026-11-03T10:00:01.000Z',
      lastImport: { id: second, name: 'second.ndjson', status: 'done', startedAt: '2026-11-03T10:00:00.000Z' },
    }),
    expect.objectContaining({ id: quiet, lastReceivedAt: null, lastImport: null }),
  ])
})

test('imports come newest first, a page at a time', async () => {
  const all = await listImports(context, { limit: 10 })
  expect(all.map((row) => row.name)).toEqual(['second.ndjson', 'first.ndjson'])
  expect(all[0]).toMatchObject({ source: 'busy', kind: 'upload', bytes: 12, records: 9, stored: 7, finishedAt: null, error: null })
  expect((await listImports(context, { limit: 10, before: all[0]!.id })).map((row) => row.name)).toEqual(['first.ndjson'])
  expect(await readImport(context, all[1]!.id)).toEqual(all[1])
})

test('rejects are filtered by import and code, counted by code, and keep their bytes', async () => {
  const [second, first] = await listImports(context, { limit: 10 })
  const broken = Buffer.from([0x7b, 0xff, 0x00, 0x22])
  addReject(first!.id, 3, 'not_json', broken)
  addReject(first!.id, 5, 'no_timestamp', Buffer.from('{"host":{}}'))
  addReject(second!.id, 1, 'not_json', Buffer.from('x'.repeat(5000)))

  expect(await countRejects(context, {})).toEqual([
    { code: 'not_json', count: 2 },
    { code: 'no_timestamp', count: 1 },
  ])
  expect(await countRejects(context, { importId: second!.id })).toEqual([{ code: 'not_json', count: 1 }])

  const [busy, quiet] = await listSources(context)
  expect(await countRejects(context, { sourceId: busy!.id })).toHaveLength(2)
  expect(await countRejects(context, { sourceId: quiet!.id })).toEqual([])

  const listed = await listRejects(context, { importId: first!.id }, { limit: 10 })
  expect(listed.map((row) => [row.record, row.offset, row.code, row.importName])).toEqual([
    [3, 300, 'not_json', 'first.ndjson'],
    [5, 500, 'no_timestamp', 'first.ndjson'],
  ])
  expect(listed[0]?.preview).toBe('{\ufffd\0"')
  expect(await listRejects(context, { importId: first!.id }, { limit: 10, after: listed[0]!.id })).toHaveLength(1)
  expect((await listRejects(context, { code: 'not_json' }, { limit: 10 }))[1]?.preview).toHaveLength(600)

  const kept = await collect(readRejects(context, { importId: first!.id, code: 'not_json' }))
  expect(kept).toHaveLength(1)
  expect(Buffer.from(kept[0]!.bytes)).toEqual(broken)
})

test('a download goes over all of them, however many', async () => {
  const [second] = await listImports(context, { limit: 1 })
  for (let record = 10; record < 260; record++) addReject(second!.id, record, 'no_host', Buffer.from(String(record)))
  const records = (await collect(readRejects(context, { importId: second!.id, code: 'no_host' }))).map((row) => row.record)
  expect(records).toHaveLength(250)
  expect(new Set(records).size).toBe(250)
})
