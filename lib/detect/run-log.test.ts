import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import type { Context } from '@/lib/auth/context'
import { createClient } from '@/lib/db/client'
import { packBatch } from '@/lib/db/event-batch'
import { EventReader } from '@/lib/db/event-reader'
import { EventStore } from '@/lib/db/event-store'
import { openDatabase, openReader } from '@/lib/db/open'
import { normalizerOf } from '@/lib/ecs/normalizers/registry'
import { TEST_TIME, execEvent, imdsPair } from '@/lib/ecs/testing'
import { createException } from '@/lib/exceptions/create-exception'
import { prepareEvent } from '@/lib/ingest/prepare-event'
import { runImport } from '@/lib/ingest/run-import'
import { countBatch } from './run-log'
import { listRuns, readImportRun } from './run-queries'
import { StoreSink } from './store-sink'

const RULE = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01'
const clock = (): Date => new Date(TEST_TIME + 86_400_000)
const request = { name: 'web.ndjson', source: 'test', kind: 'cli' } as const
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function open() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-runs-'))
  const options = { dataDir, root: process.cwd(), clock, alone: true }
  let sink = new StoreSink(options)
  const db = createClient(dataDir)
  const reader = openReader(dataDir)
  closers.push(async () => {
    await db.$disconnect()
    reader.close()
    sink.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const context: Context = { actor: LOCAL_ANALYST, db, events: new EventReader(reader), clock }
  async function* bytes(events: readonly unknown[]): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(events.map((event) => JSON.stringify(event)).join('\n')))
  }
  return {
    dataDir,
    context,
    sink: () => sink,
    ingest: (events: readonly unknown[]) => runImport(sink, () => sink.rules(), bytes(events), request, { actor: 'somebody' }),
    /** As a killed process leaves it: nothing is closed or finished. */
    restart: () => {
      sink.close()
      sink = new StoreSink(options)
    },
  }
}

function batchOf(sink: StoreSink, events: readonly unknown[]) {
  const finder = sink.rules()
  const prepared = events.map((event, i) => {
    const raw = Buffer.from(JSON.stringify(event))
    return prepareEvent({ number: i + 1, offset: 0, size: raw.length, bytes: raw, problem: null }, normalizerOf('ecs'), (found) => finder.hits(found))
  })
  return packBatch('ecs', finder.revision, prepared.flatMap((one) => (one.ok ? [one.event] : [])), [])
}

const pairs = [0, 1, 2].flatMap((run) => imdsPair({ at: TEST_TIME + run * 3_600_000, pid: 5000 + run, gapMs: 400 }))

describe('the run of an import', () => {
  test('says which window of event time was looked at, and what each rule did', async () => {
    const { context, ingest } = open()
    const { importId } = await ingest([...pairs].reverse())
    expect(await readImportRun(context, importId)).toMatchObject({
      kind: 'import',
      status: 'done',
      actor: 'somebody',
      importId,
      importName: 'web.ndjson',
      from: new Date(TEST_TIME).toISOString(),
      to: new Date(TEST_TIME + 2 * 3_600_000 + 400).toISOString(),
      events: 6,
      error: null,
      rules: [{ ruleId: RULE, hits: 6, raised: 3, changed: 0, retracted: 0, heldBack: 0, overCap: 0, truncatedKeys: [] }],
    })
  })

  test('of events that are stored already has nothing to tell', async () => {
    const { context, ingest } = open()
    await ingest(pairs)
    const { importId } = await ingest(pairs)
    expect(await readImportRun(context, importId)).toMatchObject({ status: 'done', events: 0, from: null, to: null, rules: [] })
  })

  test('counts what a late record changed for the import that brought it', async () => {
    const { context, ingest } = open()
    const first = await ingest(imdsPair({ gapMs: 500 }))
    const second = await ingest([execEvent({ id: 'nearer', at: TEST_TIME + 300, pid: 5000 })])
    expect((await readImportRun(context, first.importId))?.rules).toMatchObject([{ raised: 1, changed: 0 }])
    expect((await readImportRun(context, second.importId))?.rules).toMatchObject([{ hits: 1, raised: 0, changed: 1 }])
  })

  test('counts matches that an exception held back', async () => {
    const { context, ingest } = open()
    await createException(context, {
      name: 'known tool',
      reason: 'It is ours.',
      ruleId: RULE,
      entries: [{ field: 'process.name', operator: 'included', type: 'match', value: 'curl', case_insensitive: false }],
    })
    const { importId } = await ingest(pairs)
    expect((await readImportRun(context, importId))?.rules).toMatchObject([{ hits: 6, raised: 0, heldBack: 3 }])
  })

  test('counts alerts beyond the cap of their rule', async () => {
    const { context, ingest } = open()
    const { importId } = await ingest(Array.from({ length: 120 }, (_, i) => imdsPair({ at: TEST_TIME + i * 2000, pid: 6000 + i, gapMs: 10 })).flat())
    expect((await readImportRun(context, importId))?.rules).toMatchObject([{ raised: 120, overCap: 20 }])
  })

  test('a killed process leaves what was done, marked as interrupted; what it left to join is counted where it belongs', async () => {
    const { dataDir, context, sink, restart } = open()
    const importId = await sink().start(request, 'somebody')
    // What the transaction that stores does, and nothing after it.
    const db = openDatabase(dataDir, path.join(process.cwd(), 'prisma', 'migrations'))
    new EventStore(db).store(importId, batchOf(sink(), pairs.slice(0, 2)), 0, () => null, { alongside: (stored) => countBatch(db, importId, stored) })
    db.close()
    expect(await readImportRun(context, importId)).toMatchObject({ status: 'running', events: 2, rules: [{ hits: 2, raised: 0 }] })
    restart()
    expect(await readImportRun(context, importId)).toMatchObject({ status: 'interrupted', events: 2, rules: [{ hits: 2, raised: 1 }] })
  })

  test('of an hour of pushes grows with each of them', async () => {
    const { context, sink } = open()
    const target = { source: 'filebeat', actor: 'token filebeat', tokenId: 1 }
    await sink().push(target, batchOf(sink(), pairs.slice(0, 1)), 10)
    await sink().push(target, batchOf(sink(), pairs.slice(1, 4)), 10)
    expect(await listRuns(context, {}, { limit: 5 })).toMatchObject([{ kind: 'import', status: 'done', actor: 'token filebeat', events: 4, rules: [{ hits: 4, raised: 2 }] }])
  })
})

test('runs are listed newest first, page by page, and of one rule', async () => {
  const { context, ingest } = open()
  const quiet = await ingest([execEvent({ id: 'quiet', name: 'ls', args: ['ls'] })])
  const loud = await ingest(pairs)
  const [newest, ...rest] = await listRuns(context, {}, { limit: 1 })
  expect(newest).toMatchObject({ importId: loud.importId })
  expect(rest).toEqual([])
  expect(await listRuns(context, {}, { limit: 5, before: newest!.id })).toMatchObject([{ importId: quiet.importId }])
  expect((await listRuns(context, { ruleId: RULE }, { limit: 5 })).map((run) => run.importId)).toEqual([loud.importId])
  expect(await listRuns(context, { kind: 'backfill' }, { limit: 5 })).toEqual([])
  expect(await listRuns(context, { ruleId: 'nobody' }, { limit: 5 })).toEqual([])
})
