import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { streamAlerts } from '@/lib/alerts/stream-alerts'
import { seedStore } from '@/lib/cases/testing/seeded-store'
import { imdsPair } from '@/lib/ecs/testing'
import { asRefusal } from '@/lib/errors'
import { copyDatabase, installDatabase } from './backup'
import { findDamage } from './find-damage'
import { databasePath, openDatabase } from './open'
import { openStore } from './store'
import { findWalDamage } from './wal-damage'

const MIGRATIONS = 'prisma/migrations'
const PAGE = 16_384
let whole: Buffer
let root: string
let made = 0

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'linklocal-damage-'))
  const seeded = seedStore()
  for (let pid = 1; pid < 4; pid++) seeded.addAlert(imdsPair({ pid }))
  const file = path.join(root, 'whole.db')
  await copyDatabase(seeded.store.dataDir, file, MIGRATIONS)
  whole = readFileSync(file)
  await seeded.close()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A data directory with the database after somebody changed its bytes, or rows. */
function directory(change: (bytes: Buffer) => void, sql?: string): string {
  const dir = mkdtempSync(path.join(root, `d${made++}-`))
  const bytes = Buffer.from(whole)
  change(bytes)
  writeFileSync(databasePath(dir), bytes)
  if (sql !== undefined) {
    const db = new Sqlite(databasePath(dir))
    db.pragma('foreign_keys = OFF')
    db.exec(sql)
    db.close()
  }
  return dir
}

const unchanged = (): void => undefined

async function refusal(run: () => unknown): Promise<string> {
  try {
    await run()
  } catch (error) {
    const found = asRefusal(error)
    if (found === null) throw error
    return `${found.code}: ${found.message}`
  }
  return 'nothing was refused'
}

/** All that can be read is read: through both connections and the client. */
async function readAll(dir: string): Promise<void> {
  const store = openStore(dir, '.')
  try {
    expect([...streamAlerts(store.reader, {})].flat()).toHaveLength(3)
    const ids = store.reader.prepare<[], number>('SELECT id FROM event').pluck().all()
    for (const stored of store.events.byIds(ids)) store.events.document(stored)
    await store.client.alert.findMany({ include: { rule: true } })
    await store.client.source.findMany()
    await store.client.host.findMany()
  } finally {
    await store.close()
  }
}

test('a whole database is not damaged', async () => {
  const dir = directory(unchanged)
  await readAll(dir)
  const db = openDatabase(dir, MIGRATIONS)
  expect(findDamage(db, MIGRATIONS)).toEqual([])
  db.close()
})

test('whichever page is overwritten, reading refuses and says why, and no backup is made of it', async () => {
  const said = new Set<string>()
  let backups = 0
  // The first, with the file's own description, and a sample of the others.
  for (let page = 0; page < whole.length / PAGE; page += 3) {
    const dir = directory((bytes) => bytes.fill(0xa5, page * PAGE, (page + 1) * PAGE))
    const copy = path.join(dir, 'copy.db')
    said.add((await refusal(() => copyDatabase(dir, copy, MIGRATIONS))).split(':')[0] ?? '')
    if (existsSync(copy)) backups++
    // Pages of no table that is read, or free ones, are found by the check alone.
    said.add((await refusal(() => readAll(dir))).split(':')[0] ?? '')
  }
  expect(backups).toBe(0)
  expect([...said].sort()).toEqual(['damaged', 'nothing was refused'])
}, 120_000)

