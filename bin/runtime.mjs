// Which Node runs Linklocal: the one that was started when it is new enough, else the one that `npm ci` put into node_modules.
// The packages of that one are optional dependencies, one for each platform; npm's own scripts find it first, in node_modules/.bin.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'

/** Below it there is no Node-API 10, which the SQLite driver needs, and no zstd in node:zlib. */
const OLDEST = { major: 22, minor: 15 }
const FIRST_WHOLE_MAJOR = 24
export const SUPPORTED = `Node ${OLDEST.major}.${OLDEST.minor} or newer (22, 24, 26)`

/** The exit code of what is refused for now, as in cli/failure.ts. */
const REFUSED = 4
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']

/** Whether Linklocal runs on this version. Node 23 and 25 were never supported for long; 23 began without what is needed. */
export function isSupported(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major >= FIRST_WHOLE_MAJOR || (major === OLDEST.major && minor >= OLDEST.minor)
}

/** The Node that came with the packages: its executable and version, undefined where there is none for this platform. */
export function bundledRuntime() {
  const { resolve } = createRequire(import.meta.url)
  for (const name of [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`]) {
    try {
      const manifest = resolve(`${name}/package.json`)
      const path = join(dirname(manifest), 'bin/node')
      if (existsSync(path)) return { path, version: JSON.parse(readFileSync(manifest, 'utf8')).version }
    } catch {
      // Not installed.
    }
  }
  return undefined
}

/** One sentence for who started a Node that is too old where there is no other. */
export function tooOld() {
  return `Linklocal needs ${SUPPORTED}; this is ${process.versions.node}, and there is no newer one in node_modules: run \`npm ci\`, or start it with a newer Node`
}

/**
 * Runs the same command on `path`. It is a process group of its own: a terminal's signals come to this process alone, which passes
 * them on, so that each comes once. Never returns.
 */
function continueOn(path) {
  const child = spawn(path, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    detached: true,
    // Killed outright, this process passes on nothing.
    env: { ...process.env, LINKLOCAL_END_WITH_PARENT: '1' },
  })
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal))
  process.on('SIGTSTP', () => {
    child.kill('SIGSTOP')
    process.kill(process.pid, 'SIGSTOP')
  })
  process.on('SIGCONT', () => child.kill('SIGCONT'))
  child.on('error', (error) => {
    console.error(`linklocal: ${path} cannot be run (${error.message}); start it with ${SUPPORTED}`)
    process.exit(REFUSED)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
    // A signal that is ignored here, or one that only ends the other.
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100)
  })
  return new Promise(() => {})
}

/**
 * To be awaited before anything that needs a supported Node. Returns on one; on an older one the process becomes a go-between for the
 * same command on the bundled Node, or says in one sentence what is needed and ends.
 */
export async function onSupportedRuntime() {
  if (isSupported()) return
  const bundled = bundledRuntime()
  if (bundled && isSupported(bundled.version) && realpathSync(bundled.path) !== realpathSync(process.execPath)) await continueOn(bundled.path)
  console.error(tooOld())
  process.exit(REFUSED)
}

/** The Node that runs this, for a person: its version, and where it lies. */
export function runtimeName() {
  return `Node ${process.versions.node} (${process.execPath})`
}
