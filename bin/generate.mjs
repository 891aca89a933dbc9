// Generates the Prisma client into lib/db/generated. Runs after `npm install`, offline: `prisma generate` never starts the
// schema engine, it only wants its variable to name a file that exists; unset, it would try to download one.
import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onSupportedRuntime } from './runtime.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const SCHEMA = 'prisma/schema.prisma'
const PRISMA = join(root, 'node_modules/prisma/build/index.js')

/** Runs `prisma generate`; its output is shown only when it fails. Returns whether there was anything to generate from. */
export function generateClient() {
  if (!existsSync(join(root, SCHEMA))) {
    console.error(`generate: no ${SCHEMA}, so there is no database client to generate`)
    return false
  }
  if (!existsSync(PRISMA)) {
    // `npm install --package-lock-only` runs this as well.
    console.error('generate: the prisma package is not installed, so no database client was generated')
    return false
  }
  const result = spawnSync(process.execPath, [PRISMA, 'generate'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  })
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
    throw new Error('generate: `prisma generate` failed, see above', { cause: result.error })
  }
  console.error('generate: database client is in lib/db/generated')
  return true
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  // The first thing to run after an install is the place to say that its Node is too old.
  if (existsSync(PRISMA)) await onSupportedRuntime()
  try {
    generateClient()
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}
