import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Fails on anything axe finds, in light and in dark; `within` limits it to a part of the page, such as an open dialog. */
export async function expectAccessible(page: Page, within?: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
    // On a busy machine the attribute is there before the page is drawn in it.
    await page.evaluate(async () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    // A page that reads itself anew takes its title away for a moment, which axe would not wait out.
    await expect(page).toHaveTitle(/./)
    const axe = new AxeBuilder({ page }).withTags(TAGS).disableRules('document-title')
    const { violations } = await (within === undefined ? axe : axe.include(within)).analyze()
    const found = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary ?? ''}`))
    expect(found, `axe in ${colorScheme}`).toEqual([])
  }
}
