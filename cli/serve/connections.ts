/**
 * The server's connections: all of them are known, also those that left HTTP behind, so that none outlives the server. What asks for
 * another protocol is refused with an answer.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { LIMITS } from '@/lib/limits'

/** Time for answers under way to finish; live streams never do. */
const DRAIN_MS = 2_000
/** Time for the answer to a refused upgrade to be read. */
const FAREWELL_MS = 1_000

/** Server options that cut off who sends the head of a request too slowly. Bodies have limits of their own: an upload takes as long as it takes. */
export const SLOW_HEADS = { requestTimeout: 0, headersTimeout: LIMITS.headMs, connectionsCheckingInterval: LIMITS.headMs / 5 } as const

/** Answers over a bare connection and ends it, soon even when the other side neither reads nor ends. */
export function answerAndEnd(socket: Duplex, status: string, message: string, headers: Readonly<Record<string, string>> = {}): void {
  const body = `${message}\n`
  const fields = { connection: 'close', 'content-type': 'text/plain; charset=utf-8', 'content-length': String(Buffer.byteLength(body)), ...headers }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.on('error', () => socket.destroy())
  socket.resume()
  const cut = setTimeout(() => socket.destroy(), FAREWELL_MS)
  socket.once('close', () => clearTimeout(cut))
  socket.end(`HTTP/1.1 ${status}\r\n${head.join('')}\r\n${body}`)
}

/** Refuses what asks for another protocol or a tunnel. `upgrade` may take an upgrade and says whether it did. */
export function refuseOtherProtocols(server: Server, upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean): void {
  server.on('upgrade', (request, socket, head) => {
    if (!upgrade(request, socket, head)) answerAndEnd(socket, '501 Not Implemented', 'No other protocol is spoken here: send the request without Upgrade.')
  })
  server.on('connect', (_request, socket) => answerAndEnd(socket, '405 Method Not Allowed', 'This is no proxy: CONNECT is not served.', { allow: 'GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE' }))
}

export interface Connections {
  /** How many are open. */
  readonly size: number
  /** Takes no more connections, lets answers finish for a moment, then cuts what is left. Resolves when none is. */
  end(): Promise<void>
}

/** Knows every connection of a server from now on. */
export function trackConnections(server: Server, drainMs: number = DRAIN_MS): Connections {
  const open = new Set<Socket>()
  server.maxConnections = LIMITS.connections
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return {
    get size() {
      return open.size
    },
    end: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      server.closeIdleConnections()
      const cut = setTimeout(() => {
        for (const socket of open) socket.destroy()
      }, drainMs)
      await closed
      clearTimeout(cut)
      // The server says it is closed a moment before its last connections do.
      await Promise.all([...open].map((socket) => new Promise((resolve) => socket.once('close', resolve).destroy())))
    },
  }
}
