import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { afterEach, expect, test } from 'vitest'
import { lockDirectory } from './directory-lock'

const NOW = new Date('2026-11-21T10:00:00Z')
const directories: string[] = []

function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-lock-'))
  directories.push(directory)
  return directory
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

test('a directory has one console, which gives it back', () => {
  const directory = path.join(newDirectory(), 'new')
  const release = lockDirectory(directory, NOW)
  expect(existsSync(path.join(directory, 'linklocal.lock'))).toBe(true)
  release()
  expect(existsSync(path.join(directory, 'linklocal.lock'))).toBe(false)
})

test('another living process is named', async () => {
  const directory = newDirectory()
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  try {
    writeFileSync(path.join(directory, 'linklocal.lock'), JSON.stringify({ pid: other.pid, since: '2026-11-21T09:00:00.000Z' }))
    expect(() => lockDirectory(directory, NOW)).toThrow(new RegExp(`process ${other.pid}, since 2026-11-21T09:00`))
  } finally {
    const ended = new Promise((resolve) => other.once('exit', resolve))
    other.kill()
    await ended
  }
  // It is gone now: what it left is taken over.
  lockDirectory(directory, NOW)()
  expect(existsSync(path.join(directory, 'linklocal.lock'))).toBe(false)
})

test.runIf(existsSync('/proc/self/stat'))('another process that was given the number of one that is gone does not hold the directory', async () => {
  const directory = newDirectory()
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  try {
    const holder = { pid: other.pid, since: '2026-11-21T09:00:00.000Z' }
    const stat = readFileSync(`/proc/${other.pid}/stat`, 'latin1')
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    writeFileSync(path.join(directory, 'linklocal.lock'), JSON.stringify({ ...holder, start }))
    expect(() => lockDirectory(directory, NOW)).toThrow(/Another console runs/)
    writeFileSync(path.join(directory, 'linklocal.lock'), JSON.stringify({ ...holder, start: '1' }))
    const release = lockDirectory(directory, NOW)
    expect(readdirSync(directory).sort()).toEqual(['linklocal.guard', 'linklocal.lock'])
    release()
  } finally {
    const ended = new Promise((resolve) => other.once('exit', resolve))
    other.kill()
    await ended
  }
})

test('a file that says nothing is taken over', () => {
  const directory = newDirectory()
  writeFileSync(path.join(directory, 'linklocal.lock'), 'half a li')
  lockDirectory(directory, NOW)()
  expect(existsSync(path.join(directory, 'linklocal.lock'))).toBe(false)
})

/** Real processes that all try at once, and hold what they got until they are told to end. */
async function race(module: string, directory: string, count: number): Promise<readonly { pid: number; lock: string }[]> {
  const code = `
    const { lockDirectory } = await import(${JSON.stringify(module)})
    process.stdout.write('ready\\n')
    process.stdin.once('data', () => {
      try { lockDirectory(${JSON.stringify(directory)}, new Date()); process.stdout.write('won\\n') } catch (error) { process.stdout.write(error.code + ' ' + error.message + '\\n') }
      process.stdin.once('data', () => process.kill(process.pid, 'SIGKILL'))
    })`
  const children = Array.from({ length: count }, () => spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] }))
  const line = async (child: (typeof children)[number]): Promise<string> => new Promise((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(String(chunk).trim())))
  await Promise.all(children.map(line))
  const answers = children.map(line)
  for (const child of children) child.stdin.write('go\n')
  const locks = await Promise.all(answers)
  const ended = children.map(async (child) => new Promise((resolve) => child.once('exit', resolve)))
  for (const child of children) child.stdin.write('end\n')
  await Promise.all(ended)
  return children.map(({ pid = 0 }, i) => ({ pid, lock: locks[i] ?? '' }))
}

test('of several processes that start at once on what a killed one left, one gets the directory and the others are told which', async () => {
  const directory = newDirectory()
  // Where the database driver is found.
  const cache = path.join('node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const bundle = mkdtempSync(path.join(cache, 'directory-lock-'))
  directories.push(bundle)
  const lockModule = path.resolve(bundle, 'lock.mjs')
  await build({ entryPoints: ['lib/db/directory-lock.ts'], outfile: lockModule, bundle: true, format: 'esm', platform: 'node', external: ['better-sqlite3'] })
  for (let round = 0; round < 4; round++) {
    // oxlint-disable-next-line no-await-in-loop -- each round on what the one before left
    const started = await race(lockModule, directory, 5)
    const winners = started.filter(({ lock }) => lock === 'won')
    expect(winners).toHaveLength(1)
    for (const { lock } of started.filter((one) => one !== winners[0])) expect(lock).toMatch(new RegExp(`^locked Another console runs on .* \\(process ${winners[0]?.pid}, since `))
    // The winner was killed: its name is left.
    expect(existsSync(path.join(directory, 'linklocal.lock'))).toBe(true)
  }
}, 120_000)
