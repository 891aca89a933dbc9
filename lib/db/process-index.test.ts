import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from './open'
import type { Database } from './open'
import { fromEventsOf } from './process-index'

let directory: string
let db: Database

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'linklocal-process-index-'))
  db = openDatabase(directory, 'prisma/migrations')
})

afterEach(() => {
  db.close()
  rmSync(directory, { recursive: true, force: true })
})

function insert(id: number, entity: number | null, parent: number | null): void {
  const identity = Buffer.alloc(20)
  identity.writeUInt32BE(id, 16)
  db.prepare('INSERT INTO event (id, identity, ts, host, entity, parent, import_id, block, block_at) VALUES (?, ?, ?, 1, ?, ?, 1, 1, 0)').run(id, identity, id, entity, parent)
}

function found(column: 'entity' | 'parent', keys: readonly number[]): readonly number[] {
  return db.prepare<number[], number>(`SELECT id ${fromEventsOf(column, keys.length)} ORDER BY id`).pluck().all(...keys)
}

test('the records of a process are found in whichever generation they are', () => {
  const ids = [7, 65_535, 65_536, 65_537, 131_071, 131_072, 1_000_000]
  for (const id of ids) insert(id, 42, 1)
  insert(8, 43, 2)
  insert(9, null, null)
  insert(200_000, 43, 42)
  expect(found('entity', [42])).toEqual(ids)
  expect(found('entity', [42, 43])).toEqual([7, 8, ...ids.slice(1, -1), 200_000, 1_000_000])
  expect(found('parent', [42])).toEqual([200_000])
  expect(found('parent', [99])).toEqual([])
})

test('without events there is nothing to find', () => {
  expect(found('entity', [42])).toEqual([])
})

test('the first events may be gone', () => {
  insert(700_000, 42, 1)
  expect(found('entity', [42])).toEqual([700_000])
})

test.each(['entity', 'parent'] as const)('a look-up by %s goes through the index', (column) => {
  const plan = db.prepare<number[], { detail: string }>(`EXPLAIN QUERY PLAN SELECT id ${fromEventsOf(column, 2)} ORDER BY ts`).all(1, 2)
  expect(plan.map(({ detail }) => detail).join('\n')).toContain(`USING INDEX event_${column}_idx (<expr>=? AND ${column}=?)`)
})
