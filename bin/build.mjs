// Builds what runs: the commands and workers (esbuild → dist/) and the console (next build → .next/).
//   --commands   only the esbuild part, under a second
//   --if-stale   skips each part whose sources have not changed since it was built
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onSupportedRuntime } from './runtime.mjs'
import { fingerprintByContent, fingerprintByTime } from './sources.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const COMMAND_SOURCES = ['cli', 'lib', 'workers', 'bench', 'package.json', 'package-lock.json', 'tsconfig.json', 'bin/build.mjs', 'prisma/schema.prisma']
const COMMAND_STAMP = 'dist/built-from'
const CONSOLE_SOURCES = [
  'app', 'components', 'lib', 'bench', 'public', 'workers', 'instrumentation.ts', 'prisma/schema.prisma',
  'package.json', 'package-lock.json', 'tsconfig.json', 'next.config.js', 'postcss.config.cjs', 'bin/build.mjs',
]
const CONSOLE_STAMP = '.next/built-from'
/** Old chunks stay this long, for a running process that has yet to load one of them. */
const KEEP_CHUNKS_MS = 24 * 3600 * 1000

function readStamp(path) {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

/** Whether this is a checkout (an installed copy has no sources to compare with) whose dist/ is missing or out of date. */
export function commandsAreStale() {
  if (!existsSync(join(root, 'cli/main.ts'))) return false
  return readStamp(COMMAND_STAMP) !== fingerprintByTime(root, COMMAND_SOURCES)
}

async function ensureClient() {
  const schema = statSync(join(root, 'prisma/schema.prisma'), { throwIfNoEntry: false })
  if (!schema) return
  const client = statSync(join(root, 'lib/db/generated/client.ts'), { throwIfNoEntry: false })
  if (client && client.mtimeMs >= schema.mtimeMs) return
  const { generateClient } = await import('./generate.mjs')
  generateClient()
}

/** Another start may be reading dist/ meanwhile: whole files appear under their name at once, or not at all. */
function writeWhole(path, contents) {
  mkdirSync(dirname(path), { recursive: true })
  const part = `${path}.${process.pid}.part`
  writeFileSync(part, contents)
  renameSync(part, path)
}

function pruneChunks(written) {
  const folder = join(root, 'dist/chunks')
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat && !written.has(path) && Date.now() - stat.mtimeMs > KEEP_CHUNKS_MS) rmSync(path, { force: true })
  }
}

/** `server-only` throws outside Next's own build; out here everything is the server. */
const serverOnly = {
  name: 'server-only',
  setup(build) {
    build.onResolve({ filter: /^server-only$/ }, () => ({ path: 'server-only', namespace: 'empty' }))
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }))
  },
}

/** `@/x` is the file x of ours. Left to esbuild, one that does not exist would pass for a package, and fail when it runs. */
const ourFiles = {
  name: 'our-files',
  setup(build) {
    build.onResolve({ filter: /^@\// }, ({ path, kind }) => build.resolve(`./${path.slice(2)}`, { resolveDir: root, kind }))
  },
}

/**
 * Bundles cli/main.ts and each workers/*.ts into dist/, split into chunks so that a command loads only what it runs.
 * Packages stay in node_modules: two of them are native, and Next must be the one copy.
 */
export async function buildCommands() {
  await ensureClient()
  const stamp = fingerprintByTime(root, COMMAND_SOURCES)
  const workers = existsSync(join(root, 'workers')) ? readdirSync(join(root, 'workers')) : []
  const { build } = await import('esbuild')
  const result = await build({
    absWorkingDir: root,
    entryPoints: ['cli/main.ts', ...workers.filter((n) => n.endsWith('.ts') && !n.endsWith('.test.ts')).map((n) => `workers/${n}`)],
    outdir: 'dist',
    outbase: '.',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.15',
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'error',
    write: false,
    plugins: [ourFiles, serverOnly],
  })
  // Chunks first: an entry never names a chunk that is not there yet.
  const rank = (path) => (relative(root, path).startsWith('dist/chunks') ? 0 : 1)
  for (const file of result.outputFiles.sort((a, b) => rank(a.path) - rank(b.path))) writeWhole(file.path, file.contents)
  pruneChunks(new Set(result.outputFiles.map((file) => file.path)))
  writeWhole(join(root, COMMAND_STAMP), stamp)
}

/** Runs `next build`. Throws when it fails; its output has said why. */
export async function buildConsole({ ifStale = false } = {}) {
  await ensureClient()
  const stamp = fingerprintByContent(root, CONSOLE_SOURCES)
  if (ifStale && existsSync(join(root, '.next/BUILD_ID')) && readStamp(CONSOLE_STAMP) === stamp) return
  rmSync(join(root, CONSOLE_STAMP), { force: true })
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next')
  const { NODE_ENV: _, ...env } = process.env
  const result = spawnSync(process.execPath, [next, 'build'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...env, NEXT_TELEMETRY_DISABLED: '1' },
  })
  if (result.status !== 0) throw new Error('build: `next build` failed, see above', { cause: result.error })
  writeWhole(join(root, CONSOLE_STAMP), stamp)
}

async function main(args) {
  const unknown = args.filter((arg) => arg !== '--commands' && arg !== '--if-stale')
  if (unknown.length > 0) throw new Error(`build: unknown option ${unknown[0]} (there are --commands and --if-stale)`)
  const ifStale = args.includes('--if-stale')
  if (!ifStale || commandsAreStale()) await buildCommands()
  if (!args.includes('--commands')) await buildConsole({ ifStale })
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await onSupportedRuntime()
  try {
    await main(process.argv.slice(2))
  } catch (error) {
    // esbuild has already printed its own errors with their places.
    if (!('errors' in error)) console.error(error.message)
    process.exit(1)
  }
}
