import { defineConfig } from '@playwright/test'
import { isSupported, SUPPORTED } from '@/bin/runtime.mjs'
import { BROWSER_ADVICE, BROWSER_ARGS, findBrowser } from '@/bin/browser.mjs'

if (!isSupported()) throw new Error(`The tests need ${SUPPORTED}; this is ${process.versions.node}. Run them with: npm run e2e`)

const executablePath = await findBrowser()
if (!executablePath) throw new Error(BROWSER_ADVICE)
// Each worker loads this file again; what was found once need not be searched for again.
process.env['LINKLOCAL_CHROMIUM'] = executablePath

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/build.ts',
  outputDir: 'test-results',
  // Files run side by side, each with a console of its own; the tests of a file share it and run in order.
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  // Generous: a loaded machine is slow, and nothing here asserts how fast it is.
  timeout: 900_000,
  expect: { timeout: 90_000 },
  reporter: 'list',
  use: {
    launchOptions: { executablePath, args: [...BROWSER_ARGS] },
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
})
