import { describe, expect, test } from 'vitest'
import { checkRequest, LOOPBACK_HOSTS } from '@/lib/web/gate'

const HOST = '127.0.0.1:3000'
const ORIGIN = 'http://127.0.0.1:3000'

function statusOf(headers: Record<string, string | string[] | undefined>, method = 'GET', target = '/'): number {
  const answer = checkRequest({ method, target, headers: { host: HOST, ...headers } }, LOOPBACK_HOSTS)
  return answer.ok ? 200 : answer.status
}

describe('host', () => {
  test.each([
    ['127.0.0.1:3000', 200],
    ['127.0.0.1', 200],
    ['localhost:3000', 200],
    ['LocalHost:3000', 200],
    ['[::1]:3000', 200],
    ['[::1]', 200],
    ['localhost:8080', 200], // through a tunnel
    ['', 400],
    ['evil.example', 421],
    ['evil.example:3000', 421],
    ['localhost.evil.example:3000', 421],
    ['127.0.0.1.nip.io:3000', 421],
    ['7f000001.rbndr.us:3000', 421],
    ['localhost.', 421],
    ['localhost.:3000', 421],
    ['localhost.localdomain', 421],
    ['sub.localhost:3000', 421],
    ['127.0.0.2:3000', 421],
    ['127.1:3000', 421],
    ['2130706433', 421],
    ['0.0.0.0:3000', 421],
    ['192.168.1.10:3000', 421],
    ['169.254.169.254', 421],
    ['[::]:3000', 421],
    ['[::ffff:127.0.0.1]:3000', 421],
    ['[0:0:0:0:0:0:0:1]:3000', 421],
    ['::1', 421],
    ['[::1', 421],
    ['[::1]x:3000', 421],
    ['127.0.0.1:', 421],
    ['127.0.0.1:99999', 421],
    ['127.0.0.1:3000:3000', 421],
    ['127.0.0.1:3000@evil.example', 421],
    ['evil.example@127.0.0.1', 421],
    ['127.0.0.1/evil', 421],
    ['127.0.0.1, evil.example', 421],
    [' 127.0.0.1', 421],
    ['127.0.0.1\t', 421],
    ['http://127.0.0.1:3000', 421],
    ['ⓛocalhost', 421],
  ])('%j is answered %i', (host, status) => {
    expect(statusOf({ host })).toBe(status)
  })

  test('a missing or repeated Host is refused', () => {
    expect(statusOf({ host: undefined })).toBe(400)
    expect(statusOf({ host: ['127.0.0.1', 'evil.example'] })).toBe(400)
  })

  test('only the allowed names count', () => {
    const request = { method: 'GET', target: '/', headers: { host: 'console.example:3000' } }
    expect(checkRequest(request, ['console.example'])).toEqual({ ok: true })
    expect(checkRequest(request, [])).toMatchObject({ ok: false, status: 421 })
  })

  test('the refusal says where the console is, and repeats nothing of what was sent', () => {
    const answer = checkRequest({ method: 'GET', target: '/', headers: { host: '<b>evil</b>' } }, LOOPBACK_HOSTS)
    expect(answer).toMatchObject({ message: expect.stringContaining('http://127.0.0.1') })
    expect(answer).toMatchObject({ message: expect.not.stringContaining('evil') })
    const named = checkRequest({ method: 'GET', target: '/', headers: { host: 'rebound.example:3000' } }, LOOPBACK_HOSTS)
    expect(named).toMatchObject({ message: expect.stringContaining('http://127.0.0.1:3000') })
  })
})

describe('request line', () => {
  test.each([
    ['GET', '/', 200],
    ['HEAD', '/', 200],
    ['GET', '/alerts?x=//y', 200],
    ['GET', 'http://evil.example/', 400],
    ['GET', '//evil.example/', 400],
    ['GET', '/\\evil.example', 400],
    ['OPTIONS', '*', 400],
    ['GET', '', 400],
    ['TRACE', '/', 405],
    ['CONNECT', '/', 405],
    ['PROPFIND', '/', 405],
    ['get', '/', 405],
    ['', '/', 405],
  ])('%s %j is answered %i', (method, target, status) => {
    expect(statusOf({}, method, target)).toBe(status)
  })
})

