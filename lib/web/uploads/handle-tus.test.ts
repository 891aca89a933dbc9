import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openStore, type Store } from '@/lib/db/store'
import { StoreSink } from '@/lib/detect/store-sink'
import { TEST_TIME, execEvent } from '@/lib/ecs/testing'
import { createPushToken } from '@/lib/ingest/create-push-token'
import { LIMITS } from '@/lib/limits'
import { OWN_PAGE_HEADER } from '@/lib/web/console-key'
import { handleTus, type TusEnvironment } from './handle-tus'
import { openImports } from './testing/open-import'
import { UploadDesk } from './upload-desk'

let dir: string
let store: Store
let sink: StoreSink
let desk: UploadDesk
let environment: TusEnvironment

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'tus-'))
  store = openStore(dir, process.cwd())
  sink = new StoreSink({ dataDir: dir, root: process.cwd(), clock: () => new Date(TEST_TIME), alone: true })
  desk = new UploadDesk({ open: openImports(sink) })
  environment = { desk, context: { actor: { name: 'ana' }, db: store.client, clock: () => new Date(TEST_TIME) } }
})
afterEach(async () => {
  vi.useRealTimers()
  sink.close()
  await store.close()
  rmSync(dir, { recursive: true })
})

const EVENTS = 300
const TEXT = Buffer.from(Array.from({ length: EVENTS }, (_, i) => `${JSON.stringify(execEvent({ id: `e${i}`, pid: i + 1 }))}\n`).join(''))

interface Ask {
  readonly headers?: Record<string, string>
  readonly body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
}

async function ask(method: string, target: string, { headers = {}, body }: Ask = {}) {
  const id = target === '' ? null : target.slice(1)
  const init = { method, headers: { 'tus-resumable': '1.0.0', ...headers }, duplex: 'half', ...(body === undefined ? {} : { body }) }
  const response = await handleTus(environment, new Request(`http://127.0.0.1:3000/api/uploads${target}`, init), id)
  expect(response.headers.get('tus-resumable')).toBe('1.0.0')
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} }
}

function metadata(pairs: Record<string, string>): string {
  return Object.entries(pairs)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',')
}

async function create(length: number, pairs: Record<string, string> = { filename: 'events.ndjson' }): Promise<string> {
  const { status, headers } = await ask('POST', '', { headers: { 'upload-length': String(length), 'upload-metadata': metadata(pairs) } })
  expect(status).toBe(201)
  return (headers.get('location') ?? '').replace('/api/uploads/', '')
}

function patch(id: string, offset: number, body: Ask['body']) {
  return ask('PATCH', `/${id}`, { headers: { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) }, ...(body === undefined ? {} : { body }) })
}

function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}

/** A body that delivers these bytes in small pieces and then breaks, as when the connection drops. */
function broken(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull: (controller) => {
      if (at >= bytes.length) return controller.error(new Error('ECONNRESET'))
      controller.enqueue(bytes.slice(at, at + 1000))
      at += 1000
    },
  })
}

/** A body that delivers these bytes and then hangs, as when the other side fell asleep. */
function hanging(bytes: Uint8Array): { readonly body: ReadableStream<Uint8Array>; readonly delivered: Promise<void> } {
  let tell = (): void => undefined
  const delivered = new Promise<void>((resolve) => {
    tell = resolve
  })
  let given = false
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (given) return tell()
      given = true
      controller.enqueue(bytes)
    },
  })
  return { body, delivered }
}

async function offsetOf(id: string): Promise<number> {
  const { status, headers } = await ask('HEAD', `/${id}`)
  expect(status).toBe(200)
  return Number(headers.get('upload-offset'))
}

