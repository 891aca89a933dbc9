import { randomBytes } from 'node:crypto'
import type { Context } from '@/lib/auth/context'
import { asRefusal, errorMessage } from '@/lib/errors'
import type { AppErrorCode } from '@/lib/errors'
import type { PushTokenHolder } from '@/lib/ingest/authorize-push'
import { holderActor, requireHolder } from '@/lib/web/push-auth'
import type { Runtime } from '@/lib/web/runtime'
import { isSenderGone, senderGoneLine } from '@/lib/web/sender-gone'
import { answerBulk, answerRefused, isStorable } from './answer-bulk'
import { answerCluster, clusterError } from './cluster-answers'
import type { ClusterAnswer } from './cluster-answers'
import { parseBulk, problemOf } from './parse-bulk'
import type { BulkItem } from './parse-bulk'
import { readBulkBody } from './read-body'
import type { BulkBody } from './read-body'
import { SHIPPER_ROUTE } from './shipper-target'

export interface ShipperServices {
  readonly context: Pick<Context, 'db'>
  readonly runtime: Pick<Runtime, 'push' | 'pressure'>
  readonly clusterId: string
  /** Where the stack of a bug goes; standard error when left out. */
  readonly log?: (line: string) => void
}

/** An index that nobody named; it is told back and means nothing. */
const NO_INDEX = 'events'

