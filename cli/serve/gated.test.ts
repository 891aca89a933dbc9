import { once } from 'node:events'
import { createServer, request as httpRequest, ServerResponse } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LIMITS } from '@/lib/limits'
import { bodyPolicy, type BodyPolicy } from '@/lib/web/body-policy'
import { ConsoleKey, OWN_PAGE_HEADER } from '@/lib/web/console-key'
import { BodyRequest } from './body-request'
import { SLOW_HEADS, trackConnections, type Connections } from './connections'
import { gateRequests, type RequestHandler } from './gated'

/** The server as `serve` makes it, with a handler in place of Next, attacked over bare sockets. */
let server: ReturnType<typeof createServer<typeof BodyRequest>>
let connections: Connections
let port: number
let lines: string[]
/** What the handler was given, each request once it had its body. */
let seen: { readonly method: string; readonly url: string; readonly body: string; readonly headers: IncomingMessage['headers'] }[]
let handler: RequestHandler
let policyOf: (method: string, target: string) => BodyPolicy
const key = new ConsoleKey('k'.repeat(43))

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString()
  seen.push({ method: request.method ?? '', url: request.url ?? '', body, headers: request.headers })
  response.end(`took ${body.length}`)
}

beforeEach(async () => {
  lines = []
  seen = []
  handler = echo
  policyOf = bodyPolicy
  server = createServer({ IncomingMessage: BodyRequest, ...SLOW_HEADS })
  connections = trackConnections(server, 50)
  gateRequests(server, {
    behind: () => ({ handler: (request, response) => handler(request, response), key }),
    upgrade: createServer(),
    dev: false,
    policyOf: (method, target) => policyOf(method, target),
    log: (line) => void lines.push(line),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterEach(async () => connections.end())

async function open(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** What is answered to bytes as they stand, until the server ends the connection. */
async function raw(bytes: string): Promise<string> {
  const socket = await open()
  let answer = ''
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text))
  socket.write(bytes, 'latin1')
  await once(socket, 'close')
  return answer
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
const ACTION = 'Next-Action: 0\r\n'
const HOST = 'Host: 127.0.0.1:3000\r\n'
const CLOSE = 'Connection: close\r\n'

describe('what asks for another protocol gets an answer and loses its connection', () => {
  const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
  test.each([
    ['a WebSocket', `GET / HTTP/1.1\r\n${HOST}${UPGRADE}\r\n`, 501],
    ['another protocol', `GET /_next/webpack-hmr HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`, 501],
    ['with a body behind it', `POST / HTTP/1.1\r\n${HOST}${UPGRADE}Content-Length: 5\r\n\r\nhello`, 501],
    ['from another site', `GET / HTTP/1.1\r\n${HOST}${UPGRADE}Origin: http://evil.example\r\n\r\n`, 403],
    ['for another host', `GET / HTTP/1.1\r\nHost: evil.example\r\n${UPGRADE}\r\n`, 421],
    ['a tunnel', `CONNECT 127.0.0.1:22 HTTP/1.1\r\n${HOST}\r\n`, 405],
    ['a tunnel with bytes behind it', `CONNECT / HTTP/1.1\r\n${HOST}\r\n\u0016\u0003\u0001`, 405],
  ])('%s', async (_, bytes, status) => {
    const answer = await raw(bytes)
    expect(statusOf(answer)).toBe(status)
    expect(answer.toLowerCase()).toContain('connection: close')
    expect(seen).toEqual([])
  })

  test('also one that never reads its answer nor ends its side, and the server can end', async () => {
    const socket = await open()
    socket.pause()
    socket.write(`GET / HTTP/1.1\r\n${HOST}${UPGRADE}\r\n`)
    const idle = await open()
    idle.write('GET / HT')
    await connections.end()
    expect(connections.size).toBe(0)
    socket.destroy()
    idle.destroy()
  })
})

test('at the end live answers are cut, and none is left', async () => {
  handler = (_request, response) => {
    response.write('for ever')
    return new Promise(() => undefined)
  }
  const socket = await open()
  socket.write(`GET /api/live HTTP/1.1\r\n${HOST}\r\n`)
  await once(socket, 'data')
  await connections.end()
  expect(connections.size).toBe(0)
})

test.each([
  ['a second Host', `${HOST}Host: evil.example\r\n`, '', 400],
  ['a second Host of the same name', `${HOST}${HOST}`, '', 400],
  ['no Host', '', '', 400],
  ['a second Authorization', `${HOST}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n`, '', 400],
  ['two lengths', `${HOST}Content-Length: 1\r\nContent-Length: 2\r\n`, 'ab', 400],
  ['two equal lengths', `${HOST}Content-Length: 1\r\nContent-Length: 1\r\n`, 'a', 400],
  ['a length and chunks', `${HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n`, '0\r\n\r\n', 400],
  ['chunks and a length', `${HOST}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n`, '0\r\n\r\n', 400],
  ['an unknown transfer encoding', `${HOST}Transfer-Encoding: xchunked\r\n`, '0\r\n\r\n', 400],
  ['chunks twice', `${HOST}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n`, '0\r\n\r\n', 400],
  ['a length below nothing', `${HOST}Content-Length: -1\r\n`, '', 400],
  ['a length that is none', `${HOST}Content-Length: 0x10\r\n`, '', 400],
  ['a header with a NUL', `${HOST}X-A: a\u0000b\r\n`, '', 400],
  ['a folded header', `${HOST}X-A: a\r\n b\r\n`, '', 400],
  ['a header without a name', `${HOST}: a\r\n`, '', 400],
  ['a blank before the colon', `${HOST}X-A : a\r\n`, '', 400],
  ['an expectation of its own', `${HOST}Expect: 200-ok\r\n`, '', 417],
  ['headers without an end', `${HOST}X-A: ${'a'.repeat(20_000)}\r\n`, '', 431],
])('%s is refused', async (_, headers, body, status) => {
  const answer = await raw(`POST /api/exceptions/preview HTTP/1.1\r\n${headers}${CLOSE}\r\n${body}`)
  expect(statusOf(answer)).toBe(status)
  expect(seen).toEqual([])
})

test.each([
  ['GET http://evil.example/ HTTP/1.1', 400],
  ['GET http://127.0.0.1:3000/ HTTP/1.1', 400],
  ['GET /%zz HTTP/1.1', 400],
  ['GET /alerts?q=%zz HTTP/1.1', 400],
  ['GET /alerts/%00 HTTP/1.1', 400],
  ['GET /a\u0000b HTTP/1.1', 400],
  ['GET /\u00ff HTTP/1.1', 400],
  [`GET /${'a'.repeat(LIMITS.targetBytes)} HTTP/1.1`, 414],
  ['GET / HTTP/1.9', 400],
  ['GET / HTTP/2.0', 505],
  ['BREW / HTTP/1.1', 400],
  ['TRACE / HTTP/1.1', 405],
  ['PRI * HTTP/2.0', 400],
])('%j is answered %i', async (line, status) => {
  expect(statusOf(await raw(`${line}\r\n${HOST}${CLOSE}\r\n`))).toBe(status)
  expect(seen).toEqual([])
})

test('a malformed cookie of somebody else does not lock anybody out of the server', async () => {
  expect(statusOf(await raw(`GET / HTTP/1.1\r\n${HOST}${CLOSE}Cookie: a=%zz; =; b="; c\r\n\r\n`))).toBe(200)
})

describe('bodies', () => {
  test('are handed on whole, also when they come by the byte', async () => {
    const socket = await open()
    let answer = ''
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text))
    socket.write(`POST /alerts HTTP/1.1\r\n${ACTION}${HOST}${CLOSE}Content-Length: 10\r\n\r\n`)
    for (const byte of '0123456789') await new Promise((resolve) => socket.write(byte, resolve))
    await once(socket, 'close')
    expect(statusOf(answer)).toBe(200)
    expect(seen).toMatchObject([{ body: '0123456789' }])
  })

  test('pipelined ones do not mix', async () => {
    const one = (path: string, body: string, more = ''): string => `POST ${path} HTTP/1.1\r\n${ACTION}${HOST}${more}Content-Length: ${body.length}\r\n\r\n${body}`
    const answer = await raw(`${one('/a', 'first')}${one('/api/ingest', 'second')}GET /b HTTP/1.1\r\n${HOST}\r\n${one('/c', 'third', CLOSE)}`)
    // Answered in their order, whichever was dealt with first.
    expect(answer.match(/took \d/g)).toEqual(['took 5', 'took 6', 'took 0', 'took 5'])
    expect(new Map(seen.map(({ url, body }) => [url, body]))).toEqual(new Map([['/a', 'first'], ['/api/ingest', 'second'], ['/b', ''], ['/c', 'third']]))
  })

  test.each(['/api/exceptions/preview', '/alerts', '/api/cases/C-1/export', '/api/no-such-route'])('to %s are refused beyond the cap before the route is called, and the refusal names it', async (path) => {
    const size = LIMITS.formBytes + 1
    const sized = await raw(`POST ${path} HTTP/1.1\r\n${ACTION}${HOST}Content-Length: ${size}\r\n\r\nabc`)
    expect(statusOf(sized)).toBe(413)
    expect(sized).toContain('more than 4,194,304 bytes')
    expect(seen).toEqual([])
  })

  test('without a length are counted while they come', async () => {
    const socket = await open()
    const answers: string[] = []
    socket.setEncoding('latin1').on('data', (text: string) => answers.push(text))
    socket.write(`POST /alerts HTTP/1.1\r\n${ACTION}${HOST}Transfer-Encoding: chunked\r\n\r\n`)
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    for (let sent = 0; answers.length === 0 && sent < 4 * LIMITS.formBytes; sent += 0x10000) await new Promise((resolve) => socket.write(chunk, resolve))
    socket.end()
    await once(socket, 'close')
    expect(statusOf(answers.join(''))).toBe(413)
    expect(seen).toEqual([])
  })

  test('that are streamed meet the cap as an error of their reader, whose answer is still sent', async () => {
    policyOf = () => ({ taken: 'stream', maxBytes: 1_000, idleMs: 60_000, leastBytes: 1 })
    handler = async (request, response) => {
      try {
        await echo(request, response)
      } catch (error) {
        response.writeHead((error as { status: number }).status).end((error as Error).message)
      }
    }
    const answer = await raw(`POST /api/ingest HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3e8\r\n${'x'.repeat(1_000)}\r\n1\r\nx\r\n`)
    expect(statusOf(answer)).toBe(413)
    expect(answer).toContain('more than 1,000 bytes')
    expect(lines).toEqual([])
  })

  test.each(['whole', 'stream'] as const)('whose sender falls asleep are cut off: taken %s', async (taken) => {
    policyOf = () => ({ taken, maxBytes: 1_000, idleMs: 40, leastBytes: 4 })
    handler = async (request, response) => {
      try {
        await echo(request, response)
      } catch (error) {
        response.writeHead((error as { status: number }).status).end((error as Error).message)
      }
    }
    const answer = await raw(`POST /api/ingest HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\nabc`)
    expect(statusOf(answer)).toBe(408)
    expect(answer).toContain('less than 4 bytes')
    expect(seen).toEqual([])
  })

  test('that wait for their reader are nobody’s delay', async () => {
    policyOf = () => ({ taken: 'stream', maxBytes: 1_000, idleMs: 20, leastBytes: 4 })
    handler = async (request, response) => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      await echo(request, response)
    }
    const socket = await open()
    let answer = ''
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text))
    socket.write(`POST /api/ingest HTTP/1.1\r\n${HOST}${CLOSE}Content-Length: 4\r\n\r\nabc`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    socket.write('d')
    await once(socket, 'close')
    expect(statusOf(answer)).toBe(200)
  })

  test('of a sender that goes away are told in one line, and the route is not called', async () => {
    const socket = await open()
    socket.write(`POST /alerts HTTP/1.1\r\n${ACTION}${HOST}Content-Length: 100\r\n\r\nabc`)
    await new Promise((resolve) => setTimeout(resolve, 20))
    socket.destroy()
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(lines).toEqual([expect.stringMatching(/^linklocal: POST \/alerts: the sender ended the connection[^\n]*\n$/)])
    expect(seen).toEqual([])
  })

  test('are held up to a bound together, and what was refused is taken when there is room', async () => {
    const big = 'x'.repeat(LIMITS.formBytes - 1)
    const waiting = LIMITS.formHeldBytes / LIMITS.formBytes
    const slow = await Promise.all(
      Array.from({ length: waiting }, async () => {
        const socket = await open()
        socket.write(`POST /alerts HTTP/1.1\r\n${ACTION}${HOST}Content-Length: ${LIMITS.formBytes}\r\n\r\n`)
        await new Promise((resolve) => socket.write(big, resolve))
        return socket
      }),
    )
    const refused = await raw(`POST /alerts HTTP/1.1\r\n${ACTION}${HOST}Content-Length: ${LIMITS.formBytes}\r\n\r\n${big}`)
    expect(statusOf(refused)).toBe(429)
    const small = await raw(`POST /alerts HTTP/1.1\r\n${ACTION}${HOST}${CLOSE}Content-Length: 2\r\n\r\nok`)
    expect(statusOf(small)).toBe(200)
    for (const socket of slow) socket.destroy()
    while (lines.length < waiting) await new Promise((resolve) => setTimeout(resolve, 5))
    const taken = await raw(`POST /alerts HTTP/1.1\r\n${ACTION}${HOST}${CLOSE}Content-Length: ${LIMITS.formBytes}\r\n\r\n${big}x`)
    expect(statusOf(taken)).toBe(200)
  })

  test('of one token that never end are refused before the route is called, and another token’s are taken', async () => {
    const head = (token: string): string => `POST /_bulk HTTP/1.1\r\n${HOST}${CLOSE}Authorization: Bearer ${token}\r\n`
    const slow = await Promise.all(Array.from({ length: LIMITS.unreadBodies }, open))
    let called = 0
    handler = (request, response) => {
      called++
      return echo(request, response).catch(() => undefined)
    }
    for (const socket of slow) socket.write(`${head('slow')}Content-Length: 100\r\n\r\nx`)
    while (called < slow.length) await new Promise((resolve) => setTimeout(resolve, 5))
    const bulk = (token: string) => raw(`${head(token)}Content-Length: 2\r\n\r\nok`)
    expect(statusOf(await bulk('slow'))).toBe(429)
    expect(called).toBe(slow.length)
    expect(statusOf(await bulk('other'))).toBe(200)
    for (const socket of slow) socket.destroy()
    while (statusOf(await bulk('slow')) !== 200) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(seen.map(({ body }) => body)).toEqual(['ok', 'ok'])
  })

  test('that are too long are not asked for: Expect: 100-continue', async () => {
    const ask = (length: number) => raw(`POST /alerts HTTP/1.1\r\n${ACTION}${HOST}${CLOSE}Expect: 100-continue\r\nContent-Length: ${length}\r\n\r\n${length === 2 ? 'ok' : ''}`)
    expect(await ask(2)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/)
    expect(statusOf(await ask(LIMITS.formBytes + 1))).toBe(413)
  })

  test('a client in a hurry reads its refusal though it goes on sending', async () => {
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const request = httpRequest({ port, host: '127.0.0.1', path: '/alerts', method: 'POST', headers: { 'host': '127.0.0.1:3000', 'next-action': '0', 'content-length': 64 * 1024 * 1024 } }, (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: body }))
      })
      request.on('error', reject)
      request.write(Buffer.alloc(8 * 1024 * 1024))
    })
    expect(status).toBe(413)
    expect(text).toContain('4,194,304')
  })
})

