import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { EventBatch } from '@/lib/db/event-batch'
import { rawOf } from '@/lib/db/event-batch'
import { BLOCK_RECORDS, unpackBlock } from '@/lib/db/raw-block'
import { TEST_TIME, execEvent } from '@/lib/ecs/testing'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import type { ImportEnd, ImportSink } from './import-sink'
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

const finder = () => ({ revision: 1, hits: () => [], mayHit: () => false })

/** Counts what it is given, and knows how the import ended. */
function countingSink(onWrite: (rejected: number) => void = () => undefined) {
  const seen = { stored: 0, rejected: 0, end: null as ImportEnd | null }
  const sink: ImportSink = {
    start: async () => Promise.resolve(1),
    write: async (_, batch) => {
      seen.stored += batch.count
      seen.rejected += batch.rejects.length
      onWrite(seen.rejected)
      // As from another thread: what comes meanwhile is heard of.
      await new Promise((resolve) => setImmediate(resolve))
      return {} as ImportProgress
    },
    finish: async (_, end) => {
      seen.end = end
      return Promise.resolve({} as ImportSummary)
    },
  }
  return { seen, sink }
}

/** A record that names no host. */
const NO_HOST = '{"@timestamp":"2026-01-01T00:00:00Z"}\n'

/** So small a file unpacks to so many of them. */
async function* packed(head: string, rejects: number, tail = ''): AsyncGenerator<Buffer> {
  yield await Promise.resolve(gzipSync(head + NO_HOST.repeat(rejects) + tail))
}

const EVENT = `${JSON.stringify(execEvent({}))}\n`

test('a source that brings only rejects is given up, with what they are', async () => {
  const { seen, sink } = countingSink()
  await runImport(sink, finder, packed('', LIMITS.rejectsOnly * 5, EVENT), { name: 'n', source: 's', kind: 'cli' }, { actor: 'a' })
  expect(seen).toMatchObject({ stored: 0, rejected: LIMITS.rejectsOnly, end: { status: 'failed', error: expect.stringMatching(/^Reading stopped: 100,000 records in a row could not be stored, the last because of no_host: /) as unknown } })
})

test.each([
  ['empty objects', '', '{}\n', {}, 'no_events: None of its first 100,000 lines is an event'],
  ['an array of them', '[', '{},', {}, 'no_events: None of its first 100,000 values is an event'],
  ['numbers', '[', '1,', {}, 'no_events: None of its first 100,000 values is an event'],
  ['a table', 'a,b,c\n', '1,2,3\n', {}, 'no_events: This is a table \\(CSV\\)'],
  ['records of another service', '', '{"process_exec":{"process":{}},"node_name":"a"}\n', {}, 'not_read: This is Tetragon'],
  ['lines that are no audit records', '', 'A=1\n', { format: 'auditd' }, 'no_events: None of its first 100,000 lines is an event'],
] as const)('a source of millions of records that are rejected as one is given up as well: %s', async (_name, head, record, told, reason) => {
  const { seen, sink } = countingSink()
  const chunk = Buffer.from(record.repeat(10_000))
  let taken = 0
  async function* input(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(head))
    for (; taken < 3_000; taken++) yield chunk
    yield Buffer.from(EVENT)
  }
  await runImport(sink, finder, input(), { name: 'n', source: 's', kind: 'cli', ...told }, { actor: 'a' })
  expect(seen).toMatchObject({ stored: 0, rejected: 1, end: { status: 'failed', format: null } })
  expect(seen.end?.error).toMatch(new RegExp(`^Reading stopped: 100,000 records in a row could not be stored, the last because of ${reason}.* What comes after them was not read`))
  expect(taken).toBeLessThan(12)
})

test('records in front of an event that are rejected as one do not end the import', async () => {
  const { seen, sink } = countingSink()
  await runImport(sink, finder, packed('{}\n'.repeat(LIMITS.rejectsOnly - 1) + EVENT, 2, EVENT), { name: 'n', source: 's', kind: 'cli' }, { actor: 'a' })
  expect(seen).toMatchObject({ stored: 2, rejected: 3, end: { status: 'done' } })
})

test('one that brings others as well is read on', async () => {
  const { seen, sink } = countingSink()
  await runImport(sink, finder, packed(EVENT, LIMITS.rejectsOnly + 1, EVENT), { name: 'n', source: 's', kind: 'cli' }, { actor: 'a' })
  expect(seen).toMatchObject({ stored: 2, rejected: LIMITS.rejectsOnly + 1, end: { status: 'done' } })
})

test.each([
  ['is gone', new AppError('conflict', 'the sender ended the connection'), { status: 'failed', error: expect.stringContaining('the sender ended the connection') as unknown }],
  ['cancelled', undefined, { status: 'cancelled' }],
])('what a packed file holds is not read on when its sender %s', async (_name, reason, end) => {
  const abort = new AbortController()
  const { seen, sink } = countingSink(() => abort.abort(reason))
  await runImport(sink, finder, packed(EVENT, LIMITS.rejectsOnly * 3), { name: 'n', source: 's', kind: 'cli' }, { actor: 'a', signal: abort.signal })
  expect(seen.rejected).toBeLessThan(LIMITS.rejectsOnly)
  expect(seen.end).toMatchObject(end)
})
