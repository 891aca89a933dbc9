// Bundles a benchmark and runs it: node bench/run.mjs eql [options of the benchmark]
import { spawnSync } from 'node:child_process'
import { renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onSupportedRuntime } from '../bin/runtime.mjs'

await onSupportedRuntime()

const [name, ...args] = process.argv.slice(2)
if (!name || !/^[\w-]+$/.test(name)) {
  console.error('usage: node bench/run.mjs NAME [options], such as: node bench/run.mjs eql --events 1000000')
  process.exit(2)
}
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const outfile = join(root, '.cache/bench', `${name}.mjs`)
// Another run of it may be starting: it reads the whole file or the one before, never a beginning.
const part = `${outfile}.${process.pid}.part`
await build({
  entryPoints: [join(root, 'bench', `${name}.ts`)],
  outfile: part,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.15',
  packages: 'external',
  alias: { '@': root },
  logLevel: 'error',
})
renameSync(part, outfile)
process.exitCode = spawnSync(process.execPath, ['--expose-gc', outfile, ...args], { stdio: 'inherit', cwd: root }).status ?? 1
