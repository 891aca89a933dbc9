import { Client, errors } from '@elastic/elasticsearch'
import type { Page } from '@playwright/test'
import { TEST_TIME, imdsPair } from '@/lib/ecs/testing'
import { expect, expectAccessible, test } from './fixtures'

/** Makes a token as a person would, and answers what is shown once. */
async function createToken(page: Page, name: string): Promise<string> {
  await page.goto('/sources')
  await page.getByRole('textbox', { name: 'Name of the new token' }).fill(name)
  await page.getByRole('button', { name: 'Create token' }).click()
  const shown = page.locator('pre').filter({ hasText: /^ll_[0-9a-f]{12}\.[\w-]{43}$/ })
  await expect(shown).toBeVisible()
  return (await shown.innerText()).trim()
}

function clientOf(node: string, token: string, retries = 0): Client {
  const [id = '', api_key = ''] = token.split('.')
  return new Client({ node, auth: { apiKey: { id, api_key } }, maxRetries: retries })
}

/** A document without an event.id, as a collector sends it. */
function document(index: number): Record<string, unknown> {
  return {
    '@timestamp': new Date(TEST_TIME + index).toISOString(),
    host: { name: 'web-01' },
    event: { category: ['process'], type: ['start'], action: 'exec' },
    process: { pid: index, name: 'true', args: ['true', String(index)] },
  }
}

test.describe.configure({ mode: 'serial' })

test('before there is a token, shippers are told how to get one', async ({ server }) => {
  const answer = await fetch(`${server.url}/_bulk`, { method: 'POST', body: '{"index":{}}\n{}\n' })
  expect(answer.status).toBe(401)
  expect(await answer.text()).toContain('Create one on the console’s Sources page')
  // Programs of this machine may still send files.
  const file = await fetch(`${server.url}/api/ingest?source=before`, { method: 'POST', body: JSON.stringify(document(1)) })
  expect(file.status).toBe(200)
})

