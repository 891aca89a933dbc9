import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, describe, expect, test } from 'vitest'
import { databasePath } from '@/lib/db/open'
import { TEST_TIME, execEvent, imdsPair } from '@/lib/ecs/testing'
import { PushCollector } from '@/lib/ingest/push-collector'
import { FATE } from '@/lib/ingest/pushed'
import type { PushRequest, PushSink } from '@/lib/ingest/pushed'
import { LIMITS } from '@/lib/limits'
import { StoreSink } from './store-sink'

const directories: string[] = []
const sinks: StoreSink[] = []

afterEach(() => {
  for (const sink of sinks.splice(0)) sink.close()
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-push-'))
  directories.push(directory)
  return directory
}

function open(directory: string, now = TEST_TIME + 86_400_000): StoreSink {
  const sink = new StoreSink({ dataDir: directory, root: process.cwd(), clock: () => new Date(now), alone: true })
  sinks.push(sink)
  return sink
}

/** The documents as the server hands them over: one body, and where each lies in it. */
function request(documents: readonly unknown[], ids: readonly (string | null)[] = documents.map(() => null), tokenId = 1): PushRequest {
  const texts = documents.map((document) => (typeof document === 'string' ? document : JSON.stringify(document)))
  const starts: number[] = []
  const ends: number[] = []
  let end = 0
  for (const text of texts) {
    starts.push(end)
    end += Buffer.byteLength(text)
    ends.push(end)
    end++
  }
  const body = new TextEncoder().encode(texts.join('\n'))
  return { source: `fleet ${tokenId}`, actor: 'push token fleet', tokenId, wireBytes: 100, body, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), ids }
}

function query<Row>(directory: string, sql: string): Row[] {
  const db = new Sqlite(databasePath(directory), { readonly: true })
  const rows = db.prepare(sql).all() as Row[]
  db.close()
  return rows
}

const collectorOf = (sink: StoreSink) => new PushCollector(sink, () => sink.rules())
const withoutId = (index: number) => {
  const event = execEvent({ pid: 100 + index, at: TEST_TIME + index })
  return { ...event, event: { ...(event['event'] as object), id: undefined } }
}

