import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bundledRuntime, isSupported } from './runtime.mjs'
import { corrected } from './lockfile.mjs'
import manifest from '../package.json'

const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')

test('the lock file is as bin/lockfile.mjs leaves it', () => {
  expect(`${JSON.stringify(corrected(JSON.parse(text)), null, 2)}\n`).toBe(text)
})

test('it leaves out what npm would hold against its own Node, and nothing else', () => {
  const lock = (engines: string) => ({ packages: { 'node_modules/a': { version: '1.0.0', engines: { node: engines } } } })
  const entryOf = (engines: string) => corrected(lock(engines)).packages['node_modules/a']
  for (const engines of ['>=22', '>= 22', '^22.13.0 || >=24']) expect(entryOf(engines)).toEqual({ version: '1.0.0' })
  for (const engines of ['>=18', '^20.19.0 || >=22', '>= 0.8', '*']) expect(entryOf(engines)).toEqual({ version: '1.0.0', engines: { node: engines } })
})

test('each platform has a Node that is supported, with the platform it is for', () => {
  const packages: Record<string, { version: string; os?: string; cpu?: string; libc?: string[]; optional?: boolean }> = JSON.parse(text).packages
  const names = Object.keys(manifest.optionalDependencies)
  const platforms = names.map((name) => {
    const entry = packages[`node_modules/${name}`]
    expect(entry).toMatchObject({ optional: true })
    expect(isSupported(entry?.version)).toBe(true)
    return `${entry?.os} ${entry?.cpu} ${entry?.libc?.join() ?? 'any'}`
  })
  expect(platforms.sort()).toEqual(['darwin arm64 any', 'darwin x64 any', 'linux arm64 glibc', 'linux x64 glibc'])
})

test('the Node of the packages is found where there is one for this platform', () => {
  const versions = Object.entries(manifest.optionalDependencies).filter(([name]) => name.endsWith(`${process.platform}-${process.arch}`))
  expect(bundledRuntime()?.version).toBe(versions[0]?.[1])
})
