import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Locator, Page } from '@playwright/test'
import { startServer } from '@/bin/server-process.mjs'
import { TEST_TIME, execEvent } from '@/lib/ecs/testing'
import { LIMITS } from '@/lib/limits'
import { flakyNetwork, type FlakyNetwork } from './flaky-network'
import { expect, expectAccessible, test } from './fixtures'

let network: FlakyNetwork
test.beforeEach(async ({ server }) => {
  network = await flakyNetwork(server.url)
})
test.afterEach(async ({ page }) => {
  // First the page: one that is just being read anew would report that it was cut off.
  await page.close()
  network.close()
})

/** What a browser says of connections that are cut before or within an answer. */
const CUT_OFF = /ERR_|Failed to load resource|Failed to fetch|network error/

const EVENTS = 6_000

function events(name: string, count = EVENTS): string {
  return Array.from({ length: count }, (_, i) => `${JSON.stringify(execEvent({ id: `${name}-${i}`, pid: i + 1, at: TEST_TIME + i }))}\n`).join('')
}

function upload(page: Page, name: string): Locator {
  return page.getByRole('list', { name: 'Uploads' }).getByRole('listitem').filter({ hasText: name })
}

async function choose(page: Page, button: string, files: string | string[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: button }).click()
  await (await chooser).setFiles(files)
}

/** As from a file manager. Chromium's own protocol, because no event made in a page can carry a folder. */
async function drop(page: Page, files: string[]): Promise<void> {
  const zone = page.getByText('Drop event files or folders here')
  // Which also waits until it stands still.
  await zone.scrollIntoViewIfNeeded()
  const box = await zone.boundingBox()
  if (!box) throw new Error('there is nowhere to drop files')
  const browser = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await browser.send('Input.dispatchDragEvent', { type, x: box.x + 20, y: box.y + 5, data: { items: [], files, dragOperationsMask: 1 } })
  }
  await browser.detach()
}

test('an upload goes on by itself when the connection comes back, and every event is there once', async ({ page, allow }, info) => {
  allow(CUT_OFF)
  const file = info.outputPath('dropped.ndjson')
  writeFileSync(file, events('dropped'))
  await page.goto(`${network.url}/sources`)
  network.hangAfter(1_500_000)
  await choose(page, 'Choose files…', file)
  const row = upload(page, 'dropped.ndjson')
  await expect(row).toContainText(/[1-9]\d? % · NDJSON/)
  network.down()
  await expect(row).toContainText(/waiting for the connection — \d+ % is here/)
  await expect(row).not.toContainText('waiting for the connection — 0 %')
  await expectAccessible(page)
  network.up()
  await expect(row).toContainText(`stored${EVENTS.toLocaleString('en')}`)
  await expect(row).toContainText('duplicates0')
  await expect(row).toContainText('rejected0')
  await expect(row).toContainText('read asNDJSON')
  await expect(page.getByRole('row').filter({ hasText: 'dropped.ndjson' })).toHaveCount(1)
})

test('the same file given again after a reload goes on where it stopped', async ({ page, allow }, info) => {
  allow(CUT_OFF)
  page.on('dialog', (dialog) => void dialog.accept())
  const file = info.outputPath('reloaded.ndjson')
  writeFileSync(file, events('reloaded'))
  await page.goto(`${network.url}/sources`)
  network.hangAfter(2_000_000)
  await choose(page, 'Choose files…', file)
  await expect(upload(page, 'reloaded.ndjson')).toContainText(/[1-9]\d? % · NDJSON/)
  await page.reload()
  await expect(upload(page, 'reloaded.ndjson')).toContainText(/[1-9]\d? % is here\. Drop or choose the same file again/)
  await expectAccessible(page)
  network.up()

  const sent: string[] = []
  page.on('request', (request) => request.url().includes('/api/uploads/') && sent.push(`${request.method()} ${request.headers()['upload-offset'] ?? ''}`))
  await choose(page, 'Choose files…', file)
  await expect(upload(page, 'reloaded.ndjson')).toContainText(`stored${EVENTS.toLocaleString('en')}`)
  await expect(upload(page, 'reloaded.ndjson')).toContainText('duplicates0')
  expect(sent[0]).toMatch(/^HEAD/)
  expect(sent.at(-1)).toMatch(/^PATCH [1-9]/)
  await expect(page.getByRole('row').filter({ hasText: 'reloaded.ndjson' })).toHaveCount(1)
})