interface Refusal {
  readonly status: number
  readonly type: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Elasticsearch's status and type for a refusal, which decide what a shipper does with its batch. A full disk is 429 as
 * there (its flood-stage block): shippers keep the batch and come back, where for other statuses some would drop it.
 */
const REFUSALS: Partial<Record<AppErrorCode, Refusal>> = {
  unauthenticated: { status: 401, type: 'security_exception', headers: { 'www-authenticate': 'Bearer realm="linklocal", ApiKey' } },
  invalid: { status: 400, type: 'illegal_argument_exception' },
  unsupported: { status: 415, type: 'illegal_argument_exception' },
  too_large: { status: 413, type: 'content_too_large_exception' },
  too_slow: { status: 408, type: 'timeout_exception' },
  busy: { status: 429, type: 'es_rejected_execution_exception', headers: { 'retry-after': '1' } },
  disk_full: { status: 429, type: 'cluster_block_exception', headers: { 'retry-after': '30' } },
  read_only: { status: 429, type: 'cluster_block_exception', headers: { 'retry-after': '30' } },
  data_gone: { status: 429, type: 'cluster_block_exception', headers: { 'retry-after': '30' } },
}

function respond(request: Request, { status, body }: ClusterAnswer, headers: Readonly<Record<string, string>> = {}): Response {
  const versioned = /application\/vnd\.elasticsearch\+json;\s*compatible-with=\d+/.exec(request.headers.get('accept') ?? '')?.[0]
  const type = typeof body === 'string' && !body.startsWith('{') ? 'text/plain; charset=utf-8' : (versioned ?? 'application/json')
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new Response(request.method === 'HEAD' ? null : text, { status, headers: { 'content-type': type, 'x-elastic-product': 'Elasticsearch', 'cache-control': 'no-store', ...headers } })
}

/** Answers a thrown error the way the client's language has it; what is unknown stays in the log. */
function refuse(request: Request, error: unknown, log: (line: string) => void = (line) => process.stderr.write(line)): Response {
  const refusal = asRefusal(error)
  if (refusal) {
    const { status, type, headers } = REFUSALS[refusal.code] ?? { status: refusal.status, type: 'exception' }
    return respond(request, clusterError(status, type, refusal.message), headers)
  }
  if (isSenderGone(error)) {
    const line = senderGoneLine(request.method, new URL(request.url).pathname)
    if (line !== null) log(line)
    return respond(request, clusterError(499, 'task_cancelled_exception', 'The sender ended the connection.'))
  }
  const reference = `E-${randomBytes(4).toString('hex')}`
  log(`linklocal: ${reference}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return respond(request, clusterError(500, 'exception', `Something went wrong that should not have. The server’s log has it under ${reference}.`))
}

function pathOf(url: URL): readonly string[] {
  const segments = url.pathname.slice(SHIPPER_ROUTE.length).split('/')
  return segments.filter((segment) => segment !== '').map((segment) => {
    try {
      return decodeURIComponent(segment)
    } catch {
      return segment
    }
  })
}

/** Stores the documents of some actions. Answers when all that can be is on disk. */
async function push({ runtime }: ShipperServices, holder: PushTokenHolder, { bytes, wireBytes }: BulkBody, items: readonly BulkItem[]) {
  const storable = items.filter(isStorable)
  if (storable.length === 0) return null
  return runtime.push({
    source: holder.name,
    actor: holderActor(holder),
    tokenId: holder.id,
    wireBytes,
    body: bytes,
    starts: Uint32Array.from(storable, ({ start }) => start),
    ends: Uint32Array.from(storable, ({ end }) => end),
    ids: storable.map(({ id }) => id),
  })
}

/**
 * Elasticsearch's own clients give up on a whole request that is refused, but send single documents again that are: theirs
 * are refused one by one, as an overloaded shard does. Other shippers do it the other way round.
 */
function isBulkHelper(request: Request): boolean {
  return /(?:^|,)h=bp(?:,|$)/.test(request.headers.get('x-elastic-client-meta') ?? '')
}

async function takeBulk(services: ShipperServices, request: Request, holder: PushTokenHolder, index: string): Promise<Response> {
  const began = performance.now()
  const held = services.runtime.pressure.begin(holderActor(holder))
  try {
    const body = await readBulkBody(request, held)
    const parsed = parseBulk(body.bytes, index)
    if (!parsed.ok) return respond(request, clusterError(parsed.fault.status, parsed.fault.type, parsed.fault.reason))
    try {
      const answer = await push(services, holder, body, parsed.items)
      return respond(request, { status: 200, body: answerBulk(parsed.items, answer, performance.now() - began) })
    } catch (error) {
      const known = asRefusal(error)
      const refusal = known ? REFUSALS[known.code] : undefined
      if (refusal?.status !== 429 || !isBulkHelper(request)) throw error
      return respond(request, { status: 200, body: answerRefused(parsed.items, 429, { type: refusal.type, reason: errorMessage(error) }) }, refusal.headers)
    }
  } finally {
    held.release()
  }
}

/** One document as the whole body: `POST /{index}/_doc`, `PUT /{index}/_doc/{id}`, `PUT /{index}/_create/{id}`. */
async function takeOne(services: ShipperServices, request: Request, holder: PushTokenHolder, [index = NO_INDEX, kind, id]: readonly string[]): Promise<Response> {
  const held = services.runtime.pressure.begin(holderActor(holder))
  try {
    const body = await readBulkBody(request, held)
    const action = kind === '_create' || new URL(request.url).searchParams.get('op_type') === 'create' ? 'create' : 'index'
    const items: readonly BulkItem[] = [{ action, index, id: id ?? null, start: 0, end: body.bytes.length, problem: problemOf(id ?? null, index) }]
    const { items: [item] } = JSON.parse(answerBulk(items, await push(services, holder, body, items), 0)) as { items: readonly Record<string, { status: number; error?: { type: string; reason: string } }>[] }
    const { status = 500, error, ...rest } = item?.[action] ?? {}
    return respond(request, error ? clusterError(status, error.type, error.reason) : { status, body: rest })
  } finally {
    held.release()
  }
}

/**
 * Answers a request of a shipper, whatever it is: documents are stored, and everything else is answered so that the shipper
 * goes on to send documents. Every request needs a push token.
 */
export async function handleShipper(services: ShipperServices, request: Request): Promise<Response> {
  try {
    const url = new URL(request.url)
    const { method, headers } = request
    const holder = await requireHolder(services.context, headers)
    const path = pathOf(url)
    const brings = method === 'POST' || method === 'PUT'
    if (brings && path.at(-1) === '_bulk' && path.length <= 3) return await takeBulk(services, request, holder, path.length > 1 ? (path[0] ?? NO_INDEX) : NO_INDEX)
    if (brings && (path[1] === '_doc' || path[1] === '_create') && path.length <= 3) return await takeOne(services, request, holder, path)
    const major = Number(/compatible-with=(\d{1,2})/.exec(headers.get('accept') ?? '')?.[1] ?? Number.NaN)
    const host = headers.get('host') ?? url.host
    return respond(request, answerCluster({ method, path, host, clusterId: services.clusterId, major: Number.isNaN(major) ? null : major, holder: holder.name }))
  } catch (error) {
    return refuse(request, error, services.log)
  }
}
