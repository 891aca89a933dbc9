import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packBatch } from './event-batch'
import { insertEvents } from './insert-events'
import { openDatabase } from './open'
import type { Database } from './open'
import { BLOCK_RECORDS } from './raw-block'
import { numberedEvent } from './testing/numbered-event'

let dataDir: string
let db: Database
beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-insert-'))
  db = openDatabase(dataDir, path.join(process.cwd(), 'prisma', 'migrations'))
})
afterAll(() => {
  db.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Long runs with and without each of them, and runs that are mixed. */
function termsOf(number: number) {
  return { host: 1, category: number % 200 < 100 ? null : 2, action: number % 2 === 0 ? null : 3, lacks: number > 390 ? 4 : null }
}

test('of a batch the events are inserted that are not known yet, once each, and their bytes stand without gaps', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat({ max: 400 }), { maxLength: 300 }), { minLength: 1, maxLength: 4 }), (batches) => {
      db.exec('DELETE FROM event')
      const stored = new Set<number>()
      let block = 1
      for (const numbers of batches) {
        const batch = packBatch('ecs', 1, numbers.map((number) => numberedEvent(number)), [])
        const { ids, fresh } = db.transaction(() => insertEvents(db, batch, 1, block, (at) => termsOf(numbers[at] ?? 0)))()
        const expected = numbers.flatMap((number, at) => (stored.has(number) || numbers.indexOf(number) < at ? [] : [at]))
        for (const number of numbers) stored.add(number)
        expect(fresh).toEqual(expected)
        expect([...ids].map((id, at) => (id === 0 ? [] : [at])).flat()).toEqual(expected)
        const rows = db.prepare<[number], Record<string, number | null>>('SELECT id, ts, entity, parent, sequence, host, category, action, lacks, block, block_at FROM event WHERE block >= ? ORDER BY id').all(block)
        expect(rows).toEqual(
          expected.map((at, place) => ({ id: ids[at], ts: numbers[at], entity: (numbers[at] ?? 0) * 7, parent: null, sequence: null, ...termsOf(numbers[at] ?? 0), block: block + Math.floor(place / BLOCK_RECORDS), block_at: place % BLOCK_RECORDS })),
        )
        block += 10
      }
      expect(db.prepare('SELECT count(*) FROM event').pluck().get()).toBe(stored.size)
    }),
    { numRuns: 200 },
  )
})