describe('an upload whose connection drops goes on where it stopped', () => {
  const gz = gzipSync(TEXT)
  test.each<[string, Buffer, readonly number[]]>([
    ['plain, in the first line', TEXT, [10]],
    ['plain, between two lines', TEXT, [TEXT.indexOf('\n') + 1]],
    ['plain, several times', TEXT, [1, 5_000, 5_001, TEXT.length - 1]],
    ['gzip, in its header', gz, [1]],
    ['gzip, in the middle', gz, [Math.floor(gz.length / 2)]],
    ['gzip, several times, before its last byte too', gz, [5, 100, gz.length - 5, gz.length - 1]],
  ])('%s', async (_, file, breaks) => {
    const id = await create(file.length)
    for (const end of breaks) {
      const from = await offsetOf(id)
      expect((await patch(id, from, broken(file.subarray(from, end)))).headers.get('upload-offset')).toBe(String(end))
      expect(desk.state(id)).toMatchObject({ status: 'waiting', offset: end, length: file.length })
    }
    const from = await offsetOf(id)
    expect(from).toBe(breaks.at(-1))
    const last = await patch(id, from, own(file.subarray(from)))
    expect(last.status).toBe(204)
    expect(desk.state(id)).toMatchObject({ status: 'ended', summary: { name: 'events.ndjson', source: 'upload', records: EVENTS, stored: EVENTS, duplicates: 0, rejected: 0, bytes: file.length, error: null, format: 'ndjson' } })
    // A client that lost the last answer asks again, and hears that all is there.
    expect(await offsetOf(id)).toBe(file.length)
  })

  test('one that hangs is ended by the question where to go on', async () => {
    const id = await create(TEXT.length)
    const { body, delivered } = hanging(TEXT.subarray(0, 4_000))
    const first = patch(id, 0, body)
    await delivered
    expect(await offsetOf(id)).toBe(4_000)
    expect((await first).status).toBe(204)
    expect((await patch(id, 4_000, own(TEXT.subarray(4_000)))).status).toBe(204)
    expect(desk.state(id).summary).toMatchObject({ stored: EVENTS, duplicates: 0, rejected: 0 })
  })

  test('what has arrived is stored while its sender is away', async () => {
    const id = await create(TEXT.length)
    await patch(id, 0, broken(TEXT.subarray(0, 20_000)))
    const lines = TEXT.subarray(0, 20_000).toString().split('\n').length - 1
    await vi.waitFor(() => expect(desk.state(id)).toMatchObject({ status: 'waiting', progress: { stored: lines, format: 'ndjson' } }), { timeout: 90_000 })
    expect([...desk.waitingImports()]).toEqual([desk.state(id).progress?.importId])
    await patch(id, 20_000, own(TEXT.subarray(20_000)))
    expect(desk.state(id).summary).toMatchObject({ stored: EVENTS, duplicates: 0 })
    expect(desk.waitingImports().size).toBe(0)
  })

  test('sent again from the start after a restart, each event is stored once', async () => {
    const id = await create(TEXT.length)
    await patch(id, 0, broken(TEXT.subarray(0, 50_000)))
    await ask('DELETE', `/${id}`)
    const { stored } = desk.state(id).summary ?? { stored: Number.NaN }
    desk = new UploadDesk({ open: openImports(sink) })
    environment = { ...environment, desk }
    expect((await ask('HEAD', `/${id}`)).status).toBe(404)
    const again = await create(TEXT.length)
    await patch(again, 0, own(TEXT))
    expect(desk.state(again).summary).toMatchObject({ stored: EVENTS - stored, duplicates: stored })
  })
})

