import { expect, expectAccessible, test } from './fixtures'
import type { Page } from '@playwright/test'

test.beforeAll(async ({ serverOf }, info) => {
  const server = await serverOf(info.file)
  const response = await fetch(`${server.url}/api/sample`, { method: 'POST', headers: { origin: server.url } })
  expect(response.ok).toBe(true)
  await response.text()
})

async function look(page: Page, query: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Search and commands' }).fill(query)
}

test('a reference opens at once', async ({ page }) => {
  await page.goto('/')
  await look(page, 'a-4')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/alerts\/A-4$/)
})

test('a role, a host and a program lead to their alerts, a rule and a case to their pages', async ({ page }) => {
  await page.goto('/alerts')
  const dialog = page.getByRole('dialog', { name: 'Search and commands' })
  await look(page, 'bastion')
  await expect(dialog.getByRole('button', { name: /bastion-01/ }).first()).toBeVisible()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: /bastion-admin-role \d+ alerts?/ }).click()
  await expect(page).toHaveURL(/about=role%3Abastion-admin-role|about=role:bastion-admin-role/)
  await expect(page.getByText('bastion-admin-role').first()).toBeVisible()
  await page.getByRole('button', { name: /Remove.*bastion-admin-role|bastion-admin-role.*Remove/i }).click()
  await expect(page).not.toHaveURL(/about=/)

  await look(page, 'Network utility accessed')
  await expect(dialog.getByRole('button', { name: /^Network utility accessed cloud metadata service/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/(rules|alerts)\//)
})

test('Shift with Enter limits the queue, Enter before the answer waits for it', async ({ page }) => {
  await page.goto('/')
  await look(page, 'Unusual Instance Metadata Service')
  await expect(page.getByRole('button', { name: /^Unusual Instance Metadata Service/ })).toBeVisible()
  await page.keyboard.press('Shift+Enter')
  await expect(page).toHaveURL(/\/alerts\?.*rule=/)
  await look(page, 'bastion-admin-role')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/alerts.*bastion-admin-role|\/alerts\/A-/)
})

test('commands are found by name, alone after >, and nothing says so', async ({ page }) => {
  await page.goto('/')
  await look(page, '> cases')
  const dialog = page.getByRole('dialog', { name: 'Search and commands' })
  await expect(dialog.getByRole('button')).toHaveCount(1)
  await page.getByRole('textbox', { name: 'Search and commands' }).fill('no such thing anywhere')
  await expect(dialog.getByText('Nothing has that name, and no command')).toBeVisible()
  await page.getByRole('textbox', { name: 'Search and commands' }).fill('> cases')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/cases/)
})