describe('pushed documents', () => {
  test('are answered one by one: new, known, refused; and raise their alert', async () => {
    const directory = newDirectory()
    const collector = collectorOf(open(directory))
    const pair = imdsPair({ gapMs: 400 })
    const first = await collector.push(request([pair[0], '{broken', pair[0], pair[1], '"text"']))
    expect([...first.fates]).toEqual([FATE.stored, FATE.rejected, FATE.duplicate, FATE.stored, FATE.rejected])
    expect(first.rejections.map(({ at, code }) => [at, code])).toEqual([
      [1, 'not_json'],
      [4, 'not_an_object'],
    ])
    expect([...(await collector.push(request(pair))).fates]).toEqual([FATE.duplicate, FATE.duplicate])
    expect(query(directory, 'SELECT count(*) AS n FROM alert')).toEqual([{ n: 1 }])
    expect(query(directory, 'SELECT name, kind, stored, duplicates, rejected FROM source')).toEqual([{ name: 'fleet 1', kind: 'push', stored: 2, duplicates: 3, rejected: 2 }])
    expect(query(directory, 'SELECT format, status, actor, bytes, records, stored, duplicates, rejected, alerts FROM import')).toEqual([
      { format: 'bulk', status: 'done', actor: 'push token fleet', bytes: 200, records: 7, stored: 2, duplicates: 3, rejected: 2, alerts: 1 },
    ])
    expect(query<{ bytes: Buffer }>(directory, 'SELECT record, "offset", code, bytes FROM rejected_record ORDER BY id').map((row) => ({ ...row, bytes: row.bytes.toString() }))).toMatchObject([
      { record: 2, code: 'not_json', bytes: '{broken' },
      { record: 5, code: 'not_an_object', bytes: '"text"' },
    ])
  })

  test('without an event.id are told apart by the id their sender gave them, else by their bytes', async () => {
    const directory = newDirectory()
    const collector = collectorOf(open(directory))
    const document = withoutId(1)
    const fates = async (id: string | null) => [...(await collector.push(request([document], [id]))).fates]
    expect(await fates('a')).toEqual([FATE.stored])
    expect(await fates('a')).toEqual([FATE.duplicate])
    expect(await fates('b')).toEqual([FATE.stored])
    expect(await fates(null)).toEqual([FATE.stored])
    expect(await fates(null)).toEqual([FATE.duplicate])
    // A sensor's id outranks the sender's.
    const known = execEvent({ pid: 7 })
    expect([...(await collector.push(request([known, known], ['x', 'y']))).fates]).toEqual([FATE.stored, FATE.duplicate])
    // Whatever a sender calls a record, it is not taken for a sensor's.
    const named = { ...document, event: { ...(document.event as object), id: 'a' } }
    expect([...(await collector.push(request([named]))).fates]).toEqual([FATE.stored])
  })

  test('of requests that come together share a transaction, each sender for itself', async () => {
    const directory = newDirectory()
    const sink = open(directory)
    const batches: number[] = []
    const counting: PushSink = {
      push: (target, batch, wireBytes) => {
        batches.push(batch.count)
        return sink.push(target, batch, wireBytes)
      },
    }
    const collector = new PushCollector(counting, () => sink.rules())
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => collector.push(request([withoutId(i), withoutId(i + 1), '{'], [null, null, null], i % 2))),
    )
    expect(batches).toEqual([40, 40])
    const fates = answers.map(({ fates: [a, b, c] }) => [a, b, c])
    expect(fates.every(([, , last]) => last === FATE.rejected)).toBe(true)
    // 41 different events, sent 80 times.
    expect(fates.flat().filter((fate) => fate === FATE.stored)).toHaveLength(41)
    expect(query(directory, 'SELECT count(*) AS n FROM event')).toEqual([{ n: 41 }])
    expect(query(directory, 'SELECT count(*) AS n FROM import')).toEqual([{ n: 2 }])
  })

  test('of an hour are one import, also after a restart; the next hour begins another', async () => {
    const directory = newDirectory()
    for (const [index, now] of [TEST_TIME, TEST_TIME + 1000, TEST_TIME + 3_600_000].entries()) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await collectorOf(open(directory, now)).push(request([withoutId(index)]))
      sinks.pop()?.close()
    }
    expect(query(directory, 'SELECT stored, status FROM import ORDER BY id')).toEqual([
      { stored: 2, status: 'done' },
      { stored: 1, status: 'done' },
    ])
  })

  test('of a batch that cannot be stored are all refused, and the next one is taken', async () => {
    const sink = open(newDirectory())
    let full = true
    const failing: PushSink = {
      push: (...args) => (full ? Promise.reject(Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })) : sink.push(...args)),
    }
    const collector = new PushCollector(failing, () => sink.rules())
    const both = await Promise.allSettled([collector.push(request([withoutId(1)])), collector.push(request([withoutId(2)]))])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    full = false
    expect([...(await collector.push(request([withoutId(1)]))).fates]).toEqual([FATE.stored])
  })

  test('that are too large are refused alone, with their beginning kept', async () => {
    const directory = newDirectory()
    const collector = collectorOf(open(directory))
    const { fates, rejections } = await collector.push(request([withoutId(1), `{"a":"${'x'.repeat(LIMITS.recordBytes)}"}`, withoutId(2)]))
    expect([...fates]).toEqual([FATE.stored, FATE.rejected, FATE.stored])
    expect(rejections).toMatchObject([{ at: 1, code: 'too_large' }])
    expect(query(directory, 'SELECT length(bytes) AS kept, size > 16000000 AS large FROM rejected_record')).toEqual([{ kept: LIMITS.rejectBytes, large: 1 }])
  })
})