describe('refused', () => {
  test('another offset, and bytes beyond the length, leave the upload as it is', async () => {
    const id = await create(TEXT.length)
    await patch(id, 0, broken(TEXT.subarray(0, 2_000)))
    for (const offset of [0, 1_999, 2_001]) expect(await patch(id, offset, own(TEXT))).toMatchObject({ status: 409, json: { error: { message: expect.stringContaining('at byte 2000') } } })
    expect((await patch(id, 2_000, own(TEXT))).status).toBe(413)
    expect(await offsetOf(id)).toBe(2_000)
  })

  test('a second request while one sends', async () => {
    const id = await create(TEXT.length)
    const { body, delivered } = hanging(TEXT.subarray(0, 10))
    const first = patch(id, 0, body)
    await delivered
    expect((await patch(id, 10, own(TEXT.subarray(10)))).status).toBe(423)
    await ask('HEAD', `/${id}`)
    await first
    expect((await patch(id, 10, own(TEXT.subarray(10)))).status).toBe(204)
  })

  test.each<[string, string, string, Record<string, string>, number]>([
    ['no version', 'POST', '', { 'tus-resumable': '', 'upload-length': '1' }, 412],
    ['another version', 'POST', '', { 'tus-resumable': '0.2.2', 'upload-length': '1' }, 412],
    ['no length', 'POST', '', {}, 400],
    ['a length to be told later', 'POST', '', { 'upload-defer-length': '1' }, 400],
    ['a length that is none', 'POST', '', { 'upload-length': '-1' }, 400],
    ['a length beyond the cap', 'POST', '', { 'upload-length': String(LIMITS.importBytes + 1) }, 413],
    ['metadata that is none', 'POST', '', { 'upload-length': '1', 'upload-metadata': 'filename %%%' }, 400],
    ['an unknown format', 'POST', '', { 'upload-length': '1', 'upload-metadata': metadata({ format: 'csv' }) }, 400],
    ['a host with blanks', 'POST', '', { 'upload-length': '1', 'upload-metadata': metadata({ host: 'a b' }) }, 400],
    ['an unknown upload', 'HEAD', '/0b5e7f4c-0000-4000-8000-000000000000', {}, 404],
    ['an unknown upload', 'DELETE', '/0b5e7f4c-0000-4000-8000-000000000000', {}, 404],
    ['a method that means nothing', 'DELETE', '', {}, 405],
  ])('%s: %s %s', async (_, method, target, headers, status) => {
    expect((await ask(method, target, { headers })).status).toBe(status)
    expect(await store.client.import.count()).toBe(0)
  })

  test('another content type, and a missing offset', async () => {
    const id = await create(10)
    expect((await ask('PATCH', `/${id}`, { headers: { 'upload-offset': '0', 'content-type': 'text/plain' } })).status).toBe(415)
    expect((await ask('PATCH', `/${id}`, { headers: { 'content-type': 'application/offset+octet-stream' } })).status).toBe(400)
  })

  test('more than may be open, until one has ended', async () => {
    const ids: string[] = []
    for (let i = 0; i < LIMITS.openUploads; i++) ids.push(await create(10))
    expect(await ask('POST', '', { headers: { 'upload-length': '10' } })).toMatchObject({ status: 429, json: { error: { code: 'busy' } } })
    expect((await ask('DELETE', `/${ids[0]}`)).status).toBe(204)
    await create(10)
  })

  test('a token may have half of the uploads that others leave', async () => {
    const context = { ...environment.context, events: store.events }
    const [mine, other] = [await createPushToken(context, { name: 'fleet' }), await createPushToken(context, { name: 'other' })].map(({ token }) => ({ authorization: `Bearer ${token}` }))
    const open = (headers: Record<string, string>) => ask('POST', '', { headers: { 'upload-length': '10', ...headers } })
    for (let i = 0; i < LIMITS.openUploads / 2; i++) expect((await open(mine!)).status).toBe(201)
    expect(await open(mine!)).toMatchObject({ status: 429, json: { error: { message: expect.stringContaining('of this token') } } })
    expect((await open(other!)).status).toBe(201)
  })

  test('a program that says it is the console’s page, once there is a token', async () => {
    await createPushToken({ ...environment.context, events: store.events }, { name: 'fleet' })
    const forged = { 'upload-length': '10', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }
    expect((await ask('POST', '', { headers: forged })).status).toBe(401)
    // Set by the server, where the page showed its key.
    expect((await ask('POST', '', { headers: { ...forged, [OWN_PAGE_HEADER]: '1' } })).status).toBe(201)
  })

  test('a program without a token once there is one, and one that shows another’s', async () => {
    const length = { 'upload-length': '10' }
    const tokens = [await createPushToken({ ...environment.context, events: store.events }, { name: 'fleet' }), await createPushToken({ ...environment.context, events: store.events }, { name: 'other' })]
    const [mine, other] = tokens.map(({ token }) => ({ authorization: `Bearer ${token}` }))
    expect((await ask('POST', '', { headers: length })).status).toBe(401)
    const made = await ask('POST', '', { headers: { ...length, ...mine } })
    expect(made.status).toBe(201)
    const target = (made.headers.get('location') ?? '').replace('/api/uploads', '')
    expect((await ask('HEAD', target)).status).toBe(401)
    expect((await ask('HEAD', target, { headers: other! })).status).toBe(404)
    expect((await ask('HEAD', target, { headers: mine! })).status).toBe(200)
    expect(await store.client.source.findMany({ select: { name: true, kind: true } })).toEqual([{ name: 'fleet', kind: 'push' }])
  })
})

