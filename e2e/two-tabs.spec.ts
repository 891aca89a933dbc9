import type { Page } from '@playwright/test'
import { TEST_TIME, imdsPair, testHost } from '@/lib/ecs/testing'
import { expect, expectAccessible, test } from './fixtures'

/** What is done in one tab, seen in another; and what a stale one may no longer do without being told. */
test.describe.configure({ mode: 'serial' })

const host = testHost({ name: 'web-01' })
const row = (page: Page, pid: number) => page.getByRole('row').filter({ has: page.getByRole('link', { name: new RegExp(`pid ${pid}\\b`) }) })

test.beforeAll(async ({ serverOf }, info) => {
  const server = await serverOf(info.file)
  const body = [1, 2, 3, 4]
    .flatMap((i) => imdsPair({ host, at: TEST_TIME + i * 60_000, pid: 1000 + i, gapMs: 30 }))
    .map((event) => JSON.stringify(event))
    .join('\n')
  await fetch(new URL('/api/ingest?name=runs.ndjson&source=upload', server.url), { method: 'POST', body })
})

/** A second tab that hears nothing: as one whose connection is gone. */
async function deaf(page: Page): Promise<void> {
  await page.addInitScript(() => {
    class Silent extends EventTarget {
      static readonly CLOSED = 2
      readonly readyState = 0
      close(): void {}
    }
    Object.assign(window, { EventSource: Silent })
  })
}

async function open(page: Page, pid: number): Promise<void> {
  await page.goto('/alerts?status=all')
  await page.getByRole('link', { name: new RegExp(`pid ${pid}\\b`) }).click()
  await expect(page.getByRole('heading', { level: 1, name: new RegExp(`pid ${pid}\\b`) })).toBeVisible()
}

/** The dialog of a verdict, ready to be written in. */
async function ask(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key)
  await expect(page.getByRole('dialog').getByLabel('Note')).toBeFocused()
}

test('a verdict, an assignee and a tick given elsewhere arrive, with half-written text left alone', async ({ page, context }) => {
  const other = await context.newPage()
  await open(page, 1001)
  await open(other, 1001)
  const [here, there] = [page.getByRole('complementary', { name: 'Triage' }), other.getByRole('complementary', { name: 'Triage' })]
  await page.bringToFront()
  await here.getByRole('textbox', { name: 'Note' }).fill('half a thou')
  await there.getByRole('group', { name: 'Investigation step 1' }).getByRole('button', { name: 'Done' }).click()
  await expect(here.getByRole('group', { name: 'Investigation step 1' }).getByRole('button', { name: 'Done' })).toHaveAttribute('aria-pressed', 'true')
  await other.keyboard.press('m')
  await expect(here.getByRole('button', { name: 'local analyst' })).toBeVisible()
  await there.getByRole('button', { name: 'Acknowledge' }).click()
  await expect(here).toContainText('Acknowledged')
  await expect(page.getByText(/A-\d+ was changed elsewhere/).first()).toBeVisible()
  await expect(here.getByRole('textbox', { name: 'Note' })).toHaveValue('half a thou')
  await expectAccessible(page)
})

test('in the queue it shows in its row, and no row moves', async ({ page, context }) => {
  const other = await context.newPage()
  await page.goto('/alerts')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect(page.getByRole('link', { name: /pid 1003\b/ })).toBeFocused()
  const before = await row(page, 1003).boundingBox()
  await open(other, 1004)
  await ask(other, 'f')
  await other.keyboard.press('Control+Enter')
  await expect(other.getByRole('dialog')).toBeHidden()
  await expect(row(page, 1004)).toContainText('False positive')
  expect(await row(page, 1003).boundingBox()).toEqual(before)
  await expect(page.getByRole('link', { name: /pid 1003\b/ })).toBeFocused()
})

test('a verdict on a stale page is refused with who, what and when, and can be given anyway', async ({ page, context }) => {
  const other = await context.newPage()
  await deaf(page)
  await open(page, 1002)
  await open(other, 1002)
  await ask(other, 't')
  await other.keyboard.type('It was an attack.')
  await other.keyboard.press('Control+Enter')
  // Nothing of its checklist is settled, which is asked about once.
  await expect(other.getByRole('dialog').getByRole('alert')).toContainText('not settled')
  await other.keyboard.press('Control+Enter')
  await expect(other.getByRole('dialog')).toBeHidden()

  await page.bringToFront()
  await ask(page, 'b')
  await page.keyboard.type('It is ours.')
  await page.keyboard.press('Control+Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('alert')).toContainText('local analyst')
  await expect(dialog.getByRole('alert')).toContainText('Closed as true positive. It was an attack.')
  await expectAccessible(page)
  // Out of habit: nothing happens.
  await page.keyboard.press('Control+Enter')
  await expect(dialog.getByRole('alert')).toBeVisible()
  await dialog.getByRole('button', { name: /as benign true positive anyway/ }).click()
  await expect(dialog).toBeHidden()
  await open(other, 1002)
  await other.getByRole('tab', { name: /History/ }).click()
  await expect(other.getByRole('tabpanel')).toContainText('Verdict changed to benign true positive. It is ours.')
  await expect(other.getByRole('tabpanel')).toContainText('Closed as true positive. It was an attack.')
})

test('of a selection the unchanged ones are closed, the other is left', async ({ page, context }) => {
  const other = await context.newPage()
  await deaf(page)
  await page.goto('/alerts?status=all')
  await open(other, 1003)
  await other.getByRole('complementary', { name: 'Triage' }).getByRole('button', { name: 'Acknowledge' }).click()
  await expect(other.getByRole('complementary', { name: 'Triage' })).toContainText('Acknowledged')
  await page.bringToFront()
  await row(page, 1003).getByRole('checkbox').check()
  await row(page, 1001).getByRole('checkbox').check()
  await ask(page, 'f')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('Acknowledged.')
  await page.getByRole('dialog').getByRole('button', { name: 'Close the other one' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(row(page, 1001)).toContainText('False positive')
  await expect(row(page, 1003)).toContainText('Acknowledged')
})

test('undo is refused once somebody changed the same thing, and says so', async ({ page, context }) => {
  const other = await context.newPage()
  await open(page, 1003)
  await ask(page, 'f')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('dialog')).toBeHidden()
  // A message that somebody points at stays.
  await page.getByRole('button', { name: 'Undo', exact: true }).hover()
  await open(other, 1003)
  await other.keyboard.press('o')
  await expect(other.getByRole('complementary', { name: 'Triage' })).toContainText('Open')
  await page.bringToFront()
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(page.getByText(/local analyst changed A-\d+ at .*Reopened\. Nothing was undone\./)).toBeVisible()
})