describe('the console’s own pages', () => {
  const page = 'Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n'
  const fetched = 'Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n'

  test('bring a key, by which their requests are told from a script’s', async () => {
    const opened = await raw(`GET /alerts HTTP/1.1\r\n${HOST}${CLOSE}${page}\r\n`)
    const cookie = /set-cookie: ([^;]+);([^\r]*)/i.exec(opened)
    expect(cookie?.[2]).toContain('HttpOnly')
    expect(cookie?.[2]).toContain('SameSite=Strict')
    const requests: [string, string | undefined][] = [
      [fetched, undefined],
      [`${fetched}${OWN_PAGE_HEADER}: 1\r\n`, undefined],
      [`${fetched}Cookie: linklocal-3000=${'x'.repeat(43)}\r\n`, undefined],
      [`${fetched}Cookie: other=1; ${cookie?.[1]}\r\n`, '1'],
      [`Cookie: ${cookie?.[1]}\r\n`, undefined],
    ]
    for (const [headers, own] of requests) {
      await raw(`POST /api/ingest HTTP/1.1\r\n${HOST}${CLOSE}${headers}Content-Length: 1\r\n\r\nx`)
      expect(seen.at(-1)?.headers[OWN_PAGE_HEADER]).toBe(own)
    }
  })

  test('bring it once', async () => {
    const again = await raw(`GET /alerts HTTP/1.1\r\n${HOST}${CLOSE}${page}Cookie: linklocal-3000=${'k'.repeat(43)}\r\n\r\n`)
    expect(again.toLowerCase()).not.toContain('set-cookie')
  })
})

test.each([
  ['a broken form', `POST /alerts HTTP/1.1\r\n${HOST}${CLOSE}Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 2\r\n\r\n--`],
  ['the same as an action', `POST /alerts HTTP/1.1\r\n${ACTION}${HOST}${CLOSE}Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 2\r\n\r\n--`],
  ['a form', `POST / HTTP/1.1\r\n${HOST}${CLOSE}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=1`],
  ['something to delete', `DELETE /alerts HTTP/1.1\r\n${HOST}${CLOSE}\r\n`],
])('pages are not sent %s', async (_name, bytes) => {
  const answer = await raw(bytes)
  expect(answer).toMatch(/^HTTP\/1\.1 405 /)
  expect(answer.toLowerCase()).toContain('allow: get, head, options')
  expect(seen).toEqual([])
  expect(lines).toEqual([])
})
