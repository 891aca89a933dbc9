import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '@/lib/auth/context'
import { IDENTITY_BYTES } from '@/lib/db/event-batch'
import { openStore, type Store } from '@/lib/db/store'
import { AppError } from '@/lib/errors'
import { createPushToken } from '@/lib/ingest/create-push-token'
import type { CreatedPushToken } from '@/lib/ingest/schema'
import type { PushRequest } from '@/lib/ingest/pushed'
import { LIMITS } from '@/lib/limits'
import { PushPressure } from '@/lib/web/push-pressure'
import { handleShipper } from './handle-shipper'

let dir: string
let store: Store
let context: Context
let token: CreatedPushToken

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'handle-shipper-'))
  store = openStore(dir, process.cwd())
  context = { actor: { name: 'ana' }, db: store.client, events: store.events, clock: () => new Date(0) }
  token = await createPushToken(context, { name: 'fleet' })
})
afterAll(async () => {
  await store.close()
  rmSync(dir, { recursive: true })
})

const BULK = '{"index":{"_id":"1"}}\n{"a":1}\n{"create":{}}\n{"b":22}\n'

interface Ask {
  readonly body?: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array>
  readonly headers?: Record<string, string>
  readonly authorization?: string | null
  readonly fault?: Error
  readonly pressure?: PushPressure
}

/** What the pipeline would be given, with everything answered as stored. */
async function ask(method: string, target: string, { body, headers = {}, authorization = `Bearer ${token.token}`, fault, pressure = new PushPressure() }: Ask = {}) {
  const pushed: PushRequest[] = []
  const runtime = {
    pressure,
    push: (request: PushRequest) => {
      pushed.push(request)
      if (fault) return Promise.reject(fault)
      return Promise.resolve({ fates: new Uint8Array(request.starts.length), identities: new Uint8Array(request.starts.length * IDENTITY_BYTES), rejections: [] })
    },
  }
  const init = { method, body: body ?? null, duplex: 'half', headers: { host: '127.0.0.1:3000', ...headers, ...(authorization === null ? {} : { authorization }) } }
  const response = await handleShipper({ context, runtime, clusterId: 'c', log: () => undefined }, new Request(`http://127.0.0.1:3000/api/es${target}`, init))
  expect(response.headers.get('x-elastic-product')).toBe('Elasticsearch')
  const text = await response.text()
  const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
  const documents = pushed.flatMap(({ body: bytes, starts, ends }) => [...starts].map((start, at) => Buffer.from(bytes).toString('utf8', start, ends[at])))
  return { status: response.status, headers: response.headers, text, json, pushed, documents }
}

/** A frame of one block that is stored as it is. */
function zstd(text: string): Uint8Array<ArrayBuffer> {
  const content = Buffer.from(text)
  return new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0x20, content.length, 1 | ((content.length << 3) & 0xff), content.length >> 5, 0, ...content])
}

