import { expect, expectAccessible, test } from './fixtures'

test.describe.configure({ mode: 'serial' })

test('one click loads the sample incident and leads to its alerts', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: /sample incident/i }).click()
  await page.getByRole('link', { name: /18 alerts/ }).first().click()
  await expect(page).toHaveURL(/\/alerts/)
  await expect(page.getByRole('table').getByRole('link', { name: /169\.254\.1\d\d\.\d/ })).toHaveCount(18)
})

test('every page of a console with the sample is accessible', async ({ page }) => {
  for (const path of ['/', '/alerts?status=all', '/alerts/A-9', '/alerts/A-9/process-tree', '/cases', '/exceptions', '/rules', '/sources']) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expectAccessible(page)
  }
  await page.goto('/rules')
  await page.getByRole('link', { name: /Unusual Instance Metadata Service/ }).click()
  await expect(page.getByText('sequence by host.id')).toBeVisible()
  await expectAccessible(page)
})

test('the queue is triaged by keyboard alone', async ({ page }) => {
  await page.goto('/alerts')
  const rows = page.getByRole('table').getByRole('row')
  await expect(rows.nth(1)).toBeVisible()
  await page.keyboard.press('j')
  await page.keyboard.press('a')
  await expect(page.getByRole('table')).toContainText('Acknowledged')
  await page.keyboard.press('f')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Note')).toBeFocused()
  await page.keyboard.type('Backup job, known.')
  await page.keyboard.press('Control+Enter')
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('table').getByRole('link', { name: /169\.254\.1\d\d\.\d/ })).toHaveCount(17)
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/alerts\/A-\d+/)
})

test('a noisy parent on the overview leads to an exception for it', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('row').filter({ hasText: '/opt/backup/backup.sh' }).getByRole('link', { name: /Exclude/ }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Field of condition 1')).toHaveValue('process.parent.executable')
  await expect(dialog.getByLabel('Value of condition 1')).toHaveValue('/opt/backup/backup.sh')
  await expect(dialog.getByRole('region', { name: 'Effect of this exception' }).getByRole('link', { name: /^A-\d+$/ })).toHaveCount(5)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(page).toHaveURL(/\/exceptions$/)
})

test('the intruder at a prompt raises the second rule, which says what made it interactive', async ({ page }) => {
  await page.goto('/alerts?status=all')
  const interactive = page.getByRole('table').getByRole('link', { name: /Network utility accessed/ })
  await expect(interactive).toHaveCount(4)
  // The cron job on app-02 asks every ten minutes and has no terminal.
  await expect(page.getByRole('table').getByRole('link', { name: /backup\.sh.*Network utility/ })).toHaveCount(0)
  await page.getByRole('table').getByRole('link', { name: /pid 203245, deploy, pts\/0.*Network utility/ }).click()
  const triage = page.getByRole('complementary', { name: 'Triage' })
  await expect(triage.getByRole('heading', { name: /Investigation/ })).toContainText('0/5')
  await page.getByRole('tab', { name: /Why/ }).click()
  const matching = page.getByRole('list', { name: 'Matching sub-expressions' })
  await expect(matching).toContainText('curl')
  await expect(matching).toContainText('tty_name')
  await expect(matching).toContainText('pts')
  await expect(page.getByRole('region', { name: 'Query text' }).locator('mark').first()).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('note').getByRole('link', { name: /Unusual Instance Metadata Service/ }).click()
  await expect(page).toHaveURL(/\/alerts\/A-\d+$/)
  await expect(page.getByRole('heading', { level: 1, name: /pid 203245/ })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Unusual Instance Metadata Service (IMDS) API Request' })).toBeVisible()
})
