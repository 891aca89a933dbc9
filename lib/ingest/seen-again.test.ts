import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PrismaClient } from '@/lib/db/client'
import { createClient } from '@/lib/db/client'
import { StoreSink } from '@/lib/detect/store-sink'
import { TEST_TIME } from '@/lib/ecs/testing'
import { PushCollector } from './push-collector'
import { listRejects, listSources } from './queries'
import { runImport } from './run-import'

let dataDir: string
let sink: StoreSink
let db: PrismaClient
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-seen-again-'))
  sink = new StoreSink({ dataDir, root: process.cwd(), clock: () => new Date(TEST_TIME), alone: true })
  db = createClient(dataDir)
})
afterEach(async () => {
  await db.$disconnect()
  sink.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function push(source: string, documents: readonly string[], ids: readonly (string | null)[] = documents.map(() => null)): Promise<void> {
  const body = new TextEncoder().encode(documents.join(''))
  const ends = documents.map((_, i) => Buffer.byteLength(documents.slice(0, i + 1).join('')))
  const starts = [0, ...ends.slice(0, -1)]
  const request = { source, actor: source, tokenId: 1, wireBytes: 1, body, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), ids }
  const { rejections } = await new PushCollector(sink, () => sink.rules()).push(request)
  // Whatever was kept of it, its sender is told.
  expect(rejections).toHaveLength(documents.length)
}

async function* bytes(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text))
}
const ingest = async (text: string, name = 'a.ndjson') => runImport(sink, () => sink.rules(), bytes(text), { name, source: 'files', kind: 'cli' }, { actor: 'test' })
const kept = async (importId?: number) => (await listRejects({ db }, importId === undefined ? {} : { importId }, { limit: 100 })).map(({ preview, record, seenAgain }) => [preview, record, seenAgain])

test('what is pushed again is kept once, in whatever company and place', async () => {
  await push('fleet', ['{"a":1}', 'x', '{"b":2}'])
  await push('fleet', ['{"b":2}', '{"a":1}'])
  await push('fleet', ['{"a":1}'])
  expect(await kept()).toEqual([['{"a":1}', 1, 2], ['x', 2, 0], ['{"b":2}', 3, 1]])
  expect(await listSources({ db })).toMatchObject([{ name: 'fleet', rejected: 3 }])
})

test('of another sender, or under another name of its document, it is another', async () => {
  await push('fleet', ['x'])
  await push('others', ['x'])
  await push('fleet', ['x'], ['id-1'])
  await push('fleet', ['x'], ['id-1'])
  expect(await kept()).toEqual([['x', 1, 0], ['x', 1, 0], ['x', 1, 1]])
})

test('a file that is sent again brings nothing anew, and its import shows what was kept before', async () => {
  const first = await ingest('x\n{}\nx\n')
  const second = await ingest('x\n{}\nx\n')
  expect([first.rejected, second.rejected]).toEqual([3, 3])
  expect(await kept()).toEqual([['x', 1, 1], ['{}', 2, 1], ['x', 3, 1]])
  expect(await kept(first.importId)).toHaveLength(3)
  expect(await kept(second.importId)).toHaveLength(3)
  expect(await listSources({ db })).toMatchObject([{ rejected: 3 }])
})

test('records of a file that are the same have a place each, and those of another file are others', async () => {
  await ingest('x\nx\n')
  await ingest('x\nx\n', 'b.ndjson')
  expect(await kept()).toEqual([['x', 1, 0], ['x', 2, 0], ['x', 1, 0], ['x', 2, 0]])
})
