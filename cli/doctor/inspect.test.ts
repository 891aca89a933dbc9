import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { databasePath, openDatabase } from '@/lib/db/open'
import { inspect } from './inspect'
import { reportText } from './run'

const ROOT = process.cwd()
let dir: string

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'doctor-'))
})

afterEach(() => {
  rmSync(dir, { recursive: true })
})

function change(sql: string): void {
  const db = openDatabase(dir, 'prisma/migrations')
  db.exec(sql)
  db.close()
}

test('a directory without a database is reported as that', () => {
  const report = inspect(dir, ROOT, { quick: false })
  expect(report).toMatchObject({ ok: false, counts: null, database: { integrity: 'not checked' } })
  expect(report.problems[0]).toMatch(/^There is no database in /)
})

test('a new database is sound and empty', () => {
  change('SELECT 1')
  const report = inspect(dir, ROOT, { quick: false })
  expect(report.problems).toEqual([])
  expect(report).toMatchObject({
    ok: true,
    database: { integrity: 'ok' },
    migrations: { pending: [], unknown: [] },
    events: { oldest: null, newest: null },
    imports: { running: 0, ended_early: 0, last: null },
  })
  expect(report.counts).toMatchObject({ events: 0, alerts: 0, rejected: 0 })
  expect(report.disk.free_bytes).toBeGreaterThan(0)
  expect(report.runtime).toEqual({ node: process.versions.node, path: process.execPath })
  expect(reportText(report)).toContain(`runtime          Node ${process.versions.node}, ${process.execPath}\n`)
  expect(reportText(report)).toMatch(/integrity +ok[^]*Nothing is wrong\.\n$/)
})

test('it tells what is inside, over all hosts', () => {
  change(`
    INSERT INTO source (id, name, kind, created_at) VALUES (1, 's', 'cli', 0);
    INSERT INTO import (id, source_id, name, status, actor, started_at) VALUES (1, 1, 'a', 'done', 'x', 1000), (2, 1, 'b', 'failed', 'x', 2000);
    INSERT INTO rejected_record (import_id, record, "offset", size, code, reason, bytes) VALUES (1, 1, 0, 1, 'c', 'r', x'00');
    INSERT INTO host (id, host_id, name) VALUES (1, 'h1', 'h1'), (2, 'h2', 'h2');
    INSERT INTO event_block (id, format, codec, "index", bytes) VALUES (1, 'ecs', 'none', x'', x'');
    INSERT INTO event (identity, ts, host, import_id, block, block_at) VALUES
      (x'000000001388', 5000, 1, 1, 1, 0), (x'000000002328', 9000, 1, 1, 1, 1), (x'000000000BB8', 3000, 2, 1, 1, 2);
  `)
  const report = inspect(dir, ROOT, { quick: true })
  expect(report).toMatchObject({
    ok: true,
    retention: { max_age_days: null, max_bytes: null, removed: 0, last: null },
    events: { oldest: '1970-01-01T00:00:03.000Z', newest: '1970-01-01T00:00:09.000Z' },
    imports: { running: 0, ended_early: 1, last: '1970-01-01T00:00:02.000Z' },
  })
  expect(report.counts).toMatchObject({ events: 3, hosts: 2, rejected: 1, sources: 1 })
})

test('a row that names a row which is not there is a problem', () => {
  const db = openDatabase(dir, 'prisma/migrations')
  db.pragma('foreign_keys = OFF')
  db.exec("INSERT INTO import (source_id, name, status, actor, started_at) VALUES (77, 'a', 'done', 'x', 0)")
  db.close()
  const report = inspect(dir, ROOT, { quick: false })
  expect(report).toMatchObject({ ok: false, database: { integrity: 'damaged' } })
  expect(report.problems).toEqual(['integrity: import rows that name a source that is not there'])
  expect(reportText(report)).toContain('PROBLEM: integrity: import rows')
})

test('a file that is no database is damaged, not a crash', () => {
  change('SELECT 1')
  const file = openSync(databasePath(dir), 'r+')
  writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, 0)
  closeSync(file)
  const report = inspect(dir, ROOT, { quick: false })
  expect(report).toMatchObject({ ok: false, database: { integrity: 'damaged' }, counts: null })
  expect(report.problems.at(-1)).toMatch(/^The database cannot be read: /)
})

