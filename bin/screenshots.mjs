// Takes each page in light and dark, wide and narrow, as PNG files.
//   node bin/screenshots.mjs --url http://127.0.0.1:3000 --out DIR [--width 1440,390] [--full] [PATH…]
//       of a console that is running already; PATH defaults to /
//   node bin/screenshots.mjs [--out docs/screenshots] [PATH…]
//       of a console of its own with the sample incident loaded: what the README shows
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { BROWSER_ARGS, ensureBrowser } from './browser.mjs'
import { buildCommands, buildConsole, commandsAreStale } from './build.mjs'
import { onSupportedRuntime } from './runtime.mjs'
import { startServer } from './server-process.mjs'

const HEIGHT_OF = new Map([[1440, 900], [390, 844]])
const SCHEMES = ['light', 'dark']
const DOCUMENTED = ['/', '/alerts', '/alerts/A-4', '/alerts/A-4/process-tree', '/exceptions', '/rules', '/cases', '/sources']
/** Time for charts and transitions to come to rest. */
const SETTLE_MS = 600

/** Loads the sample incident the way the console's own button does. */
async function loadSample(url) {
  const response = await fetch(`${url}/api/sample`, { method: 'POST' })
  if (!response.ok) throw new Error(`POST /api/sample answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
  await response.arrayBuffer()
}

const fileName = (path, width, scheme) => `${path.replace(/^\/+/, '').replace(/[^\w.-]+/g, '-') || 'overview'}-${width}-${scheme}.png`

/** Opens the page, says what is wrong with it on standard error, and takes the picture; answers whether all was well. */
async function takePicture(context, url, path, file, fullPage) {
  const page = await context.newPage()
  const problems = []
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('response', (response) => response.status() >= 400 && problems.push(`${response.status()} ${response.url()}`))
  // Not "networkidle": a page with a live stream is never idle.
  await page.goto(new URL(path, url).href, { waitUntil: 'load' })
  await page.waitForTimeout(SETTLE_MS)
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (overflow > 0) problems.push(`the page is ${overflow} px wider than the window`)
  await page.screenshot({ path: file, fullPage, animations: 'disabled' })
  await page.close()
  console.log(file)
  for (const problem of problems) console.error(`  ${path}: ${problem}`)
  return problems.length === 0
}

async function takeAll(url, out, paths, widths, fullPage) {
  await mkdir(out, { recursive: true })
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: BROWSER_ARGS })
  let clean = true
  try {
    for (const colorScheme of SCHEMES) {
      for (const width of widths) {
        const viewport = { width, height: HEIGHT_OF.get(width) ?? 900 }
        const context = await browser.newContext({ colorScheme, viewport, timezoneId: 'UTC', locale: 'en-GB' })
        await context.addInitScript((scheme) => localStorage.setItem('mantine-color-scheme-value', scheme), colorScheme)
        for (const path of paths) {
          clean = (await takePicture(context, url, path, join(out, fileName(path, width, colorScheme)), fullPage)) && clean
        }
        await context.close()
      }
    }
  } finally {
    await browser.close()
  }
  return clean
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { url: { type: 'string' }, out: { type: 'string' }, width: { type: 'string' }, full: { type: 'boolean', default: false } },
  })
  const widths = (values.width ?? (values.url ? '1440,390' : '1440')).split(',').map(Number)
  if (widths.some((width) => !(width >= 200 && width <= 4000))) throw new Error('--width takes pixels from 200 to 4000, separated by commas')
  const out = resolve(values.out ?? (values.url ? 'screenshots' : 'docs/screenshots'))
  if (values.url) return takeAll(values.url, out, positionals.length > 0 ? positionals : ['/'], widths, values.full)

  if (commandsAreStale()) await buildCommands()
  await buildConsole({ ifStale: true })
  const server = await startServer()
  try {
    await loadSample(server.url)
    return await takeAll(server.url, out, positionals.length > 0 ? positionals : DOCUMENTED, widths, values.full)
  } finally {
    await server.stop()
  }
}

await onSupportedRuntime()
try {
  process.exitCode = (await main()) ? 0 : 1
} catch (error) {
  console.error(`screenshots: ${error.message}`)
  process.exitCode = 2
}
