import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openReader } from '@/lib/db/open'
import { TEST_TIME, imdsPair } from '@/lib/ecs/testing'
import { StoreSink } from '@/lib/detect/store-sink'
import { runImport } from '@/lib/ingest/run-import'
import { LIMITS } from '@/lib/limits'
import { LiveFeed } from './live-feed'
import type { LiveEvent } from './live-feed'
import { eventText, liveStream } from './live-stream'

let dir: string
let sink: StoreSink
let feed: LiveFeed

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'live-feed-'))
  sink = new StoreSink({ dataDir: dir, root: process.cwd(), clock: () => new Date(TEST_TIME), alone: true })
  feed = new LiveFeed(openReader(dir))
})
afterEach(() => {
  feed.close()
  sink.close()
  rmSync(dir, { recursive: true })
})

async function* bytes(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text))
}

/** Takes in an exec and a network record that make an alert. */
async function raise(pid: number): Promise<void> {
  const events = imdsPair({ pid, at: TEST_TIME + pid * 1000, gapMs: 100 })
  await runImport(sink, () => sink.rules(), bytes(events.map((event) => `${JSON.stringify(event)}\n`).join('')), { name: `${pid}.ndjson`, source: 'test', kind: 'cli' }, { actor: 'test' })
}

function listen(after: number | null = null) {
  const heard: LiveEvent[] = []
  let closed = 0
  const stop = feed.subscribe(after, { on: (event) => heard.push(event), onClose: () => closed++ })
  return { heard, stop, closed: () => closed }
}

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !done(); i++) await sleep(50)
  expect(done()).toBe(true)
}

test('tells of alerts and imports that another connection wrote', async () => {
  const { heard } = listen()
  expect(heard).toEqual([{ type: 'here', id: 0 }])
  await raise(1)
  await until(() => heard.some(({ type }) => type === 'alerts') && heard.some((event) => event.type === 'imports' && event.data.imports[0]?.status === 'done'))
  expect(heard.find(({ type }) => type === 'alerts')).toMatchObject({ id: 1, data: { raised: 1, changed: 0, newestId: 1, alertIds: [1] } })
  expect(heard.filter((event) => event.type === 'imports').at(-1)).toMatchObject({ data: { imports: [{ importId: 1, name: '1.ndjson', source: 'test', stored: 2, alerts: 1, status: 'done' }] } })
})

test('resumes after an id with what was missed, in one event', async () => {
  await raise(1)
  await raise(2)
  await raise(3)
  expect(listen().heard).toEqual([{ type: 'here', id: 3 }])
  expect(listen(3).heard).toEqual([{ type: 'here', id: 3 }])
  expect(listen(99).heard).toEqual([{ type: 'here', id: 3 }])
  expect(listen(1).heard).toEqual([{ type: 'alerts', id: 3, data: { raised: 2, changed: 0, newestId: 3, alertIds: [3, 2] } }])
})

test('is quiet for who has stopped listening, and ends all with the console', async () => {
  const first = listen()
  const second = listen()
  first.stop()
  await raise(1)
  await until(() => second.heard.some(({ type }) => type === 'alerts'))
  expect(first.heard).toHaveLength(1)
  feed.close()
  expect([first.closed(), second.closed()]).toEqual([0, 1])
  expect(() => listen()).toThrow('The console is ending.')
})

test('refuses more pages than it may hold', () => {
  for (let i = 0; i < LIMITS.liveStreams; i++) listen()
  expect(() => listen()).toThrow('pages listen already')
})

test('as a stream: a place to resume from, a beat, an end; who leaves is forgotten', async () => {
  const reader = liveStream(feed, null, 20).getReader()
  const decoder = new TextDecoder()
  const next = async () => decoder.decode((await reader.read()).value)
  expect(await next()).toBe('retry: 2000\n\n')
  expect(await next()).toBe('id: 0\nevent: here\ndata: {}\n\n')
  expect(await next()).toBe(': beat\n\n')
  const left = liveStream(feed, null, 20).getReader()
  await left.cancel()
  feed.close()
  for (let i = 0; i < 100; i++) if ((await reader.read()).done) break
  expect((await reader.read()).done).toBe(true)
})

test('text of a sender cannot begin an event of its own', () => {
  const name = 'a\n\nevent: alerts\ndata: {}\r\n\u2028'
  const text = eventText({ type: 'imports', data: { imports: [{ importId: 1, name, source: name, status: 'done', bytes: 0, records: 0, stored: 0, duplicates: 0, rejected: 0, alerts: 0 }] } })
  expect(text.split('\n')).toHaveLength(4)
  expect(text).not.toContain('\r')
})

test('a look that fails ends nothing, and what it missed is told by the next', async () => {
  const db = openReader(dir)
  const flaky = new LiveFeed(db)
  try {
    const heard: LiveEvent[] = []
    flaky.subscribe(null, { on: (event) => heard.push(event), onClose: () => undefined })
    let failures = 0
    const prepare = vi.spyOn(db, 'prepare').mockImplementation(() => {
      failures++
      throw new Error('disk I/O error')
    })
    await raise(1)
    await until(() => failures > 0)
    prepare.mockRestore()
    await until(() => heard.some(({ type }) => type === 'alerts'))
    expect(heard.find(({ type }) => type === 'alerts')).toMatchObject({ data: { raised: 1 } })
  } finally {
    flaky.close()
  }
})
