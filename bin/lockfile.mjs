// Corrects what package-lock.json says of packages where npm acts on it wrongly. Run after `npm install` has changed the file:
//   node bin/lockfile.mjs          corrects it
//   node bin/lockfile.mjs --check  only says, by its exit code, whether there is anything to correct
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FILE = fileURLToPath(new URL('../package-lock.json', import.meta.url))

/** The oldest major version of Node that npm may run on; package.json names the whole version. */
const NPM_NODE = 20

/** Whether every range of `engines.node` begins above the Node that npm may run on. */
function isForNewerOnly(range) {
  return range.split('||').every((part) => Number(/\d+/.exec(part)?.[0] ?? 0) > NPM_NODE)
}

/** The lock as it should be: the same object, changed. */
export function corrected(lock) {
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === '') continue
    // npm holds this against the Node it runs on itself. Packages here run on the Node of bin/runtime.mjs, which satisfies it.
    if (isForNewerOnly(entry.engines?.node ?? '')) delete entry.engines
    // They are linked against glibc, which their manifests leave out. Where there is another C library (Alpine), npm passes them over.
    if (/^node_modules\/node-(bin-)?linux-/.test(path)) entry.libc = ['glibc']
    // It brings its binaries and says so in its manifest, but npm writes no such thing into the lock, and would compile.
    if (path === 'node_modules/better-sqlite3') entry.gypfile = false
  }
  return lock
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const before = readFileSync(FILE, 'utf8')
  const after = `${JSON.stringify(corrected(JSON.parse(before)), null, 2)}\n`
  if (before !== after && process.argv.includes('--check')) {
    console.error('package-lock.json is as npm wrote it: run node bin/lockfile.mjs')
    process.exitCode = 1
  } else if (before !== after) writeFileSync(FILE, after)
}
