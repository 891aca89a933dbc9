import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startServer, type ServerProcess } from '@/bin/server-process.mjs'
import { imdsPair } from '@/lib/ecs/testing'
import { expect, expectAccessible, test } from './fixtures'

let folder: string
let watching: ServerProcess

test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'linklocal-watched-'))
  watching = await startServer({ env: { LINKLOCAL_WATCH: folder } })
})
test.afterAll(async () => {
  expect(await watching.stop()).toBe(0)
  rmSync(folder, { recursive: true })
})

/** Puts a file there that was last written a minute ago. */
function put(name: string, contents: string | Buffer): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, contents)
  const then = Date.now() / 1000 - 60
  utimesSync(file, then, then)
  return file
}

function lines(pid: number): string {
  return imdsPair({ pid, at: Date.UTC(2026, 0, 1) + pid * 60_000, gapMs: 200 }).map((event) => `${JSON.stringify(event)}\n`).join('')
}

test('files of a watched folder are taken in, read again when they grow, and what is left out is said', async ({ page }) => {
  const file = put('web-01/events.ndjson', lines(1))
  put('broken.ndjson.gz', Buffer.from([0x1f, 0x8b, 0xff, 0xff, 0xff, 0xff]))
  symlinkSync('/etc/passwd', path.join(folder, 'link'))
  await page.goto(`${watching.url}/sources`)
  const row = page.getByRole('region', { name: 'Watched folders' }).getByRole('row').filter({ hasText: folder })
  await expect(row).toContainText('Watching')
  await expect(row.getByRole('cell').nth(4)).toHaveText('1')
  const imports = page.getByRole('region', { name: 'Imports' })
  await expect(imports.getByRole('row').filter({ hasText: 'web-01/events.ndjson' })).toHaveCount(1)
  await expect(page.getByText('2 are not taken in')).toBeVisible()
  await page.getByText('2 are not taken in').click()
  await expect(page.getByText('a symbolic link, which is not followed')).toBeVisible()
  await expectAccessible(page)

  appendFileSync(file, lines(2))
  await expect(imports.getByRole('row').filter({ hasText: 'web-01/events.ndjson' })).toHaveCount(2)
  await expect(page.getByRole('region', { name: 'Sources' }).getByRole('row').filter({ hasText: folder })).toContainText('Watched folder')
  await page.goto(`${watching.url}/alerts`)
  await expect(page.getByText(/pid 2\b/).first()).toBeVisible()
})