describe('a bulk request', () => {
  test.each<[string, Uint8Array<ArrayBuffer> | string, Record<string, string>]>([
    ['plain', BULK, {}],
    ['gzip', new Uint8Array(gzipSync(BULK)), { 'content-encoding': 'gzip' }],
    ['gzip that is not said to be', new Uint8Array(gzipSync(BULK)), {}],
    ['zstd', zstd(BULK), { 'content-encoding': 'zstd' }],
  ])('%s', async (_, body, headers) => {
    const { status, json, documents, pushed } = await ask('POST', '/logs/_bulk', { body, headers })
    expect(status).toBe(200)
    expect(json).toMatchObject({ errors: false, items: [{ index: { _index: 'logs', _id: '1', status: 201 } }, { create: { _index: 'logs', status: 201 } }] })
    expect(documents).toEqual(['{"a":1}', '{"b":22}'])
    expect(pushed).toMatchObject([{ source: 'fleet', actor: 'push token fleet', tokenId: token.id, wireBytes: body.length, ids: ['1', null] }])
  })

  test('with nothing to store is answered without the pipeline', async () => {
    const { status, json, pushed } = await ask('POST', '/_bulk', { body: '{"delete":{"_id":"1"}}\n{"update":{"_id":"2"}}\n{}\n' })
    expect(status).toBe(200)
    expect(json).toMatchObject({ errors: true, items: [{ delete: { status: 400 } }, { update: { status: 400 } }] })
    expect(pushed).toEqual([])
  })

  test.each<[string, number, string, Ask]>([
    ['without a token', 401, 'security_exception', { authorization: null }],
    ['with a token that is not known', 401, 'security_exception', { authorization: `Bearer ll_0123456789ab.${'A'.repeat(43)}` }],
    ['that is empty', 400, 'parse_exception', { body: '' }],
    ['that is malformed', 400, 'illegal_argument_exception', { body: '{"index":{}}\n{}' }],
    ['with a damaged body', 400, 'illegal_argument_exception', { body: new Uint8Array(gzipSync(BULK)).slice(0, 30) }],
    ['with something behind its body', 400, 'illegal_argument_exception', { body: new Uint8Array(Buffer.concat([gzipSync(BULK), Buffer.from('x')])) }],
    ['in an encoding that is not read', 415, 'illegal_argument_exception', { headers: { 'content-encoding': 'br' } }],
    ['that says it is too long', 413, 'content_too_large_exception', { headers: { 'content-length': String(LIMITS.pushBytes + 1) } }],
    ['that unpacks to too much', 413, 'content_too_large_exception', { body: new Uint8Array(gzipSync(Buffer.alloc(LIMITS.pushBytes + 1))) }],
    ['while too many wait', 429, 'es_rejected_execution_exception', { pressure: new PushPressure(1000, 0) }],
    ['while too much waits', 429, 'es_rejected_execution_exception', { pressure: new PushPressure(10) }],
    ['while the database is busy', 429, 'es_rejected_execution_exception', { fault: new AppError('busy', 'later') }],
    ['while the disk is full', 429, 'cluster_block_exception', { fault: new AppError('disk_full', 'full') }],
    ['that meets a bug', 500, 'exception', { fault: new Error('secret /home/x') }],
  ])('%s is refused as a whole', async (_, status, type, options) => {
    const answer = await ask('POST', '/_bulk', { body: BULK, ...options })
    expect(answer.json).toMatchObject({ status, error: { type, root_cause: [{ type }] } })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('retry-after') !== null).toBe(status === 429)
    expect(answer.text).not.toContain('secret')
  })

  test('gives back what it held, however it ended', async () => {
    const pressure = new PushPressure(1_000, 1)
    const bodies: Ask[] = [{ body: BULK }, { body: '{' }, { body: BULK, fault: new Error('x') }, { body: 'x'.repeat(2_000) }, { body: '' }]
    for (let i = 0; i < 50; i++) await ask('POST', '/_bulk', { ...bodies[i % bodies.length], pressure })
    expect((await ask('POST', '/_bulk', { body: BULK, pressure })).status).toBe(200)
  })
})

test('a document by itself', async () => {
  const created = await ask('PUT', '/logs/_create/7', { body: '{"a":1}' })
  expect(created).toMatchObject({ status: 201, json: { _index: 'logs', _id: '7', result: 'created' }, documents: ['{"a":1}'] })
  expect((await ask('POST', '/logs/_doc', { body: '{"a":1}' })).status).toBe(201)
})

test.each([
  ['PUT', '_doc', 'a'.repeat(512), 201],
  ['PUT', '_doc', 'a'.repeat(513), 400],
  ['PUT', '_doc', 'é'.repeat(257), 400],
  ['PUT', '_create', 'a'.repeat(600), 400],
  ['POST', '_create', 'a'.repeat(600), 400],
])('%s of one document at %s holds its id to what a bulk action may have (%#)', async (method, kind, id, status) => {
  const answer = await ask(method, `/logs/${kind}/${encodeURIComponent(id)}`, { body: '{"a":1}' })
  expect(answer.status).toBe(status)
  expect(answer.text.includes('no longer than 512 bytes')).toBe(status === 400)
  expect(answer.documents).toHaveLength(status === 400 ? 0 : 1)
})