test('a token is shown once, fills in configurations, and lets events in until it is revoked', async ({ page, server }) => {
  const token = await createToken(page, 'web fleet')
  await expect(page.getByText(`api_key: "${token.replace('.', ':')}"`)).toBeVisible()
  await page.getByLabel('Configuration for').selectOption('Vector')
  await expect(page.getByText(`password: "${token.split('.')[1]}"`)).toBeVisible()
  await expectAccessible(page)

  const client = clientOf(server.url, token)
  expect((await client.bulk({ operations: [{ index: { _index: 'logs' } }, document(1)] })).errors).toBe(false)
  expect((await fetch(`${server.url}/api/ingest?source=file`, { method: 'POST', body: '{}' })).status).toBe(401)
  expect((await fetch(`${server.url}/api/ingest`, { method: 'POST', body: JSON.stringify(document(2)), headers: { authorization: `Bearer ${token}` } })).status).toBe(200)

  await page.reload()
  await expect(page.getByText(token.split('.')[1] ?? '')).toHaveCount(0)
  await page.getByRole('button', { name: 'Revoke web fleet' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByText('Revoked', { exact: true })).toBeVisible()
  await expect(client.bulk({ operations: [{ index: {} }, document(3)] })).rejects.toMatchObject({ statusCode: 401 })
  // With the last token gone the door does not open again.
  expect((await fetch(`${server.url}/api/ingest`, { method: 'POST', body: JSON.stringify(document(4)) })).status).toBe(401)
})

test('Elasticsearch’s own client is answered as by Elasticsearch', async ({ page, server }) => {
  const client = clientOf(server.url, await createToken(page, 'client'))
  expect((await client.info()).tagline).toBe('You Know, for Search')
  expect(await client.ping()).toBe(true)
  expect(await client.indices.existsIndexTemplate({ name: 'filebeat' })).toBe(true)
  expect((await client.cluster.health()).status).toBe('green')

  const operations = [
    { create: { _index: 'logs', _id: 'a' } },
    document(10),
    { create: { _index: 'logs', _id: 'a' } },
    document(10),
    { index: { _index: 'logs', _id: 'a' } },
    document(10),
    { index: { _index: 'logs' } },
    document(11),
    { index: { _index: 'logs' } },
    { message: 'without a time' },
    { delete: { _index: 'logs', _id: 'a' } },
  ]
  const answer = await client.bulk({ operations })
  expect(answer.errors).toBe(true)
  expect(answer.items.map((item) => Object.values(item)[0]?.status)).toEqual([201, 409, 200, 201, 400, 400])
  expect(answer.items[4]?.index?.error).toMatchObject({ type: 'document_parsing_exception', caused_by: { type: 'no_timestamp' } })
  expect((await client.create({ index: 'logs', id: 'one', document: document(12) })).result).toBe('created')
  await expect(client.create({ index: 'logs', id: 'one', document: document(12) })).rejects.toMatchObject({ statusCode: 409 })
  await expect(client.transport.request({ method: 'POST', path: '/_bulk', body: '{"upsert":{}}\n{}\n' })).rejects.toBeInstanceOf(errors.ResponseError)

  const stats = await client.helpers.bulk({
    datasource: Array.from({ length: 5_000 }, (_, i) => document(1_000 + i)),
    onDocument: (doc) => ({ create: { _index: 'logs', _id: String(doc['@timestamp']) } }),
    flushBytes: 100_000,
    concurrency: 4,
  })
  expect(stats).toMatchObject({ total: 5_000, successful: 5_000, failed: 0 })
  const again = await client.helpers.bulk({ datasource: [document(1_000), document(1_001)], onDocument: () => ({ index: { _index: 'logs' } }), onDrop: () => expect(true).toBe(false) })
  // These came with an id before and without one now: they are other records.
  expect(again).toMatchObject({ total: 2, successful: 2 })

  await page.reload()
  await expect(page.getByRole('row', { name: /^client/ }).filter({ hasText: '5,005' })).toBeVisible()
  await page.getByRole('row', { name: /^bulk / }).getByRole('link', { name: '1', exact: true }).click()
  await expect(page.getByText('without a time')).toBeVisible()
})

test('other sites’ pages cannot push, token or not', async ({ page, server }) => {
  const token = await createToken(page, 'foreign')
  const foreign: Record<string, string>[] = [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }]
  for (const headers of foreign) {
    const answer = await page.request.post(`${server.url}/_bulk`, { headers: { ...headers, authorization: `Bearer ${token}` }, data: '{"index":{}}\n{}\n' })
    expect(answer.status()).toBe(403)
  }
})

test('an open queue tells of new alerts without moving a row', async ({ page, server }) => {
  const client = clientOf(server.url, await createToken(page, 'live'))
  const push = (pid: number) => client.bulk({ operations: imdsPair({ pid, at: TEST_TIME + pid * 1000, gapMs: 200 }).flatMap((event) => [{ create: { _index: 'logs' } }, event]) })
  await push(1)
  // Its answer begins when the server counts the page among those it tells.
  const listening = page.waitForResponse((response) => response.url().includes('/api/live'))
  await page.goto('/alerts')
  await listening
  await expect(page.getByText(/pid 1\b/).first()).toBeVisible()
  await push(2)
  await push(3)
  await expect(page.getByRole('button', { name: '2 new' })).toBeVisible()
  await expect(page.getByText(/pid 3\b/)).toHaveCount(0)
  await page.getByRole('button', { name: '2 new' }).click()
  await expect(page.getByText(/pid 3\b/).first()).toBeVisible()
})

test('the stream of events resumes where a page left off', async ({ page, server }) => {
  const client = clientOf(server.url, await createToken(page, 'stream'))
  const read = async (query: string, until: string): Promise<string> => {
    const answer = await fetch(`${server.url}/api/live${query}`)
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const decoder = new TextDecoder()
    let text = ''
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk)
      if (text.includes(until)) break
    }
    return text
  }
  const here = Number(/id: (\d+)/.exec(await read('', 'event: here'))?.[1])
  await client.bulk({ operations: imdsPair({ pid: 9, at: TEST_TIME + 9_000, gapMs: 200 }).flatMap((event) => [{ create: { _index: 'logs' } }, event]) })
  const missed = await read(`?after=${here}`, 'event: alerts')
  expect(missed).toContain(`id: ${here + 1}\nevent: alerts\ndata: {"raised":1,"changed":0`)
})
