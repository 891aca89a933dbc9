import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '@/lib/db/open'
import type { Database } from '@/lib/db/open'
import { loadActiveExceptions } from './load-active'

const NOW = new Date('2026-11-03T10:00:00.000Z')
const HOUR = 3_600_000
const ENTRIES = JSON.stringify([{ type: 'match', field: 'process.name', operator: 'included', value: 'curl' }])
let dir: string
let db: Database

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'exceptions-'))
  db = openDatabase(dir, 'prisma/migrations')
})

afterAll(() => {
  db.close()
  rmSync(dir, { recursive: true })
})

function insert(name: string, enabled: number, startsIn: number | null, expiresIn: number | null): number {
  const at = (hours: number | null) => (hours === null ? null : NOW.getTime() + hours * HOUR)
  return Number(
    db
      .prepare(
        `INSERT INTO exception (name, reason, rule_id, stage, entries, enabled, starts_at, expires_at, created_by, created_at, updated_by, updated_at)
         VALUES (?, 'r', 'rule-1', 1, ?, ?, ?, ?, 'a', 0, 'a', 0)`,
      )
      .run(name, ENTRIES, enabled, at(startsIn), at(expiresIn)).lastInsertRowid,
  )
}

test('in force are the enabled ones that have started and not expired', () => {
  expect(loadActiveExceptions(db, NOW)).toEqual([])
  const plain = insert('plain', 1, null, null)
  const running = insert('running', 1, -1, 1)
  const starting = insert('starts now', 1, 0, 5)
  insert('disabled', 0, -1, 0.1)
  insert('not started', 1, 0.5, null)
  insert('expires now', 1, null, 0)
  const active = loadActiveExceptions(db, NOW)
  expect(active.map(({ id }) => id)).toEqual([plain, running, starting])
  expect(active[0]).toEqual({
    id: plain,
    ruleId: 'rule-1',
    stage: 1,
    entries: [{ type: 'match', field: 'process.name', operator: 'included', value: 'curl', case_insensitive: false }],
  })
})