test.each([
  ['is cut', (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2))],
  ['is text', () => Buffer.from('hello, this is not a database at all, and long enough to be read as a page '.repeat(300))],
])('a database that %s is refused', async (_what, change) => {
  const dir = directory(unchanged)
  writeFileSync(databasePath(dir), change(whole))
  expect(await refusal(() => readAll(dir))).toMatch(/^damaged: The database is damaged \(.*linklocal doctor/)
  expect(await refusal(() => copyDatabase(dir, path.join(dir, 'copy.db'), MIGRATIONS))).toMatch(/^damaged: No backup was made/)
})

test.each([
  ['bytes that are no brotli', `UPDATE event_block SET codec = 'br', bytes = x'ffff'`, /^damaged: Block 1 of stored records is damaged \(its bytes cannot be unpacked\)/],
  ['bytes missing', 'UPDATE event_block SET bytes = substr(bytes, 2)', /^damaged: Block 1 of stored records is damaged \(it has \d+ bytes where its index says \d+\)/],
  ['an unknown packing', `UPDATE event_block SET codec = 'zz'`, /^damaged: Block 1 of stored records is damaged \(it says to be packed as zz\)/],
])('a block with %s is refused by its number', async (_what, sql, message) => {
  const dir = directory(unchanged, sql)
  expect(await refusal(() => readAll(dir))).toMatch(message)
  expect(await refusal(() => copyDatabase(dir, path.join(dir, 'copy.db'), MIGRATIONS))).toMatch(/^damaged: No backup was made.*blocks? of stored records cannot be unpacked: 1\b/)
})

test.each([
  ['rows are gone', 'DELETE FROM _prisma_migrations WHERE rowid < 4'],
  ['all of it is gone', 'DROP TABLE _prisma_migrations'],
  ['its columns are others', 'DROP TABLE _prisma_migrations; CREATE TABLE _prisma_migrations (id TEXT)'],
])('a list of migrations of which %s is refused', async (_what, sql) => {
  const dir = directory(unchanged, sql)
  expect(await refusal(() => readAll(dir))).toMatch(/^damaged: The database is damaged: its tables are not those that its list of migrations speaks of/)
})

test('rows that name others that are not there are no backup, and are not restored', async () => {
  const dir = directory(unchanged, 'DELETE FROM rule')
  expect(await refusal(() => copyDatabase(dir, path.join(dir, 'copy.db'), MIGRATIONS))).toMatch(/No backup was made.*rows that name a rule that is not there/)
  expect(await refusal(() => installDatabase(databasePath(dir), mkdtempSync(path.join(root, 'r-')), new Date(0), MIGRATIONS))).toMatch(/was not restored.*rows that name a rule/)
})

/** A directory as a killed process leaves it: what was committed stands in the log. */
function killed(): string {
  const dir = directory(unchanged)
  const db = openDatabase(dir, MIGRATIONS)
  for (let n = 0; n < 5; n++) db.prepare("INSERT INTO source (name, kind, created_at) VALUES (?, 'cli', 0)").run(`s${n}`)
  const left = mkdtempSync(path.join(root, 'killed-'))
  for (const suffix of ['', '-wal']) copyFileSync(`${databasePath(dir)}${suffix}`, `${databasePath(left)}${suffix}`)
  db.close()
  return left
}

test('a log that is damaged before its end is told, and no backup is made; what a kill left half written is not damage', async () => {
  const dir = killed()
  const log = `${databasePath(dir)}-wal`
  const bytes = readFileSync(log)
  expect(findWalDamage(dir)).toBeNull()
  writeFileSync(log, bytes.subarray(0, bytes.length - 100))
  expect(findWalDamage(dir)).toBeNull()

  const flipped = Buffer.from(bytes)
  flipped[32 + 24 + 100]! ^= 1
  writeFileSync(log, flipped)
  expect(findWalDamage(dir)).toMatch(/linklocal\.db-wal is damaged at its frame 1: \d+ commits that stand behind it are not read\.$/)
  expect(await refusal(() => copyDatabase(dir, path.join(dir, 'copy.db'), MIGRATIONS))).toMatch(/^damaged: No backup was made\. The write-ahead log/)

  const headless = Buffer.from(bytes)
  headless[10]! ^= 1
  writeFileSync(log, headless)
  expect(findWalDamage(dir)).toMatch(/^The head of the write-ahead log .* is damaged/)
})
