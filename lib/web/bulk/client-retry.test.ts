import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { Client } from '@elastic/elasticsearch'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore, type Store } from '@/lib/db/store'
import { StoreSink } from '@/lib/detect/store-sink'
import { TEST_TIME } from '@/lib/ecs/testing'
import { AppError } from '@/lib/errors'
import { createPushToken } from '@/lib/ingest/create-push-token'
import { PushCollector } from '@/lib/ingest/push-collector'
import { PushPressure } from '@/lib/web/push-pressure'
import { handleShipper } from './handle-shipper'

let dir: string
let store: Store
let sink: StoreSink
let server: Server
let client: Client
/** Requests still to be refused, one after another. */
const faults: AppError[] = []

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'client-retry-'))
  sink = new StoreSink({ dataDir: dir, root: process.cwd(), clock: () => new Date(TEST_TIME), alone: true })
  store = openStore(dir, process.cwd())
  const context = { actor: { name: 'ana' }, db: store.client, events: store.events, clock: () => new Date(TEST_TIME) }
  const { prefix, secret } = await createPushToken(context, { name: 'client' })
  const collector = new PushCollector(sink, () => sink.rules())
  const runtime = {
    pressure: new PushPressure(),
    push: (request: Parameters<PushCollector['push']>[0]) => {
      const fault = faults.shift()
      return fault ? Promise.reject(fault) : collector.push(request)
    },
  }
  server = createServer((incoming, outgoing) => {
    const bare = incoming.method === 'GET' || incoming.method === 'HEAD'
    const body = bare ? null : (Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array>)
    const init = { method: incoming.method ?? 'GET', headers: incoming.headers as Record<string, string>, body, duplex: 'half' }
    handleShipper({ context, runtime, clusterId: 'c' }, new Request(`http://127.0.0.1/api/es${incoming.url}`, init))
      .then(async (response) => outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text()))
      .catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  client = new Client({ node: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, auth: { apiKey: { id: prefix, api_key: secret } }, compression: true, maxRetries: 0 })
})

afterAll(async () => {
  await client.close()
  server.close()
  server.closeAllConnections()
  sink.close()
  await store.close()
  rmSync(dir, { recursive: true })
})

const documents = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ '@timestamp': new Date(TEST_TIME + from + i).toISOString(), host: { name: 'h' }, event: { sequence: from + i } }))
const stored = () => store.writer.prepare<[], number>('SELECT count(*) FROM event').pluck().get()

test('what is refused under pressure or on a full disk, the client sends again until it is stored', async () => {
  faults.push(new AppError('busy', 'later'), new AppError('disk_full', 'full'), new AppError('busy', 'later'))
  const stats = await client.helpers.bulk({ datasource: documents(0, 900), onDocument: () => ({ create: { _index: 'logs' } }), flushBytes: 20_000, concurrency: 3, retries: 5, wait: 10 })
  expect(faults).toEqual([])
  expect(stats).toMatchObject({ total: 900, successful: 900, failed: 0 })
  expect(stats.retry).toBeGreaterThan(0)
  expect(stored()).toBe(900)
})

test('a document that cannot be stored is dropped alone, and the client is told why', async () => {
  const dropped: unknown[] = []
  const stats = await client.helpers.bulk({
    datasource: [...documents(1_000, 2), { message: 'no time' }, ...documents(1_002, 2)],
    onDocument: () => ({ index: { _index: 'logs' } }),
    onDrop: ({ status, error }) => dropped.push([status, error?.caused_by?.type]),
  })
  expect(stats).toMatchObject({ total: 5, successful: 4, failed: 1 })
  expect(dropped).toEqual([[400, 'no_timestamp']])
  expect(stored()).toBe(904)
})
