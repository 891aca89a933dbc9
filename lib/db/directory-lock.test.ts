import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
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
    expect(readdirSync(directory)).toEqual(['linklocal.lock'])
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