test('what is not taken up again in time ends as interrupted, with what was stored', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const id = await create(TEXT.length)
  await patch(id, 0, broken(TEXT.subarray(0, 40_000)))
  vi.advanceTimersByTime(LIMITS.uploadWaitMs - 1)
  expect(desk.state(id).status).toBe('waiting')
  // Bytes that arrive begin the time anew.
  await patch(id, 40_000, broken(TEXT.subarray(40_000, 41_000)))
  vi.advanceTimersByTime(LIMITS.uploadWaitMs - 1)
  expect(await offsetOf(id)).toBe(41_000)
  vi.advanceTimersByTime(1)
  await vi.waitFor(() => expect(desk.state(id).status).toBe('ended'), { timeout: 90_000 })
  const lines = TEXT.subarray(0, 41_000).toString().split('\n').length - 1
  expect(desk.state(id).expired).toBe(true)
  expect(desk.state(id).summary).toMatchObject({ stored: lines, rejected: 0, error: expect.stringMatching(/not heard of for 15 minutes\. Sending the file again adds the rest/) })
  expect((await ask('HEAD', `/${id}`)).status).toBe(410)
  expect((await patch(id, 41_000, own(TEXT.subarray(41_000)))).status).toBe(422)
})

test('a cancelled upload ends with what was read, and is gone', async () => {
  const id = await create(TEXT.length)
  const { body, delivered } = hanging(TEXT.subarray(0, 9_000))
  const first = patch(id, 0, body)
  await delivered
  expect((await ask('DELETE', `/${id}`)).status).toBe(204)
  await first
  expect(desk.state(id)).toMatchObject({ status: 'ended', summary: { error: expect.stringContaining('Cancelled') } })
  expect((await ask('HEAD', `/${id}`)).status).toBe(410)
})

test('a damaged stream ends the upload where it is noticed, and the answer says why', async () => {
  const gz = gzipSync(TEXT)
  const damaged = Buffer.concat([gz.subarray(0, 3_000), Buffer.alloc(200_000, 0xff)])
  const id = await create(damaged.length)
  const { status, json } = await patch(id, 0, own(damaged))
  expect(status).toBe(422)
  expect(json).toMatchObject({ error: expect.stringMatching(/^Read up to where the gzip stream/) })
})

test('an empty file is an import of nothing', async () => {
  const id = await create(0)
  expect(desk.state(id)).toMatchObject({ status: 'ended', summary: { records: 0, error: null } })
  expect(await offsetOf(id)).toBe(0)
})

test('metadata names the source, the format and the host of audit records', async () => {
  const text = Buffer.from('type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=2 uid=0 comm="id" exe="/usr/bin/id"\n')
  const id = await create(text.length, { filename: 'audit/audit.log', source: 'case 7', format: 'auditd', host: 'web-07', filetype: 'text/plain', relativePath: '' })
  expect((await patch(id, 0, own(text))).status).toBe(204)
  expect(desk.state(id).summary).toMatchObject({ name: 'audit/audit.log', source: 'case 7', format: 'auditd', stored: 1 })
  expect(await store.client.host.findFirst()).toMatchObject({ name: 'web-07' })
})

test('says what it speaks', async () => {
  const { status, headers } = await ask('OPTIONS', '')
  expect(status).toBe(204)
  expect(headers.get('tus-version')).toBe('1.0.0')
  expect(headers.get('tus-extension')).toBe('creation,termination,expiration')
  expect(headers.get('tus-max-size')).toBe(String(LIMITS.importBytes))
})
