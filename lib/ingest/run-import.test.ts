import { expect, test } from 'vitest'
import type { EventBatch } from '@/lib/db/event-batch'
import { rawOf } from '@/lib/db/event-batch'
import { BLOCK_RECORDS, unpackBlock } from '@/lib/db/raw-block'
import { TEST_TIME, execEvent } from '@/lib/ecs/testing'
import type { ImportSink } from './import-sink'
import { runImport } from './run-import'
import type { ImportProgress, ImportSummary } from './schema'

const EVENTS = 9_000

async function* input(): AsyncGenerator<Buffer> {
  for (let from = 0; from < EVENTS; from += 100) {
    const lines = Array.from({ length: 100 }, (_, i) => `${JSON.stringify(execEvent({ id: `e${from + i}`, pid: from + i + 1, at: TEST_TIME + from + i }))}\n`)
    yield await Promise.resolve(Buffer.from(lines.join('')))
  }
}

test('a reader that would wait packs the blocks of its batch, and ends when all batches are stored', async () => {
  const batches: EventBatch[] = []
  let stored = 0
  let storedAtEnd = -1
  let release = (): void => undefined
  // The first two are not stored before the third is there: its reader has nothing else to do than to pack all of it.
  const third = new Promise<void>((resolve) => {
    release = resolve
  })
  const sink: ImportSink = {
    start: async () => Promise.resolve(1),
    write: async (_, batch) => {
      batches.push(batch)
      if (batches.length === 3) release()
      await third
      stored += batch.count
      return {} as ImportProgress
    },
    finish: async () => {
      storedAtEnd = stored
      return Promise.resolve({} as ImportSummary)
    },
  }
  await runImport(sink, () => ({ revision: 1, hits: () => [], mayHit: () => false }), input(), { name: 'n', source: 's', kind: 'cli' }, { actor: 'a' })
  expect(storedAtEnd).toBe(EVENTS)
  expect(batches.length).toBeGreaterThan(3)
  const [first, , packed] = batches
  expect(first?.blocks).toEqual([])
  expect(packed?.blocks).toHaveLength(Math.ceil((packed?.count ?? 0) / BLOCK_RECORDS))
  const records = packed?.blocks.flatMap((block) => unpackBlock(0, block).map(String))
  expect(records).toEqual(Array.from({ length: packed?.count ?? 0 }, (_, at) => (packed ? rawOf(packed, at).toString() : '')))
})
