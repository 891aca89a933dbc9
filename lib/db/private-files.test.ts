import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { copyDatabase, installDatabase } from './backup'
import { lockDirectory } from './directory-lock'
import { databasePath, openDatabase } from './open'

let root: string
let umask: number

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'linklocal-private-'))
  umask = process.umask(0o022)
})

afterEach(() => {
  process.umask(umask)
  rmSync(root, { recursive: true, force: true })
})

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8)

test.skipIf(process.platform === 'win32')('what is made for a data directory is its owner’s alone, copies of it as well', async () => {
  const dataDir = path.join(root, 'new', 'data')
  lockDirectory(dataDir, new Date(0))()
  const db = openDatabase(dataDir, 'prisma/migrations')
  db.exec("INSERT INTO source (name, kind, created_at) VALUES ('s', 'cli', 0)")
  expect(modeOf(dataDir)).toBe('700')
  expect(readdirSync(dataDir).sort()).toEqual(['linklocal.db', 'linklocal.db-shm', 'linklocal.db-wal', 'linklocal.guard'])
  expect(readdirSync(dataDir).map((name) => modeOf(path.join(dataDir, name)))).toEqual(['600', '600', '600', '600'])

  const copy = path.join(root, 'copy.db')
  await copyDatabase(dataDir, copy, 'prisma/migrations')
  db.close()
  expect(modeOf(copy)).toBe('600')
  chmodSync(copy, 0o644)
  const restored = path.join(root, 'restored')
  lockDirectory(restored, new Date(0))()
  installDatabase(copy, restored, new Date(0), 'prisma/migrations')
  expect(modeOf(restored)).toBe('700')
  expect(modeOf(databasePath(restored))).toBe('600')
})

test.skipIf(process.platform === 'win32')('a directory that is there keeps the mode it was given, and so does its database', () => {
  chmodSync(root, 0o750)
  openDatabase(root, 'prisma/migrations').close()
  chmodSync(databasePath(root), 0o640)
  openDatabase(root, 'prisma/migrations').close()
  expect([modeOf(root), modeOf(databasePath(root))]).toEqual(['750', '640'])
})
