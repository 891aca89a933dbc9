// Every check of the project, in order; goes on after a failure so that one run reports all.
// The last line on standard output is `N passed, N failed`, with `, N skipped` when there are any.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBrowser } from './browser.mjs'
import { endWithParent } from './parent.mjs'
import { onSupportedRuntime, runtimeName } from './runtime.mjs'

await onSupportedRuntime()

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const reports = join(root, '.cache/check')
const bin = (path) => join(root, 'node_modules', path)
const PASSED = { passed: 1, failed: 0, skipped: 0 }
const FAILED = { passed: 0, failed: 1, skipped: 0 }

/** Time for a runner that is told to stop to end what it has started. */
const STOP_MS = 15_000
endWithParent()
let running
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    const end = () => process.exit(130)
    if (!running) end()
    running.once('exit', end)
    setTimeout(end, STOP_MS)
    // A terminal has sent its SIGINT to the runner as well, and a second one means "at once".
    if (signal === 'SIGTERM') running.kill('SIGINT')
  })
}

/** Runs a script with this Node, its output straight to ours; answers the exit code. */
function run(script, args, env = {}) {
  return new Promise((resolve) => {
    const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env } }
    running = spawn(process.execPath, [script, ...args], options)
    running.on('error', () => resolve(1))
    running.on('exit', (code) => {
      running = undefined
      resolve(code ?? 1)
    })
  })
}

const countsAsOne = async (...steps) => {
  for (const [script, ...args] of steps) {
    if ((await run(script, args)) !== 0) return FAILED
  }
  return PASSED
}

/** Counts from a runner's own report. A runner that fails without a failed test (it crashed, found no test) counts as one. */
function counted(code, file, read) {
  let counts = { passed: 0, failed: 0, skipped: 0 }
  try {
    counts = read(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    if (code === 0) code = 1
  }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

async function unit() {
  const file = join(reports, 'unit.json')
  const code = await run(bin('vitest/vitest.mjs'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`])
  return counted(code, file, (report) => ({
    passed: report.numPassedTests,
    // A file that does not even load has no tests to fail.
    failed: report.numFailedTests + report.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0).length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  }))
}

async function browser() {
  const file = join(reports, 'browser.json')
  try {
    process.env.LINKLOCAL_CHROMIUM = await ensureBrowser()
  } catch (error) {
    console.error(error.message)
    return FAILED
  }
  const code = await run(bin('@playwright/test/cli.js'), ['test', '--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_FILE: file })
  return counted(code, file, ({ stats }) => ({ passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }))
}

const CHECKS = [
  { name: 'lint', check: () => countsAsOne([bin('oxlint/bin/oxlint'), '--deny-warnings']) },
  { name: 'types', check: () => countsAsOne([bin('next/dist/bin/next'), 'typegen'], [bin('typescript/bin/tsc'), '--noEmit']) },
  { name: 'unit', check: unit },
  { name: 'build', check: () => countsAsOne([join(root, 'bin/build.mjs'), '--if-stale']) },
  { name: 'browser', check: browser },
]

const phrase = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

rmSync(reports, { recursive: true, force: true })
mkdirSync(reports, { recursive: true })
const total = { passed: 0, failed: 0, skipped: 0 }
const summary = []
console.log(`check: on ${runtimeName()}`)
let built = true
for (const { name, check } of CHECKS) {
  console.log(`\n── ${name}`)
  const started = Date.now()
  let counts = FAILED
  if (name === 'browser' && !built) console.log('not run: there is no build to test')
  else counts = await check()
  if (name === 'build') built = counts.failed === 0
  for (const key of Object.keys(total)) total[key] += counts[key]
  summary.push(`${name.padEnd(8)} ${phrase(counts)} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
}
console.log(`\n${summary.join('\n')}\non ${runtimeName()}`)
console.log(phrase(total))
process.exit(total.failed > 0 ? 1 : 0)
