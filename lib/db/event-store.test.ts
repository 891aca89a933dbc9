import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packBatch, packNextBlock } from './event-batch'
import type { PreparedEvent } from './event-batch'
import { EventReader } from './event-reader'
import { EventStore } from './event-store'
import { openDatabase } from './open'
import type { Database } from './open'
import type { RawBlock } from './raw-block'
import { numberedEvent } from './testing/numbered-event'

let dataDir: string
let db: Database
beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-event-store-'))
  db = openDatabase(dataDir, path.join(process.cwd(), 'prisma', 'migrations'))
  db.exec("INSERT INTO source (id, name, kind, created_at) VALUES (1, 's', 'cli', 0)")
  db.exec("INSERT INTO import (id, source_id, name, status, actor, started_at) VALUES (1, 1, 'i', 'running', 'a', 0)")
})
afterAll(() => {
  db.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function event(number: number): PreparedEvent {
  return numberedEvent(number, `${number} `.repeat(1 + (number % 7)))
}

const number = fc.nat({ max: 2_000 })
// Runs of neighbours as files have them, and some that were there before.
const numbers = fc.array(fc.record({ from: number, count: fc.nat({ max: 300 }) }), { maxLength: 3 }).map((runs) => runs.flatMap(({ from, count }) => Array.from({ length: count }, (_, i) => from + i)))

test('every event has its own bytes, whichever of its batch were known and however many blocks the reader had packed', () => {
  const store = new EventStore(db)
  fc.assert(
    fc.property(fc.array(fc.record({ numbers, packed: fc.nat({ max: 8 }) }), { minLength: 1, maxLength: 4 }), (batches) => {
      db.exec('DELETE FROM event; DELETE FROM event_block')
      const expected = new Set<number>()
      for (const { numbers: given, packed } of batches) {
        const batch = packBatch('ecs', 1, given.map(event), [])
        const blocks: RawBlock[] = []
        for (let i = 0; i < packed; i++) {
          const block = packNextBlock(batch, blocks)
          if (block) blocks.push(block)
        }
        const before = expected.size
        for (const one of given) expected.add(one)
        expect(store.store(1, { ...batch, blocks }, 0)).toMatchObject({ stored: expected.size - before, duplicates: given.length - (expected.size - before) })
      }
      // A reader of its own: one that kept blocks would not see what is stored.
      const stored = new EventReader(db).scan(0, 10_000)
      expect(new Map(stored.map(({ ts, raw }) => [ts, raw.toString()]))).toEqual(new Map([...expected].map((one) => [one, event(one).raw.toString()])))
      expect(stored).toHaveLength(expected.size)
    }),
    { numRuns: 150 },
  )
})
