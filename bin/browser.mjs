// Finds a Chromium for the browser tests and the screenshots, or installs one.
//   node bin/browser.mjs            prints its path, or exits 1 saying what to do
//   node bin/browser.mjs --install  also tries to install one
import { spawnSync } from 'node:child_process'
import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const OTHER_PLACES = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium']

/** Quiet on a machine without a network or a GPU. */
export const BROWSER_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const BROWSER_ADVICE = `No Chromium was found and none could be installed. Do one of these and run the command again:
  - Debian:           apt-get install chromium
  - anywhere:         npx playwright install --with-deps chromium
  - have one already: set LINKLOCAL_CHROMIUM to the path of its executable`

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Some distributions ship a `chromium-browser` that only says to install something else. */
function answersVersion(path) {
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0
}

/**
 * The path of a Chromium: LINKLOCAL_CHROMIUM, else Playwright's own download, else the system's; undefined when there is
 * none. Throws when the variable names something that cannot be run.
 */
export async function findBrowser() {
  const named = process.env.LINKLOCAL_CHROMIUM
  if (named) {
    if (!isExecutable(named)) throw new Error(`LINKLOCAL_CHROMIUM is ${named}, which is not an executable file`)
    return named
  }
  const { chromium } = await import('@playwright/test')
  const own = chromium.executablePath()
  if (own && isExecutable(own)) return own
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const places = [...SYSTEM_NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...OTHER_PLACES]
  return places.find((path) => isExecutable(path) && answersVersion(path))
}

/** Standard output carries the path, so progress goes to standard error, and an installer's own chatter only when it fails. */
function run(command, args) {
  console.error(`browser: ${[command, ...args].join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const result = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', env })
  if (result.status !== 0) console.error(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`.trimEnd())
  return result.status === 0
}

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}

function installFromSystem() {
  if (!succeeds('apt-get', ['--version'])) return false
  const root = process.getuid?.() === 0
  if (!root && !succeeds('sudo', ['-n', 'true'])) return false
  const apt = (args) => (root ? run('apt-get', args) : run('sudo', ['-n', 'apt-get', ...args]))
  // A browser alone has no fonts on a minimal system, and text without a font has no width to test.
  const packages = ['chromium', 'fonts-liberation']
  // One broken source among several fails the update, not what the others offer.
  apt(['-qq', 'update'])
  return apt(['-qq', 'install', '-y', '--no-install-recommends', ...packages])
}

function installFromPlaywright() {
  const cli = fileURLToPath(new URL('../node_modules/@playwright/test/cli.js', import.meta.url))
  return run(process.execPath, [cli, 'install', 'chromium'])
}

/** As findBrowser, installing one when there is none. Throws an Error that says what to do. */
export async function ensureBrowser() {
  let found = await findBrowser()
  for (const install of [installFromSystem, installFromPlaywright]) {
    if (found) break
    if (install()) found = await findBrowser()
  }
  if (!found) throw new Error(BROWSER_ADVICE)
  return found
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const found = process.argv.includes('--install') ? await ensureBrowser() : await findBrowser()
    if (!found) throw new Error(BROWSER_ADVICE)
    console.log(found)
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}
