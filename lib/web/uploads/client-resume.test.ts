import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate as tick } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { Upload } from 'tus-js-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore, type Store } from '@/lib/db/store'
import { StoreSink } from '@/lib/detect/store-sink'
import { TEST_TIME, execEvent } from '@/lib/ecs/testing'
import { handleTus } from './handle-tus'
import { openImports } from './testing/open-import'
import { UploadDesk } from './upload-desk'

/** The client that most of the field uses, against the protocol as it is spoken here, over connections that drop. */
let dir: string
let store: Store
let sink: StoreSink
let desk: UploadDesk
let server: Server
let endpoint: string
/** After how many bytes of its body each further PATCH loses its connection. */
let drops: number[] = []
const seen: string[] = []

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'client-resume-'))
  store = openStore(dir, process.cwd())
  sink = new StoreSink({ dataDir: dir, root: process.cwd(), clock: () => new Date(TEST_TIME), alone: true })
  desk = new UploadDesk({ open: openImports(sink) })
  const environment = { desk, context: { actor: { name: 'ana' }, db: store.client, clock: () => new Date(TEST_TIME) } }
  server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '' } = incoming
    seen.push(`${method} ${String(incoming.headers['upload-offset'])}`)
    const id = url.split('/').at(3) ?? ''
    const from = Number(incoming.headers['upload-offset'] ?? 0)
    const drop = (method === 'PATCH' ? drops.shift() : undefined) ?? Number.POSITIVE_INFINITY
    let left = drop
    async function* cut(): AsyncGenerator<Uint8Array> {
      for await (const chunk of incoming) {
        const some = (chunk as Buffer).subarray(0, left)
        left -= some.length
        yield some
        if (left > 0) continue
        // What lies in buffers when a connection drops is lost; here it is to drop behind a known byte.
        while (desk.state(id).taken < from + drop) await tick()
        incoming.socket.destroy()
        throw new Error('dropped')
      }
    }
    const body = method === 'PATCH' ? (Readable.toWeb(Readable.from(cut(), { objectMode: true, highWaterMark: 1 })) as ReadableStream<Uint8Array>) : null
    const init = { method, headers: incoming.headers as Record<string, string>, body, duplex: 'half' }
    handleTus(environment, new Request(`http://127.0.0.1${url}`, init), id === '' ? null : id)
      .then(async (response) => outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text()))
      .catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/uploads`
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  sink.close()
  await store.close()
  rmSync(dir, { recursive: true })
})

const EVENTS = 400
const text = (from: number) => Buffer.from(Array.from({ length: EVENTS }, (_, i) => `${JSON.stringify(execEvent({ id: `e${from + i}`, pid: i + 1 }))}\n`).join(''))

function send(file: Buffer, filename: string): { readonly upload: Upload; readonly ended: Promise<void> } {
  let upload: Upload | undefined
  const ended = new Promise<void>((resolve, reject) => {
    upload = new Upload(file, { endpoint, retryDelays: [0, 1, 1, 1], metadata: { filename }, onSuccess: () => resolve(), onError: reject })
    upload.start()
  })
  return { upload: upload!, ended }
}

test.each([
  ['plain', text(0)],
  ['gzip', gzipSync(text(1_000))],
])('an upload that drops three times arrives whole, each byte once: %s', async (name, file) => {
  seen.length = 0
  const parts = [0.1, 0.5, 0.9].map((share) => Math.floor(file.length * share))
  drops = [parts[0]!, parts[1]! - parts[0]!, parts[2]! - parts[1]!]
  const { upload, ended } = send(file, name)
  await ended
  expect(seen.filter((request) => request.startsWith('PATCH'))).toEqual([0, ...parts].map((offset) => `PATCH ${offset}`))
  expect(desk.state(upload.url?.split('/').at(-1) ?? '').summary).toMatchObject({ name, stored: EVENTS, duplicates: 0, rejected: 0, error: null, bytes: file.length })
})

test('the client ends an upload on the server', async () => {
  drops = [1_000, ...Array.from({ length: 20 }, () => 0)]
  const { upload, ended } = send(text(2_000), 'cancelled')
  await expect(ended).rejects.toThrow('failed to upload chunk')
  await upload.abort(true)
  expect(desk.state(upload.url?.split('/').at(-1) ?? '')).toMatchObject({ status: 'ended', offset: 1_000, summary: { error: expect.stringContaining('Cancelled') } })
})
