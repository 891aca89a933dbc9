import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { startServer } from '@/bin/server-process.mjs'
import { expect, expectAccessible, test } from './fixtures'

/** Playwright's own client writes the Host header itself; the attacks here are about what it says. */
function statusFor(url: string, method: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on('error', reject)
    request.end()
  })
}

test('opens on an accessible page', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveTitle(/Linklocal/)
  await expect(page.getByRole('main')).toBeVisible()
  await expectAccessible(page)
})

test('a printed page leaves the navigation out', async ({ page }) => {
  await page.goto('/cases')
  const navigation = page.getByRole('navigation').first()
  await expect(navigation).toBeVisible()
  await page.emulateMedia({ media: 'print' })
  await expect(navigation).toBeHidden()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
})

test('sends its security headers with pages and with refusals', async ({ server }) => {
  for (const headers of [undefined, { 'sec-fetch-site': 'cross-site' }]) {
    const response = await fetch(server.url, headers ? { headers } : {})
    await response.arrayBuffer()
    expect(response.headers.get('content-security-policy')).toMatch(/script-src 'self' 'nonce-[^']+';.*frame-ancestors 'none'/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('x-powered-by')).toBeNull()
  }
})

test('a page of another site cannot reach it', async ({ server }) => {
  const port = new URL(server.url).port
  expect(await statusFor(server.url, 'GET', { host: `localhost:${port}` })).toBe(200)
  expect(await statusFor(server.url, 'GET', { host: `rebound.example:${port}` })).toBe(421)
  expect(await statusFor(server.url, 'POST', { origin: 'http://evil.example' })).toBe(403)
  expect(await statusFor(server.url, 'POST', { origin: server.url, 'sec-fetch-site': 'same-site' })).toBe(403)
})

test('a page that does not exist says so', async ({ page, allow }) => {
  allow(/404/)
  const response = await page.goto('/nothing-here')
  expect(response?.status()).toBe(404)
  await expectAccessible(page)
})

test('ends in order while connections are open', async () => {
  const own = await startServer()
  const { hostname, port } = new URL(own.url)
  const agent = new Agent({ keepAlive: true })
  await new Promise<void>((resolve, reject) => {
    httpRequest(own.url, { agent }, (response) => {
      response.resume().on('end', resolve)
    })
      .on('error', reject)
      .end()
  })
  // A client that never finishes its request.
  const halfway = connect(Number(port), hostname)
  halfway.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    halfway.write('POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc', () => resolve())
  })
  expect(await own.stop()).toBe(0)
  agent.destroy()
  halfway.destroy()
})
