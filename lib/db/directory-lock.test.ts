import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

test('a file that says nothing is taken over', () => {
  const directory = newDirectory()
  writeFileSync(path.join(directory, 'linklocal.lock'), 'half a li')
  lockDirectory(directory, NOW)()
  expect(existsSync(path.join(directory, 'linklocal.lock'))).toBe(false)
})
