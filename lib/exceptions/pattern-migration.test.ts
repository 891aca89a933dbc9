import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listMigrations } from '@/lib/db/migrate'
import { openDatabase } from '@/lib/db/open'
import { compileEntries } from './match'
import { readEntries } from './stored'

const MIGRATIONS = path.resolve('prisma/migrations')
const NAME = '20261128094100_pattern_escapes'
const OLD = [
  { type: 'wildcard', field: 'process.executable', operator: 'included', value: String.raw`C:\temp\*`, case_insensitive: false },
  { type: 'match', field: 'user.name', operator: 'excluded', value: String.raw`CORP\ana`, case_insensitive: true },
  { type: 'match_any', field: 'process.args', operator: 'included', value: ['a\\b', 'c'], case_insensitive: false },
  { type: 'exists', field: 'process.pid', operator: 'included' },
]
const PLAIN = [{ type: 'wildcard', field: 'process.executable', operator: 'included', value: '/opt/*', case_insensitive: false }]

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'linklocal-patterns-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

test('a stored pattern with backslashes goes on matching what it matched', () => {
  for (const name of listMigrations(MIGRATIONS).filter((one) => one < NAME)) cpSync(path.join(MIGRATIONS, name), path.join(dir, 'before', name), { recursive: true })
  const before = openDatabase(path.join(dir, 'data'), path.join(dir, 'before'))
  const insert = before.prepare("INSERT INTO exception (name, reason, entries, created_by, created_at, updated_by, updated_at) VALUES ('n', 'r', ?, 'ana', 0, 'ana', 0)")
  for (const entries of [OLD, PLAIN]) insert.run(JSON.stringify(entries))
  before.close()

  const after = openDatabase(path.join(dir, 'data'), MIGRATIONS)
  const rows = after.prepare<[], { entries: string; version: number }>('SELECT entries, version FROM exception ORDER BY id').all()
  after.close()
  const [first = [], second = []] = rows.map(({ entries }) => readEntries(entries))
  expect(first).toEqual([{ ...OLD[0], value: String.raw`C:\\temp\\*` }, ...OLD.slice(1)])
  expect(second).toEqual(PLAIN)
  expect(rows.map(({ version }) => version)).toEqual([2, 1])
  const matches = compileEntries(first.slice(0, 1))
  expect(matches({ process: { executable: String.raw`C:\temp\x.exe` } })).toBe(true)
  expect(matches({ process: { executable: 'C:temp*' } })).toBe(false)
})
