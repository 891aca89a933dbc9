import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
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
  await copyDatabase(dataDir, file, 'prisma/migrations')
  writer.exec('ROLLBACK')
  writer.close()

  const restored = newDirectory()
  expect(databaseExists(restored)).toBe(false)
  expect(installDatabase(file, restored, new Date(0), 'prisma/migrations')).toEqual({ retentionPaused: false })
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
  expect(() => installDatabase(file, target, new Date(0), 'prisma/migrations')).toThrow(/not a/)
  expect(databaseExists(target)).toBe(false)
})

test('nothing is restored beside the log of a database that is gone: it would be played into the restored one', async () => {
  const dataDir = newDirectory()
  const writer = openDatabase(dataDir, 'prisma/migrations')
  const file = path.join(newDirectory(), 'copy.db')
  await copyDatabase(dataDir, file, 'prisma/migrations')
  // As a killed process leaves it: the log is not folded into the file.
  const left = newDirectory()
  copyFileSync(path.join(dataDir, 'linklocal.db-wal'), path.join(left, 'linklocal.db-wal'))
  writer.close()
  expect(() => installDatabase(file, left, new Date(0), 'prisma/migrations')).toThrow(/linklocal\.db-wal is left of a database that is no longer there/)
  expect(readdirSync(left)).toEqual(['linklocal.db-wal'])
  rmSync(path.join(left, 'linklocal.db-wal'))
  expect(installDatabase(file, left, new Date(0), 'prisma/migrations')).toEqual({ retentionPaused: false })
})

test('in what comes back nothing is deleted for its age until somebody says so', async () => {
  const dataDir = newDirectory()
  const writer = openDatabase(dataDir, 'prisma/migrations')
  writer.exec(`INSERT INTO retention_policy (id, max_age_days, updated_by, updated_at) VALUES (1, 30, 'x', 0);
    INSERT INTO retention_run (status, actor, started_at, bytes_before) VALUES ('running', 'x', 0, 0)`)
  writer.close()
  const file = path.join(newDirectory(), 'copy.db')
  await copyDatabase(dataDir, file, 'prisma/migrations')
  const restored = newDirectory()
  expect(installDatabase(file, restored, new Date('2026-11-22T08:00:00Z'), 'prisma/migrations')).toEqual({ retentionPaused: true })
  const reader = openReader(restored)
  expect(reader.prepare('SELECT max_age_days, paused FROM retention_policy').get()).toEqual({ max_age_days: 30, paused: expect.stringContaining('2026-11-22') })
  expect(reader.prepare('SELECT status FROM retention_run').all()).toEqual([{ status: 'cancelled' }])
  reader.close()
})
