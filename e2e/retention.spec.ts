import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, expectAccessible, test } from './fixtures'

test.describe.configure({ mode: 'serial' })

/** What was received by now is said to have been received so many days ago. */
function age(dataDir: string, days: number): void {
  const db = new Sqlite(path.join(dataDir, 'linklocal.db'), { timeout: 60_000 })
  db.prepare('UPDATE import SET started_at = started_at - ?, finished_at = finished_at - ?').run(days * 86_400_000, days * 86_400_000)
  db.close()
}

test('a console that keeps everything says so', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'What this would do' })).toContainText('Everything is kept.')
  await expect(page.getByRole('button', { name: 'Run now…' })).toBeDisabled()
  await expectAccessible(page)
})

test('a policy shows what it would delete, is followed when asked, and leaves open alerts their records', async ({ page, server }) => {
  await page.goto('/')
  await page.getByRole('button', { name: /sample incident/i }).click()
  await expect(page.getByRole('link', { name: /18 alerts/ }).first()).toBeVisible()
  age(server.dataDir, 40)

  // A-1 is settled before; the others stay open.
  await page.goto('/alerts/A-1')
  await page.getByRole('button', { name: 'False positive…' }).click()
  await page.getByRole('dialog').getByLabel('Note').fill('Known.')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('dialog')).toBeHidden()

  await page.goto('/settings')
  await page.getByLabel('Delete events received more than').check()
  await page.getByLabel('Days that events are kept').fill('30')
  const effect = page.getByRole('region', { name: 'What this would do' })
  await expect(effect).toContainText(/Would delete about [\d,]+ events received before/)
  await expect(effect).toContainText(/kept because of 17 open alerts/)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Run now…' })).toBeEnabled()
  await page.getByRole('button', { name: 'Run now…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  const runs = page.getByRole('list', { name: 'Runs of retention' })
  await expect(runs).toContainText('Done')
  await expect(runs).toContainText(/[\d,]+ events deleted · 1 closed alert left without records · [\d,]+ kept for alerts and cases/)
  await expectAccessible(page)
})

test('the alert whose records went says so on every tab, and the open ones are as they were', async ({ page }) => {
  await page.goto('/alerts/A-1')
  await expect(page.getByRole('note')).toContainText(/linked records? (was|were) deleted by retention/)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('169.254.1')
  await expect(page.getByRole('region', { name: 'What the alert said of its records' })).toContainText('process.name')
  await expectAccessible(page)
  await page.getByRole('tab', { name: /Why/ }).click()
  await expect(page.getByRole('region', { name: 'Matched stages' })).toContainText('deleted by retention')
  await page.getByRole('tab', { name: /tree/i }).click()
  await expect(page.getByRole('list', { name: 'What this tree does not show' })).toContainText('deleted by retention')
  await page.getByRole('tab', { name: /History/ }).click()
  await expect(page.getByText('Records deleted by retention: the alert was closed and in no case')).toBeVisible()
  await page.goto('/alerts/A-1/process-tree')
  await expect(page.getByRole('list', { name: 'What this tree does not show' })).toContainText('deleted by retention')
  await page.goto('/alerts/A-9')
  await expect(page.getByRole('list', { name: 'Linked records in order' }).getByRole('article').first()).toBeVisible()
  await expect(page.getByText('deleted by retention')).toHaveCount(0)
})

test('sent again, the records are linked again to the alert as it was judged', async ({ page }) => {
  await page.goto('/alerts/A-1')
  const stored = await page.evaluate(async () => {
    const answer = await fetch('/api/sample', { method: 'POST' })
    return ((await answer.json()) as { stored: number }).stored
  })
  expect(stored).toBeGreaterThan(0)
  await page.reload()
  await expect(page.getByRole('list', { name: 'Linked records in order' }).getByRole('article').first()).toBeVisible()
  await expect(page.getByRole('note')).toHaveCount(0)
  await expect(page.getByRole('complementary', { name: 'Triage' })).toContainText('False positive')
})
