import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The browser never tests yesterday's console: what is stale is built first. */
// eslint-disable-next-line import/no-default-export -- Playwright looks for it
export default function build(): void {
  const script = fileURLToPath(new URL('../bin/build.mjs', import.meta.url))
  const result = spawnSync(process.execPath, [script, '--if-stale'], { stdio: ['ignore', 'inherit', 'inherit'] })
  if (result.status !== 0) throw new Error('the build failed, see above')
}