describe('Sec-Fetch-Site', () => {
  const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  test.each([
    ['GET', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, 200],
    ['POST', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', origin: ORIGIN }, 200],
    ['POST', { 'sec-fetch-site': 'same-origin', ...navigation, origin: ORIGIN }, 200],
    ['GET', { 'sec-fetch-site': 'none', ...navigation }, 200],
    ['GET', { 'sec-fetch-site': 'cross-site', ...navigation }, 200],
    ['GET', { 'sec-fetch-site': 'same-site', ...navigation }, 200],
    ['GET', { 'sec-fetch-site': 'cross-site', ...navigation, origin: 'null' }, 200],
    ['POST', { 'sec-fetch-site': 'cross-site', ...navigation, origin: 'https://evil.example' }, 403],
    ['POST', { 'sec-fetch-site': 'cross-site', ...navigation }, 403],
    ['HEAD', { 'sec-fetch-site': 'cross-site', ...navigation }, 403],
    ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, 403],
    ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'object' }, 403],
    ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 403],
    ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }, 403],
    ['GET', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, 403],
    ['OPTIONS', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'access-control-request-method': 'POST' }, 403],
    ['POST', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:8080' }, 403],
    ['GET', { 'sec-fetch-site': 'Same-Origin' }, 403],
    ['GET', { 'sec-fetch-site': '' }, 403],
    ['GET', { 'sec-fetch-site': 'same-origin, cross-site' }, 403],
    ['GET', { 'sec-fetch-site': ['same-origin', 'cross-site'] }, 403],
  ] as const)('%s %j is answered %i', (method, headers, status) => {
    expect(statusOf({ ...headers } as Record<string, string>, method)).toBe(status)
  })
})

test.each([
  ['/alerts/A-1', 'cross-site', 200],
  ['/api/cases/C-1/export', 'cross-site', 403],
  ['/api/cases/C-1/export', 'same-site', 403],
  ['/api/cases/C-1/export', 'same-origin', 200],
  ['/api/rejects?import=1', 'cross-site', 403],
])('a link to %s from %s is answered %i', (target, site, status) => {
  expect(statusOf({ 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 'GET', target)).toBe(status)
})

describe('Origin', () => {
  test.each([
    [HOST, ORIGIN, 200],
    [HOST, undefined, 200], // curl, a collector
    ['localhost', 'http://localhost', 200],
    ['localhost:80', 'http://localhost', 200],
    ['localhost', 'http://localhost:80', 200],
    ['LOCALHOST:3000', 'http://localhost:3000', 200],
    ['[::1]:3000', 'http://[::1]:3000', 200],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080', 200], // through a tunnel
    [HOST, 'null', 403],
    [HOST, '', 403],
    [HOST, 'http://localhost:3000', 403],
    [HOST, 'http://127.0.0.1:3001', 403],
    [HOST, 'http://127.0.0.1', 403],
    [HOST, 'https://127.0.0.1:3000', 403],
    [HOST, 'http://127.0.0.1:3000/', 403],
    [HOST, 'http://127.0.0.1:3000.evil.example', 403],
    [HOST, 'http://127.0.0.1:3000@evil.example', 403],
    [HOST, 'http://evil.example', 403],
    [HOST, 'chrome-extension://abcdefgh', 403],
    [HOST, 'file://', 403],
  ])('host %j with origin %j: a POST is answered %i', (host, origin, status) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(statusOf({ host, origin }, method)).toBe(status)
  })

  test('a same-origin mark does not excuse a foreign origin', () => {
    expect(statusOf({ 'sec-fetch-site': 'same-origin', origin: 'http://evil.example' }, 'POST')).toBe(403)
    expect(statusOf({ 'sec-fetch-site': 'none', origin: 'http://evil.example' }, 'POST')).toBe(403)
  })

  test('reading from a foreign origin is refused too', () => {
    expect(statusOf({ origin: 'http://evil.example' })).toBe(403)
    expect(statusOf({ origin: ORIGIN })).toBe(200)
  })
})

describe('WebSocket upgrades', () => {
  const upgrade = { upgrade: 'websocket', connection: 'Upgrade' }
  test.each([
    [{ origin: ORIGIN }, 200],
    [{ origin: ORIGIN, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'websocket' }, 200],
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'http://evil.example', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 403],
    [{ origin: ORIGIN, 'sec-fetch-site': 'cross-site' }, 403],
    [{ origin: ORIGIN, host: 'evil.example' }, 421],
  ])('%j is answered %i', (headers, status) => {
    expect(statusOf({ ...upgrade, ...headers })).toBe(status)
  })
})