test('a database of a newer version is told from one with migrations to come', () => {
  change('SELECT 1')
  const db = new Sqlite(databasePath(dir))
  const first = db.prepare<[], string>('SELECT migration_name FROM _prisma_migrations ORDER BY 1 DESC LIMIT 1').pluck().get()
  db.prepare("UPDATE _prisma_migrations SET migration_name = '29990101000000_later' WHERE migration_name = ?").run(first)
  const newer = inspect(dir, ROOT, { quick: true })
  expect(newer.problems).toEqual(['A newer version of Linklocal wrote this database: it has the migration 29990101000000_later.'])
  db.exec("DELETE FROM _prisma_migrations WHERE migration_name = '29990101000000_later'")
  db.close()
  const older = inspect(dir, ROOT, { quick: true })
  expect(older.migrations.pending).toEqual([first])
  expect(older.problems).toEqual(['Migrations are pending: they are applied the next time the console starts or events are ingested.'])
})

test('records, hits and links that contradict each other are problems, unless one does not look', () => {
  change(`
    INSERT INTO source (id, name, kind, created_at) VALUES (1, 's', 'cli', 0);
    INSERT INTO import (id, source_id, name, status, actor, started_at) VALUES (1, 1, 'a', 'done', 'x', 1000);
    INSERT INTO host (id, host_id, name) VALUES (1, 'h1', 'h1');
    INSERT INTO event_block (id, format, codec, "index", bytes) VALUES (1, 'ecs', 'none', x'00000000', x''), (2, 'ecs', 'none', x'00000000', x'');
    INSERT INTO event (id, identity, ts, host, import_id, block, block_at) VALUES (1, x'01', 5000, 1, 1, 1, 0), (2, x'02', 9000, 1, 1, 1, 1);
    INSERT INTO rule_hit (rule_id, "key", ts, ts_ns, event_id, stage) VALUES (1, 'k', 0, 0, 77, 0);
  `)
  expect(inspect(dir, ROOT, { quick: true }).problems).toEqual([])
  expect(inspect(dir, ROOT, { quick: false }).problems.map((problem) => problem.split('.')[0])).toEqual([
    '1 events whose record is missing',
    '1 blocks of records that no event names',
    '1 hits of rules whose event is missing',
  ])
})

test('what failed again and again is a problem, by what it is', () => {
  change(`
    INSERT INTO rule (id, rule_id, name, language, type, severity, risk_score, origin, updated_at) VALUES (1, 'r', 'A rule', 'eql', 'eql', 'low', 1, 'imported', 0);
    INSERT INTO set_aside (work, rule_id, "key", error, at) VALUES
      ('join', 1, '["b"]', 'later', 2000), ('join', 1, '["a"]', 'no such column', 1000), ('retest', 0, '77', 'too deep', 1000), ('enrichment', 0, '', 'full of it', 1000);
  `)
  const report = inspect(dir, ROOT, { quick: true })
  expect(report).toMatchObject({ ok: false, counts: { set_aside: 4 } })
  expect(report.problems).toEqual([
    expect.stringMatching(/^Looking up what events leave out failed again and again, .*: full of it\. It is tried again /),
    expect.stringMatching(/^Joining 2 keys of the rule "A rule" \(\["a"\]\) failed again and again, .*: no such column\. /),
    expect.stringMatching(/^Reading 1 stored event again \(77\) failed again and again, .*: too deep\. /),
  ])
})

test.skipIf(process.platform === 'win32')('a database that everybody can read is a problem, with the way out', () => {
  change('SELECT 1')
  chmodSync(databasePath(dir), 0o644)
  expect(inspect(dir, ROOT, { quick: true }).problems).toEqual([])
  chmodSync(dir, 0o755)
  expect(inspect(dir, ROOT, { quick: true }).problems).toEqual([`Everybody on this machine can read linklocal.db in ${dir}: events, and the hashes of push tokens. Take it from them: chmod go= ${dir}`])
  chmodSync(databasePath(dir), 0o600)
  expect(inspect(dir, ROOT, { quick: true }).problems).toEqual([])
})

test('rules that an upgrade gave reason to run over what is stored are named, and nothing is wrong for it', () => {
  change(`INSERT INTO rule (rule_id, name, language, type, severity, risk_score, enabled, origin, updated_at, rerun_advised_at) VALUES
    ('one', 'Asks', 'eql', 'eql', 'low', 1, 1, 'bundled', 0, 1000), ('two', 'Is off', 'eql', 'eql', 'low', 1, 0, 'bundled', 0, 1000), ('three', 'Ran', 'eql', 'eql', 'low', 1, 1, 'bundled', 0, NULL)`)
  const report = inspect(dir, ROOT, { quick: true })
  expect(report.ok).toBe(true)
  expect(report.advice).toEqual(['Since the upgrade of 1970-01-01T00:00:01.000Z rules may find more in what was stored before. Run them over stored events from their pages: "Asks".'])
  expect(reportText(report)).toContain('ADVICE: Since the upgrade')
})