test('a console that no longer knows the upload gets the file from its beginning', async ({ page, allow }, info) => {
  allow(CUT_OFF)
  allow(/404 HEAD/)
  const file = info.outputPath('restarted.ndjson')
  writeFileSync(file, events('restarted'))
  await page.goto(`${network.url}/sources`)
  network.hangAfter(1_500_000)
  await choose(page, 'Choose files…', file)
  const row = upload(page, 'restarted.ndjson')
  await expect(row).toContainText(/[1-9]\d? % · NDJSON/)
  network.down()
  await expect(row).toContainText('waiting for the connection')
  const other = await startServer()
  try {
    network.leadTo(other.url)
    network.up()
    await expect(row).toContainText(`stored${EVENTS.toLocaleString('en')}`)
    await expect(row).toContainText('The console no longer knew this upload')
    await page.close()
  } finally {
    expect(await other.stop()).toBe(0)
  }
})

test('a file that is damaged in its middle ends there, once, and says so', async ({ page, allow }, info) => {
  allow(/ERR_|Failed to load resource|422 PATCH|410 HEAD/)
  const noise = Array.from({ length: 3_000 }, (_, i) => `${JSON.stringify({ ...execEvent({ id: `noise-${i}`, pid: i + 1, at: TEST_TIME + i }), labels: { noise: randomBytes(3_000).toString('base64') } })}\n`).join('')
  const damaged = gzipSync(noise)
  damaged.fill(0, 2_000_000, 2_100_000)
  const file = info.outputPath('damaged.ndjson.gz')
  writeFileSync(file, damaged)
  await page.goto('/sources')
  await choose(page, 'Choose files…', file)
  await expect(upload(page, 'damaged.ndjson.gz')).toContainText('gzip stream is damaged')
  await expect(page.getByRole('row').filter({ hasText: 'damaged.ndjson.gz' })).toHaveCount(1)
  await expect(page.getByRole('row').filter({ hasText: 'damaged.ndjson.gz' })).toContainText('Ended early')
})

