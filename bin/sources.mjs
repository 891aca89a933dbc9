// What a build was made from, as one string: the build is stale when the string has changed.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const SKIPPED = new Set(['node_modules', 'generated', '.next', 'dist'])
const isTest = (name) => /\.test\.tsx?$/.test(name)

/** Every file under the given files and folders, sorted, tests and generated code left out; missing ones are skipped. */
export function listSources(root, paths) {
  const found = []
  const visit = (path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false })
    if (stat?.isFile()) found.push({ path, stat })
    if (!stat?.isDirectory()) return
    for (const name of readdirSync(join(root, path))) {
      if (!SKIPPED.has(name) && !isTest(name)) visit(`${path}/${name}`)
    }
  }
  for (const path of paths) visit(path)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** By path, size and modification time: a few milliseconds, for what is checked at every start. */
export function fingerprintByTime(root, paths) {
  const hash = createHash('sha256')
  for (const { path, stat } of listSources(root, paths)) hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`)
  return hash.digest('hex')
}

/** By path and content: survives a checkout or a touch, for what takes half a minute to rebuild. */
export function fingerprintByContent(root, paths) {
  const hash = createHash('sha256')
  for (const { path, stat } of listSources(root, paths)) {
    hash.update(`${path}\0${stat.size}\0`)
    hash.update(readFileSync(join(root, path)))
  }
  return hash.digest('hex')
}
