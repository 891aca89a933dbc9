import { networkEvent, execEvent, imdsPair, withFields } from '@/lib/ecs/testing'
import { expect, expectAccessible, test } from './fixtures'

test('what a record leaves out is filled in, and marked wherever it is shown', async ({ page, request }) => {
  const [exec, connect] = imdsPair({ id: 'exec' })
  const bare = withFields(connect, { 'process.parent': undefined, 'process.entity_id': undefined })
  const other = networkEvent({ destinationIp: '192.0.2.1', id: 'other' })
  const body = [bare, execEvent({ pid: 4700, id: 'parent' }), other, exec].map((event) => JSON.stringify(event)).join('\n')
  expect((await request.post('/api/ingest', { data: body, headers: { 'content-type': 'application/x-ndjson' } })).ok()).toBe(true)
  await page.goto('/alerts')
  await page.getByRole('table', { name: 'Alerts' }).getByRole('link', { name: /connected to 169\.254\.169\.254/ }).click()
  await expect(page).toHaveURL(/\/alerts\/A-\d+/)
  const mark = page.getByText(/^filled in/).first()
  await expect(mark).toBeVisible()
  await expect(mark).toHaveAttribute('title', 'Not in the record itself: from the exec record of 2026-11-03T10:00:00.000Z')
  await expectAccessible(page)
  await page.getByRole('tab', { name: 'Events' }).click()
  await page.getByText(/^2 · network/).click()
  const row = page.getByRole('row').filter({ hasText: 'process.parent.entity_id' })
  await expect(row).toContainText('filled in, from the exec record')
  await expect(page.getByRole('row').filter({ hasText: 'destination.ip' })).not.toContainText('filled in')
  await expect(page.getByRole('row').filter({ hasText: 'linklocal' })).toHaveCount(0)
  await expectAccessible(page)
})
