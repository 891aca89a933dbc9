import { TEST_TIME, execEvent, imdsPair } from '@/lib/ecs/testing'
import { expect, expectAccessible, test } from './fixtures'

test.describe.configure({ mode: 'serial' })

const hostless = imdsPair().map((event) => JSON.stringify({ ...event, host: { os: { type: 'linux' } } }))
const lines = [
  ...hostless,
  '{"@timestamp": "yesterday", "host": {"name": "web-01"}}',
  `{"message": "${'x'.repeat(70_000)}"`,
  ...imdsPair({ at: TEST_TIME + 60_000, pid: 5000 }).map((event) => JSON.stringify(event)),
]

test('an import has a page that says what each rule did with it', async ({ page, server }) => {
  const answer = await fetch(`${server.url}/api/ingest?name=fleet.ndjson&source=fleet`, { method: 'POST', body: lines.join('\n') })
  expect(answer.status).toBe(200)
  await page.goto('/sources')
  await page.getByRole('table').getByRole('link', { name: 'fleet.ndjson' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'fleet.ndjson' })).toBeVisible()
  const row = page.getByRole('row').filter({ hasText: 'Unusual Instance Metadata Service' })
  await expect(row.getByRole('cell').nth(1)).toHaveText('2')
  await expectAccessible(page)
  await page.screenshot({ path: test.info().outputPath('import.png'), fullPage: true })
  await row.getByRole('link', { name: '1', exact: true }).click()
  await expect(page).toHaveURL(/import=1/)
  await expect(page.getByRole('table').getByRole('link', { name: /169\.254\.169\.254/ })).toHaveCount(1)
  await page.goto('/rules')
  await page.getByRole('link', { name: /Unusual Instance Metadata Service/ }).click()
  await expect(page.getByRole('list', { name: 'Runs' }).getByRole('link', { name: 'fleet.ndjson' })).toBeVisible()
  await expectAccessible(page)
})

test('rejected records are retried with the host that they do not name', async ({ page }) => {
  await page.goto('/sources/rejects?import=1')
  await expect(page.getByText('Only its first 64.0 KiB were kept')).toBeVisible()
  await page.getByRole('link', { name: /no_host/ }).click()
  await page.getByRole('button', { name: 'Retry 2 records…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Host').fill('two words')
  await dialog.getByRole('button', { name: 'Retry', exact: true }).click()
  await expect(dialog.getByRole('alert')).toHaveText('A host name has no blanks.')
  await dialog.getByLabel('Host').fill('web-02')
  await expectAccessible(page)
  await page.screenshot({ path: test.info().outputPath('retry.png') })
  await dialog.getByRole('button', { name: 'Retry', exact: true }).click()
  await expect(dialog.getByText('2 records are stored now. 1 alert was raised.')).toBeVisible()
  await dialog.getByRole('link', { name: 'retry of fleet.ndjson' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'retry of fleet.ndjson' })).toBeVisible()
  await expect(page.getByRole('link', { name: '1 alert', exact: true })).toBeVisible()
})

test('one record is corrected by hand, and what was sent stays', async ({ page }) => {
  await page.goto('/sources/rejects?import=1&code=bad_timestamp')
  await page.getByRole('button', { name: 'Edit record 3 of fleet.ndjson' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Record', { exact: true })).toHaveValue(/yesterday/)
  await expectAccessible(page)
  await page.screenshot({ path: test.info().outputPath('edit.png') })
  await dialog.getByLabel('Record', { exact: true }).fill('{"@timestamp": "tomorrow", "host": {"name": "web-01"}}')
  await dialog.getByRole('button', { name: 'Save and retry' }).click()
  await expect(dialog.getByText('rejected again')).toBeVisible()
  await dialog.getByLabel('Record', { exact: true }).fill(JSON.stringify(execEvent({ id: 'fixed' })))
  await dialog.getByRole('button', { name: 'Save and retry' }).click()
  await expect(dialog.getByText('1 record is stored now.')).toBeVisible()
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()

  await page.goto('/sources/rejects?import=1&state=resolved')
  await expect(page.getByRole('main').getByRole('listitem').filter({ hasText: 'Edited by' })).toHaveCount(1)
  await expect(page.getByText(/Stored .* by a retry/)).toHaveCount(3)
  await expectAccessible(page)
  await page.screenshot({ path: test.info().outputPath('resolved.png'), fullPage: true })
  const rows = (await (await page.request.get('/api/rejects?import=1&state=resolved&code=bad_timestamp')).text()).trim().split('\n')
  expect(JSON.parse(rows[0] ?? '')).toMatchObject({ text: lines[2], edited_text: JSON.stringify(execEvent({ id: 'fixed' })) })
})
