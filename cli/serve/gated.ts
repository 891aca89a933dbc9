import { randomBytes } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AppError } from '@/lib/errors'
import { bodyPolicy } from '@/lib/web/body-policy'
import { shipperTarget } from '@/lib/web/bulk/shipper-target'
import { OWN_PAGE_HEADER } from '@/lib/web/console-key'
import type { ConsoleKey } from '@/lib/web/console-key'
import { checkRequest, LOOPBACK_HOSTS, type GateAnswer } from '@/lib/web/gate'
import { errorResponse } from '@/lib/web/http'
import { securityHeaders } from '@/lib/web/security-headers'
import { isSenderGone, senderGoneLine } from '@/lib/web/sender-gone'
import type { BodyRequest } from './body-request'
import { answerAndEnd, refuseOtherProtocols } from './connections'
import { bringsBody, busy, endAfterAnswer, guardStream, HeldBodies, takeWhole, UnreadBodies } from './guard-body'

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** What is behind the gate once it is there: the port is taken before the store is opened. */
export interface Behind {
  readonly handler: RequestHandler
  readonly key: ConsoleKey
}

export interface GatedServer {
  readonly behind: () => Behind | undefined
  /** Receives the `upgrade` events that pass. */
  readonly upgrade: Server
  readonly dev: boolean
  /** Told apart by method and target; `bodyPolicy` when left out. */
  readonly policyOf?: typeof bodyPolicy
  /** Told what goes wrong; standard error when left out. */
  readonly log?: (line: string) => void
}

/** A server made for it: its requests are `BodyRequest`s. */
export type BodyServer = Server<typeof BodyRequest>

/** What only a proxy may say. There is none in front of a loopback server, and Next would believe them. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-for', 'x-real-ip']
/** Said once or not at all: of two Node takes the first, where whoever else reads the request may take the last. */
const SINGLE_HEADERS = ['host', 'authorization', 'content-length', 'content-type', 'content-encoding', 'transfer-encoding']

function repeatedHeader({ headersDistinct }: IncomingMessage): string | undefined {
  return SINGLE_HEADERS.find((name) => (headersDistinct[name]?.length ?? 0) > 1)
}

/**
 * A form that is none of the console's. Its pages send actions, as text and under their header; anything else that is posted
 * to a page Next would read before it knows whose it is, and fail over where it is broken.
 */
function isStrayForm(method: string, target: string, headers: IncomingMessage['headers']): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || target.startsWith('/api/')) return false
  return method !== 'POST' || headers['next-action'] === undefined || /^multipart\//i.test(headers['content-type'] ?? '')
}

function check(request: IncomingMessage): GateAnswer {
  const repeated = repeatedHeader(request)
  if (repeated !== undefined) return { ok: false, status: 400, message: `The request has more than one ${repeated} header.` }
  const { method = '', url: target = '', headers, httpVersion } = request
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return { ok: false, status: 505, message: 'HTTP/1.1 is spoken here.' }
  return checkRequest({ method, target, headers }, LOOPBACK_HOSTS)
}

/** Puts the gate, the limits on bodies and the security headers in front of every request and upgrade of a server. */
export function gateRequests(server: BodyServer, { behind, upgrade, dev, policyOf = bodyPolicy, log = (line) => void process.stderr.write(line) }: GatedServer): void {
  const held = new HeldBodies()
  const unread = new UnreadBodies()

  const refuse = (request: BodyRequest, response: ServerResponse, status: number, message: string, headers: Readonly<Record<string, string>> = {}): void => {
    // With a body on its way the connection is not closed at once, or the sender loses the answer with it.
    if (bringsBody(request)) endAfterAnswer(request, response)
    else response.setHeader('connection', 'close')
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers })
    response.end(`${message}\n`)
  }

  const refuseBody = async (response: ServerResponse, refusal: AppError): Promise<void> => {
    const answer = errorResponse(refusal)
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(await answer.text())
  }

  /** False when the request is dealt with: refused, or its sender is gone. */
  const takeBody = async (request: BodyRequest, response: ServerResponse): Promise<boolean> => {
    if (!bringsBody(request)) return true
    const { method = '', url = '' } = request
    const policy = policyOf(method, url)
    if (policy.taken === 'stream') {
      const onEnd = unread.begin(request.headers.authorization ?? '')
      if (onEnd !== null) {
        guardStream(request, response, policy, onEnd)
        return true
      }
      endAfterAnswer(request, response)
      await refuseBody(response, busy())
      return false
    }
    const refusal = await takeWhole(request, response, policy, held)
    if (refusal === null) return true
    if (!isSenderGone(refusal)) await refuseBody(response, refusal as AppError)
    else {
      const line = senderGoneLine(method, url)
      if (line !== null) log(line)
    }
    return false
  }

  const answer = async (request: BodyRequest, response: ServerResponse, { handler, key }: Behind): Promise<void> => {
    const { method = '', url = '' } = request
    try {
      if (await takeBody(request, response)) {
        const isOwnPage = key.isOwnPage(request.headers)
        delete request.headers[OWN_PAGE_HEADER]
        if (isOwnPage) request.headers[OWN_PAGE_HEADER] = '1'
        const cookie = key.cookieFor(method, request.headers)
        if (cookie !== null) response.setHeader('set-cookie', cookie)
        await handler(request, response)
      }
    } catch (error) {
      const line = isSenderGone(error) ? senderGoneLine(method, url) : `linklocal: a request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
      if (line !== null) log(line)
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
      response.end()
    }
  }

  const receive = (request: BodyRequest, response: ServerResponse): void => {
    const nonce = randomBytes(16).toString('base64')
    const headers = securityHeaders({ nonce, dev })
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const checked = check(request)
    if (!checked.ok) return refuse(request, response, checked.status, checked.message)
    const there = behind()
    if (!there) return refuse(request, response, 503, 'Linklocal is starting.', { 'retry-after': '1' })
    for (const name of PROXY_HEADERS) delete request.headers[name]
    const { method = '', url: target = '' } = request
    request.url = shipperTarget({ method, target, headers: request.headers }) ?? target
    // The development server posts to pages of its own.
    if (!dev && isStrayForm(method, request.url, request.headers)) {
      return refuse(request, response, 405, 'Pages are read with GET; what is sent goes to /api.', { allow: 'GET, HEAD, OPTIONS' })
    }
    // Next reads the nonce for its scripts from the request's policy; the layout reads it from x-nonce.
    request.headers['content-security-policy'] = headers['content-security-policy']
    request.headers['x-nonce'] = nonce
    void answer(request, response, there)
  }

  server.on('request', receive)
  // Asked first, a sender learns that its body is not wanted before it sends it.
  server.on('checkContinue', (request: BodyRequest, response: ServerResponse) => {
    const { method = '', url: target = '' } = request
    const { maxBytes } = policyOf(method, shipperTarget({ method, target, headers: request.headers }) ?? target)
    if (check(request).ok && behind() && Number(request.headers['content-length'] ?? 0) <= maxBytes) response.writeContinue()
    receive(request, response)
  })
  server.on('checkExpectation', (request: BodyRequest, response: ServerResponse) => {
    refuse(request, response, 417, 'Of expectations only 100-continue is met here.')
  })
  refuseOtherProtocols(server, (request, socket, head) => {
    const checked = check(request)
    if (!checked.ok) answerAndEnd(socket, `${checked.status} Refused`, checked.message)
    // Only the development server speaks another protocol, to reload pages.
    return !checked.ok || (dev && upgrade.emit('upgrade', request, socket, head))
  })
}