test('a sender that goes away in the middle is told in one line, not as a fault of ours', async () => {
  const lines: string[] = []
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
  })
  const request = new Request('http://127.0.0.1:3000/api/es/_bulk', { method: 'POST', body, duplex: 'half', headers: { authorization: `Bearer ${token.token}` } } as RequestInit)
  const runtime = { push: () => Promise.reject(new Error('not reached')), pressure: new PushPressure() }
  const response = await handleShipper({ context: { db: store.client }, runtime, clusterId: 'c', log: (line) => lines.push(line) }, request)
  expect(response.status).toBe(499)
  expect(lines).toEqual([expect.stringMatching(/^linklocal: POST \/api\/es\/_bulk: the sender ended the connection[^\n]*\n$/)])
})

describe('what shippers ask beside', () => {
  test.each<[string, string, number, object]>([
    ['GET', '', 200, { version: { number: '8.19.0' }, tagline: 'You Know, for Search' }],
    ['HEAD', '', 200, {}],
    ['GET', '/_license', 200, { license: { status: 'active', type: 'basic' } }],
    ['GET', '/_xpack', 200, { license: { status: 'active' } }],
    ['GET', '/_nodes/http', 200, { nodes: { linklocal: { http: { publish_address: '127.0.0.1:3000' } } } }],
    ['GET', '/_cluster/health', 200, { status: 'green' }],
    ['GET', '/_cat/health', 200, {}],
    ['HEAD', '/_index_template/filebeat', 200, {}],
    ['GET', '/_index_template/filebeat', 200, { index_templates: [{ name: 'filebeat' }] }],
    ['PUT', '/_index_template/filebeat', 200, { acknowledged: true }],
    ['GET', '/_template/logstash', 200, { logstash: { order: 0 } }],
    ['PUT', '/_component_template/x', 200, { acknowledged: true }],
    ['GET', '/_ilm/policy/filebeat', 200, { filebeat: { policy: { phases: {} } } }],
    ['PUT', '/_ilm/policy/filebeat', 200, { acknowledged: true }],
    ['GET', '/_ingest/pipeline/p', 200, { p: { processors: [] } }],
    ['PUT', '/_ingest/pipeline/p', 200, { acknowledged: true }],
    ['GET', '/_data_stream/d', 200, { data_streams: [{ name: 'd' }] }],
    ['PUT', '/_data_stream/d', 200, { acknowledged: true }],
    ['HEAD', '/_alias/filebeat', 200, {}],
    ['GET', '/_security/_authenticate', 200, { username: 'fleet' }],
    ['HEAD', '/logs-web', 200, {}],
    ['PUT', '/logs-web', 200, { acknowledged: true, index: 'logs-web' }],
    ['GET', '/logs-web/_mapping', 200, { 'logs-web': { mappings: {} } }],
    ['POST', '/logs-web/_refresh', 200, { _shards: { failed: 0 } }],
    ['POST', '/logs-web/_search', 400, { status: 400 }],
    ['GET', '/_toString', 400, { status: 400 }],
    ['GET', '/%E0%A4%A', 200, {}],
  ])('%s %s', async (method, target, status, body) => {
    const answer = await ask(method, target)
    expect(answer.status).toBe(status)
    expect(answer.json).toMatchObject(body)
    expect((await ask(method, target, { authorization: null })).status).toBe(401)
  })

  test('in the dialect they ask for', async () => {
    const accept = 'application/vnd.elasticsearch+json; compatible-with=9'
    const { headers, json } = await ask('GET', '', { headers: { accept } })
    expect(headers.get('content-type')).toBe(accept)
    expect(json).toMatchObject({ version: { number: '9.0.0' } })
  })
})