test('pages of other sites cannot upload', async ({ page, server }) => {
  for (const method of ['POST', 'HEAD', 'PATCH', 'DELETE']) {
    for (const headers of [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[]) {
      const target = `${server.url}/api/uploads${method === 'POST' ? '' : '/0b5e7f4c-0000-4000-8000-000000000000'}`
      const answer = await page.request.fetch(target, { method, headers: { ...headers, 'tus-resumable': '1.0.0', 'upload-length': '10' } })
      expect(answer.status()).toBe(403)
      expect(answer.headers()['access-control-allow-origin']).toBeUndefined()
    }
  }
})

test('folders and files are dragged in together', async ({ page }, info) => {
  const folder = info.outputPath('dragged')
  mkdirSync(path.join(folder, 'deep', 'deeper'), { recursive: true })
  writeFileSync(path.join(folder, 'deep', 'deeper', 'a.ndjson'), events('dragged-a', 7))
  const file = info.outputPath('beside.ndjson')
  writeFileSync(file, events('dragged-b', 8))
  await page.goto('/sources')
  await drop(page, [folder, file])
  await expect(upload(page, 'dragged/deep/deeper/a.ndjson')).toContainText('stored7')
  await expect(upload(page, 'beside.ndjson')).toContainText('stored8')
})

test('a file that is dropped before the page can take it is not opened in its place', async ({ page }, info) => {
  const file = info.outputPath('early.ndjson')
  writeFileSync(file, events('early', 5))
  let letThrough = (): void => undefined
  const held = new Promise<void>((resolve) => {
    letThrough = resolve
  })
  await page.route('**/_next/static/**/*.js', async (route) => {
    await held
    await route.continue()
  })
  const opened = page.goto('/sources')
  await drop(page, [file])
  letThrough()
  await opened
  await expect(page.getByRole('list', { name: 'Uploads' })).toHaveCount(0)
  await drop(page, [file])
  await expect(upload(page, 'early.ndjson')).toContainText('stored5')
  expect(page.context().pages()).toHaveLength(1)
})

test('a cancelled upload ends on the server too', async ({ page, allow }, info) => {
  allow(CUT_OFF)
  const file = info.outputPath('cancelled.ndjson')
  writeFileSync(file, events('cancelled'))
  await page.goto(`${network.url}/sources`)
  network.hangAfter(1_000_000)
  await choose(page, 'Choose files…', file)
  const row = upload(page, 'cancelled.ndjson')
  await expect(row).toContainText(/[1-9]\d? %/)
  await row.getByRole('button', { name: 'Cancel cancelled.ndjson' }).click()
  await expect(row).toContainText('Cancelled. What was read until then is stored')
  await expect(page.getByRole('row').filter({ hasText: 'cancelled.ndjson' })).toContainText('Cancelled')
  await page.reload()
  await expect(page.getByRole('list', { name: 'Uploads' })).toHaveCount(0)
})

test('a folder is taken with what lies below it, and files that are too many are not', async ({ page }, info) => {
  const folder = info.outputPath('hosts')
  mkdirSync(path.join(folder, 'web-01', 'old'), { recursive: true })
  writeFileSync(path.join(folder, 'web-01', 'now.ndjson'), events('now', 10))
  writeFileSync(path.join(folder, 'web-01', 'old', 'then.ndjson.gz'), gzipSync(events('then', 20)))
  writeFileSync(path.join(folder, '.DS_Store'), 'litter')
  await page.goto('/sources')
  await choose(page, 'Choose a folder…', folder)
  await expect(upload(page, 'hosts/web-01/now.ndjson')).toContainText('stored10')
  await expect(upload(page, 'hosts/web-01/old/then.ndjson.gz')).toContainText('stored20')
  await expect(page.getByRole('list', { name: 'Uploads' }).getByRole('listitem')).toHaveCount(2)

  const many = info.outputPath('many')
  mkdirSync(many)
  for (let i = 0; i <= LIMITS.uploadFiles; i++) writeFileSync(path.join(many, `${i}.ndjson`), '')
  await choose(page, 'Choose a folder…', many)
  await expect(page.getByText(/These are 1,001 files; at most 1,000 are taken at once/)).toBeVisible()
  await expectAccessible(page)
})

test('audit records that do not name their host lead to the field that does', async ({ page }, info) => {
  const file = info.outputPath('audit.log')
  const lines = [1, 2, 3].map((n) => `type=SYSCALL msg=audit(${TEST_TIME / 1000 + n}.000:${n}): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=${n} uid=0 comm="id" exe="/usr/bin/id"`)
  writeFileSync(file, `${lines.join('\n')}\n`)
  await page.goto('/sources')
  await choose(page, 'Choose files…', file)
  const row = upload(page, 'audit.log')
  await expect(row).toContainText('rejected3')
  await expect(row).toContainText('read asauditd log')
  await row.getByRole('textbox', { name: 'Host of these records' }).fill('web-07')
  await expectAccessible(page)
  await row.getByRole('button', { name: 'Send again' }).click()
  await expect(row).toContainText('stored3')
  await expect(row).toContainText('rejected0')

  // Or it is said beforehand.
  const other = info.outputPath('other.log')
  writeFileSync(other, `${lines.join('\n')}\n`)
  await page.getByRole('textbox', { name: 'Host of audit records' }).fill('web-08')
  await page.getByRole('combobox', { name: 'Records are' }).selectOption('auditd log')
  await choose(page, 'Choose files…', other)
  await expect(upload(page, 'other.log')).toContainText('stored3')
})
