import { TEST_TIME, imdsPair, testHost } from '@/lib/ecs/testing'
import { expect, expectAccessible, test } from './fixtures'

test.describe.configure({ mode: 'serial' })

const host = testHost({ name: 'scan-01' })
const nessus = { host, parent: { name: 'nessusd', executable: '/srv/nessus/nessusd' } }
const line = (event: unknown) => JSON.stringify(event)

test.beforeAll(async ({ serverOf }, info) => {
  const server = await serverOf(info.file)
  const events = [1, 2].flatMap((nth) => imdsPair({ ...nessus, pid: 1000 + nth, at: TEST_TIME + nth * 60_000 }))
  const answer = await fetch(new URL('/api/ingest?name=scan.ndjson&source=upload', server.url), { method: 'POST', body: events.map(line).join('\n') })
  expect(await answer.json()).toMatchObject({ alerts: 2 })
})

test('it cannot be saved before its effect is known, then says it in green', async ({ page }) => {
  await page.goto('/alerts/A-1')
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/api/exceptions/preview', async (route) => {
    await held
    await route.continue()
  })
  await page.getByRole('button', { name: 'Exclude…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Field of condition 2')).toHaveValue('process.parent.executable')
  await expect(dialog.getByLabel('Value of condition 2')).toHaveValue('/srv/nessus/nessusd')
  const save = dialog.getByRole('button', { name: /^Save/ })
  await expect(save).toBeDisabled()
  await expect(dialog.getByText('Looking at what it would hold back…')).toBeVisible()
  release()
  await expect(dialog.getByText(/Holds back 2 alerts of 2/)).toBeVisible()
  await expect(save).toBeEnabled()
})

test('one that hides a true positive is red, names it, and wants a tick; seen without scrolling at twice the size', async ({ page }) => {
  await page.goto('/alerts/A-1')
  await page.keyboard.press('t')
  const closing = page.getByRole('dialog')
  await closing.getByLabel('Note').fill('Credentials were used elsewhere.')
  await page.keyboard.press('Control+Enter')
  await expect(closing.getByRole('alert')).toContainText('not settled')
  await page.keyboard.press('Control+Enter')
  await expect(closing).toBeHidden()

  await page.setViewportSize({ width: 720, height: 450 })
  await page.goto('/alerts/A-2')
  await page.keyboard.press('e')
  const dialog = page.getByRole('dialog')
  const warning = dialog.getByRole('alert').filter({ hasText: 'Hides 1 true positive' })
  await expect(warning).toBeInViewport()
  await expect(warning.getByRole('link', { name: 'A-1' })).toBeVisible()
  const save = dialog.getByRole('button', { name: /^Save/ })
  await expect(save).toBeInViewport()
  await expect(save).toBeDisabled()
  await expectAccessible(page)
  await dialog.getByLabel('Reason').fill('The scanner asks, agreed.')
  await dialog.getByRole('checkbox', { name: 'Hide it all the same' }).check()
  await expect(save).toBeEnabled()
  await save.click()
  await expect(dialog).toBeHidden()

  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto('/exceptions')
  await expect(page.getByRole('row').filter({ hasText: 'E-1' })).toContainText('Hides A-1, a true positive')
  await page.goto('/rules')
  await page.getByRole('link', { name: /Unusual Instance Metadata Service/ }).click()
  await expect(page.getByText('Hides A-1, a true positive')).toBeVisible()
})

test('a field that nothing has wants a tick, and the nearest is named', async ({ page }) => {
  await page.goto('/exceptions?new=1&field=process.executeable&value=/srv/agent')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText(/Did you mean process\.executable/).first()).toBeVisible()
  const save = dialog.getByRole('button', { name: /^Save/ })
  await expect(save).toBeDisabled()
  await dialog.getByRole('checkbox', { name: 'I mean process.executeable' }).check()
  await expect(save).toBeEnabled()
})

test('what is held back can be looked at, counted for today, and raised', async ({ page, server }) => {
  const events = imdsPair({ ...nessus, pid: 2001, at: TEST_TIME + 9_000_000 })
  const answer = await fetch(new URL('/api/ingest?name=more.ndjson&source=upload', server.url), { method: 'POST', body: events.map(line).join('\n') })
  expect(await answer.json()).toMatchObject({ stored: 2, alerts: 0 })

  await page.goto('/')
  await page.getByRole('link', { name: '1 held back today' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Held back today' })).toBeVisible()
  await page.goto('/exceptions')
  await page.getByRole('link', { name: '1 held back by E-1' }).click()
  const row = page.getByRole('row').filter({ hasText: 'pid 2001' })
  await expect(row).toContainText('scan-01')
  await expectAccessible(page)
  await row.getByRole('link', { name: 'curl exec' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'curl, exec record' })).toBeVisible()
  await expectAccessible(page)

  await page.goto('/exceptions')
  await page.getByRole('switch', { name: 'E-1 enabled' }).press('Space')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('checkbox', { name: /^Raise the match/ }).check()
  await dialog.getByRole('button', { name: 'Switch off' }).click()
  await expect(dialog).toBeHidden()
  await expect(async () => {
    await page.goto('/alerts')
    await expect(page.getByRole('link', { name: /pid 2001/ })).toBeVisible({ timeout: 2_000 })
  }).toPass()
  await page.goto('/exceptions/E-1')
  await expect(page.getByRole('row').filter({ hasText: 'pid 2001' }).getByRole('link', { name: 'A-3' })).toBeVisible()
})
