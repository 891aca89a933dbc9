import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { databasePath } from '@/lib/db/open'
import { openStore, type Store } from '@/lib/db/store'
import { StoreSink } from '@/lib/detect/store-sink'
import { TEST_TIME, execEvent } from '@/lib/ecs/testing'
import { handleTus } from './handle-tus'
import { openImports } from './testing/open-import'
import { UploadDesk } from './upload-desk'

/** An upload's offset against a store that is slower than its sender: the sender forgets what it is told, and a kill loses the rest. */
let dir: string
let store: Store
let sink: StoreSink
let desk: UploadDesk
/** Batches that wait to be stored. */
let gates: (() => void)[]
let open = false

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'told-is-stored-'))
  store = openStore(dir, process.cwd())
  sink = new StoreSink({ dataDir: dir, root: process.cwd(), clock: () => new Date(TEST_TIME), alone: true })
  gates = []
  open = false
  const write = sink.write.bind(sink)
  sink.write = async (...call) => {
    if (!open) await new Promise<void>((resolve) => gates.push(resolve))
    return write(...call)
  }
  desk = new UploadDesk({ open: openImports(sink), settleMs: 20 })
})
afterEach(async () => {
  sink.close()
  await store.close()
  rmSync(dir, { recursive: true })
})

const EVENTS = 6_000
const TEXT = Buffer.from(Array.from({ length: EVENTS }, (_, i) => `${JSON.stringify(execEvent({ id: `e${i}`, pid: i + 1 }))}\n`).join(''))

function release(): void {
  open = true
  for (const gate of gates.splice(0)) gate()
}

async function ask(method: string, id: string | null, headers: Record<string, string>, body?: Uint8Array<ArrayBuffer>) {
  const environment = { desk, context: { actor: { name: 'ana' }, db: store.client, clock: () => new Date(TEST_TIME) } }
  const request = new Request('http://127.0.0.1:3000/api/uploads', { method, headers: { 'tus-resumable': '1.0.0', ...headers }, ...(body ? { body } : {}) })
  return handleTus(environment, request, id)
}

async function create(length: number): Promise<string> {
  const { headers } = await ask('POST', null, { 'upload-length': String(length) })
  return headers.get('location')?.split('/').at(-1) ?? ''
}

const patch = (id: string, offset: number, body: Uint8Array) =>
  ask('PATCH', id, { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) }, new Uint8Array(body))

async function offsetOf(id: string): Promise<number> {
  const { status, headers } = await ask('HEAD', id, {})
  expect(status).toBe(200)
  return Number(headers.get('upload-offset'))
}

/** How many events are there after a kill at this moment: what a copy of the files as they are holds. */
function storedAfterKill(): number {
  const image = mkdtempSync(path.join(tmpdir(), 'told-is-stored-image-'))
  for (const end of ['', '-wal']) if (existsSync(databasePath(dir) + end)) copyFileSync(databasePath(dir) + end, databasePath(image) + end)
  const db = new Sqlite(databasePath(image))
  const count = db.prepare<[], number>('SELECT count(*) FROM event').pluck().get() ?? 0
  db.close()
  rmSync(image, { recursive: true })
  return count
}

function wholeLines(bytes: Buffer): number {
  return bytes.toString().split('\n').length - 1
}

test('all bytes sent and none stored: the question for the offset is not answered with the length', async () => {
  const id = await create(TEXT.length)
  const sent = patch(id, 0, TEXT)
  for (let i = 0; i < 3; i++) expect(await offsetOf(id)).toBe(0)
  expect(storedAfterKill()).toBe(0)
  expect(desk.state(id)).toMatchObject({ status: 'running', offset: 0, summary: null })
  release()
  const { status, headers } = await sent
  expect({ status, offset: headers.get('upload-offset') }).toEqual({ status: 204, offset: String(TEXT.length) })
  expect(storedAfterKill()).toBe(EVENTS)
  expect(await offsetOf(id)).toBe(TEXT.length)
})

const packed = gzipSync(TEXT)
const unpackedPart = (bytes: Buffer): Buffer => (bytes.length === 0 ? bytes : gunzipSync(bytes, { finishFlush: 2 }))

test.each<[string, Buffer, (part: Buffer) => Buffer]>([
  ['plain', TEXT, (part) => part],
  ['gzip', packed, unpackedPart],
])('while batches are stored one by one, what is told is never more than a kill leaves: %s', async (_, file, unpacked) => {
  const id = await create(file.length)
  const sent = patch(id, 0, file)
  let last = 0
  let asked = 0
  while (desk.state(id).summary === null) {
    const told = await offsetOf(id)
    expect(told).toBeGreaterThanOrEqual(last)
    expect(storedAfterKill()).toBeGreaterThanOrEqual(told === file.length ? EVENTS : wholeLines(unpacked(file.subarray(0, told))))
    last = told
    asked++
    gates.shift()?.()
  }
  expect(asked).toBeGreaterThan(2)
  expect((await sent).status).toBe(204)
  expect(desk.state(id).summary).toMatchObject({ stored: EVENTS, duplicates: 0, rejected: 0, bytes: file.length })
})

test.each([
  ['plain', TEXT],
  ['gzip', packed],
])('a sender that goes on where it was told sends some bytes twice, and each counts once: %s', async (_, file) => {
  const id = await create(file.length)
  const part = Math.floor(file.length / 2)
  const first = await patch(id, 0, file.subarray(0, part))
  expect(first.headers.get('upload-offset')).toBe('0')
  expect(desk.state(id)).toMatchObject({ offset: 0, taken: part })
  const second = await patch(id, 0, file.subarray(0, part + 1_000))
  expect(second.headers.get('upload-offset')).toBe('0')
  release()
  // Neither the start of the last answer but one, nor any other place.
  expect((await patch(id, 17, file.subarray(17))).status).toBe(409)
  const from = part + 1_000
  await vi.waitFor(async () => expect(await offsetOf(id)).toBe(from), { timeout: 90_000 })
  expect((await patch(id, from, file.subarray(from))).status).toBe(204)
  expect(desk.state(id).summary).toMatchObject({ stored: EVENTS, duplicates: 0, rejected: 0, bytes: file.length })
})

test('one that sends the last bytes again waits for the end as the first one does', async () => {
  const id = await create(TEXT.length)
  const first = patch(id, 0, TEXT)
  const told = await offsetOf(id)
  const second = patch(id, told, TEXT.subarray(told))
  release()
  expect([(await first).status, (await second).status]).toEqual([204, 204])
  expect(desk.state(id).summary).toMatchObject({ stored: EVENTS, duplicates: 0 })
})

test('a stream that turns out to be damaged at its end was never told as taken', async () => {
  const damaged = Buffer.from(packed)
  damaged[damaged.length - 6]! ^= 1
  const id = await create(damaged.length)
  open = true
  const answer = await patch(id, 0, damaged)
  expect(answer.status).toBe(422)
  expect((await ask('HEAD', id, {})).status).toBe(410)
})
