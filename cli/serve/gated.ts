import { randomBytes } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { checkRequest, LOOPBACK_HOSTS, type GateAnswer } from '@/lib/web/gate'
import { shipperTarget } from '@/lib/web/bulk/shipper-target'
import { securityHeaders } from '@/lib/web/security-headers'

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface GatedServer {
  /** Answers Next's handler once there is one: the port is taken before the store is opened. */
  readonly handler: () => RequestHandler | undefined
  /** Receives the `upgrade` events that pass. */
  readonly upgrade: Server
  readonly dev: boolean
}

/** What only a proxy may say. There is none in front of a loopback server, and Next would believe them. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-for', 'x-real-ip']

function check(request: IncomingMessage): GateAnswer {
  const { method = '', url: target = '', headers } = request
  return checkRequest({ method, target, headers }, LOOPBACK_HOSTS)
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/** Puts the gate and the security headers in front of every request and upgrade of a server. */
export function gateRequests(server: Server, { handler, upgrade, dev }: GatedServer): void {
  server.on('request', (request, response) => {
    const nonce = randomBytes(16).toString('base64')
    const headers = securityHeaders({ nonce, dev })
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const answer = check(request)
    if (!answer.ok) {
      response.writeHead(answer.status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
      response.end(`${answer.message}\n`)
      return
    }
    const handle = handler()
    if (!handle) {
      response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '1', connection: 'close' })
      response.end('Linklocal is starting.\n')
      return
    }
    for (const name of PROXY_HEADERS) delete request.headers[name]
    const { method = '', url: target = '' } = request
    request.url = shipperTarget({ method, target, headers: request.headers }) ?? target
    // Next reads the nonce for its scripts from the request's policy; the layout reads it from x-nonce.
    request.headers['content-security-policy'] = headers['content-security-policy']
    request.headers['x-nonce'] = nonce
    handle(request, response).catch((error: unknown) => {
      process.stderr.write(`linklocal: a request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
      response.end()
    })
  })
  server.on('upgrade', (request, socket, head) => {
    const answer = check(request)
    if (!answer.ok) refuseUpgrade(socket, answer.status)
    else if (!upgrade.emit('upgrade', request, socket, head)) refuseUpgrade(socket, 404)
  })
}
