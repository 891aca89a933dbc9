import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { copyDatabase, databaseExists, installDatabase } from './backup'
import { openDatabase, openReader } from './open'

const directories: string[] = []

function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-backup-'))
  directories.push(directory)
  return directory
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

test('a copy taken while another writes has what was committed, and comes back', async () => {
  const dataDir = newDirectory()
  const writer = openDatabase(dataDir, 'prisma/migrations')
  writer.prepare("INSERT INTO source (name, kind, created_at) VALUES ('before', 'cli', 0)").run()
  writer.exec("BEGIN IMMEDIATE; INSERT INTO source (name, kind, created_at) VALUES ('uncommitted', 'cli', 0)")
  const file = path.join(newDirectory(), 'copy.db')
  await copyDatabase(dataDir, file)
  writer.exec('ROLLBACK')
  writer.close()

  const restored = newDirectory()
  expect(databaseExists(restored)).toBe(false)
  installDatabase(file, restored)
  const reader = openReader(restored)
  expect(reader.prepare('SELECT name FROM source').all()).toEqual([{ name: 'before' }])
  reader.close()
})

test.each([
  ['text', 'hello, this is not a database at all'],
  ['nothing', ''],
])('%s is refused and nothing is left behind', (_name, content) => {
  const file = path.join(newDirectory(), 'x.db')
  writeFileSync(file, content)
  const target = path.join(newDirectory(), 'data')
  mkdirSync(target)
  expect(() => installDatabase(file, target)).toThrow(/not a/)
  expect(databaseExists(target)).toBe(false)
})
