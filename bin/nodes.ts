import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { bundledRuntime } from './runtime.mjs'

export interface NodeFound {
  readonly path: string
  readonly version: string
}

/** Every Node that can be had here, for tests: the one that runs, the one of the packages, and those on the path, each version once. */
export function findNodes(): readonly NodeFound[] {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  const found = new Map<string, NodeFound>()
  for (const path of [process.execPath, bundledRuntime()?.path, ...onPath]) {
    if (path === undefined || !existsSync(path)) continue
    const { status, stdout } = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' })
    const version = stdout.trim()
    if (status === 0 && !found.has(version)) found.set(version, { path: realpathSync(path), version })
  }
  return [...found.values()]
}
