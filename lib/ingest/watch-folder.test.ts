import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openStore, type Store } from '@/lib/db/store'
import { StoreSink } from '@/lib/detect/store-sink'
import { TEST_TIME, execEvent } from '@/lib/ecs/testing'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { runImport } from './run-import'
import type { ImportSummary } from './schema'
import { FolderWatch, type WatchOptions } from './watch-folder'

const SETTLE_MS = 3_000

let dir: string
let folder: string
let store: Store
let sink: StoreSink
let watches: FolderWatch[]
let imports: ImportSummary[]
let said: string[]
/** What the watch takes for the time; the files' own times are the system's. */
let now: number

beforeEach(() => {
  dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'watch-folder-')))
  folder = path.join(dir, 'in')
  mkdirSync(folder)
  store = openStore(path.join(dir, 'data'), process.cwd())
  sink = new StoreSink({ dataDir: path.join(dir, 'data'), root: process.cwd(), clock: () => new Date(TEST_TIME), alone: true })
  watches = []
  imports = []
  said = []
  now = Date.now()
})
afterEach(async () => {
  for (const watch of watches) await watch.stop()
  sink.close()
  await store.close()
  rmSync(dir, { recursive: true })
})

const ingest: WatchOptions['ingest'] = async (body, request, options) => {
  const summary = await runImport(sink, () => sink.rules(), body as AsyncIterable<Buffer>, request, options)
  imports.push(summary)
  return summary
}

async function open(options: Partial<WatchOptions> = {}): Promise<FolderWatch> {
  const watch = await FolderWatch.open({ folder, db: store.client, ingest, clock: () => new Date(now), log: (line) => said.push(line), settleMs: SETTLE_MS, ...options })
  watches.push(watch)
  return watch
}

/** Looks once, and waits for what is read because of it. */
async function look(watch: FolderWatch): Promise<void> {
  await watch.scan()
  await watch.idle()
}

async function settle(watch: FolderWatch): Promise<void> {
  await look(watch)
  now += SETTLE_MS
  await look(watch)
}

function events(name: string, count: number): string {
  return Array.from({ length: count }, (_, i) => `${JSON.stringify(execEvent({ id: `${name}-${i}`, pid: i + 1 }))}\n`).join('')
}

function put(name: string, contents: string | Buffer): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, contents)
  return file
}

const names = () => imports.map(({ name }) => name)

test('files are taken in when they have stopped growing, with those in sub-folders', async () => {
  const watch = await open()
  const growing = put('growing.ndjson', events('g', 10))
  put('web-01/audit/old.ndjson.gz', gzipSync(events('o', 5)))
  await look(watch)
  expect(watch.state()).toMatchObject({ files: 2, taken: 0, growing: 2, waiting: 0 })
  expect(imports).toEqual([])
  now += SETTLE_MS - 1
  appendFileSync(growing, events('h', 10))
  await look(watch)
  now += 1
  await look(watch)
  expect(names()).toEqual(['web-01/audit/old.ndjson.gz'])
  now += SETTLE_MS
  await look(watch)
  expect(imports).toMatchObject([{ stored: 5 }, { name: 'growing.ndjson', source: folder, stored: 20, error: null }])
  await look(watch)
  expect(watch.state()).toMatchObject({ path: folder, files: 2, taken: 2, growing: 0, waiting: 0, reading: [], problems: [], problem: null, scannedAt: new Date(now).toISOString() })
  expect(await store.client.source.findMany({ select: { name: true, kind: true } })).toEqual([{ name: folder, kind: 'watch' }])
})

test('a file that is renamed into place is taken at once', async () => {
  const watch = await open()
  const made = path.join(dir, 'made.ndjson')
  writeFileSync(made, events('m', 3))
  utimesSync(made, now / 1000 - 60, now / 1000 - 60)
  renameSync(made, path.join(folder, 'made.ndjson'))
  await look(watch)
  expect(imports).toMatchObject([{ name: 'made.ndjson', stored: 3 }])
})

test('a restart does not read again; an appended file is, and each event is stored once', async () => {
  const first = await open()
  const file = put('a.ndjson', events('a', 10))
  await settle(first)
  await first.stop()
  const second = await open()
  await settle(second)
  expect(imports).toHaveLength(1)
  expect(second.state().taken).toBe(1)
  appendFileSync(file, events('b', 7))
  await settle(second)
  expect(imports.at(-1)).toMatchObject({ records: 17, stored: 7, duplicates: 10 })
})

test('a rotated file is known under its new name, the new one under the old name is read', async () => {
  const watch = await open()
  const file = put('audit.ndjson', events('a', 4))
  await settle(watch)
  renameSync(file, `${file}.1`)
  put('audit.ndjson', events('b', 2))
  await settle(watch)
  expect(imports).toMatchObject([{ name: 'audit.ndjson', stored: 4 }, { name: 'audit.ndjson', stored: 2, duplicates: 0 }])
  await look(watch)
  expect(watch.state().taken).toBe(2)
  const again = await open()
  await settle(again)
  expect(imports).toHaveLength(2)
})

test('links, hidden files and what is no file are left alone, and said once', async () => {
  const secret = path.join(dir, 'secret.ndjson')
  writeFileSync(secret, events('s', 1))
  symlinkSync(secret, path.join(folder, 'link.ndjson'))
  symlinkSync(dir, path.join(folder, 'up'))
  put('.part.ndjson', events('p', 1))
  put('empty.ndjson', '')
  const socket = createServer()
  await new Promise<void>((resolve) => {
    socket.listen(path.join(folder, 'socket'), resolve)
  })
  const watch = await open()
  for (let i = 0; i < 3; i++) await settle(watch)
  socket.close()
  expect(imports).toEqual([])
  const problems = watch.state().problems.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  expect(problems).toEqual([
    { path: 'link.ndjson', reason: 'a symbolic link, which is not followed' },
    { path: 'socket', reason: 'not a file' },
    { path: 'up', reason: 'a symbolic link, which is not followed' },
  ])
  expect(said).toHaveLength(3)
})

test.skipIf(process.getuid?.() === 0)('a file that cannot be read is said once, and read when it can be', async () => {
  const file = put('closed.ndjson', events('c', 2))
  chmodSync(file, 0o000)
  const watch = await open()
  for (let i = 0; i < 3; i++) await settle(watch)
  expect(said).toHaveLength(1)
  expect(watch.state().problems).toMatchObject([{ path: 'closed.ndjson', reason: expect.stringContaining('permission denied') }])
  chmodSync(file, 0o600)
  await settle(watch)
  expect(imports).toMatchObject([{ stored: 2 }])
})

test('a file that fails is not read in a loop, but again when it has changed', async () => {
  const gz = gzipSync(events('z', 50))
  const file = put('cut.ndjson.gz', gz.subarray(0, gz.length - 20))
  const watch = await open()
  for (let i = 0; i < 3; i++) await settle(watch)
  expect(imports).toHaveLength(1)
  expect(said).toHaveLength(1)
  expect(watch.state()).toMatchObject({ taken: 0, problemCount: 1, problems: [{ path: 'cut.ndjson.gz', reason: expect.stringContaining('cut off') }] })
  writeFileSync(file, gz)
  await settle(watch)
  await look(watch)
  expect(watch.state()).toMatchObject({ taken: 1, problemCount: 0 })
  expect(await store.client.event.count()).toBe(50)
})

test('while the disk is full what waits is not given up', async () => {
  let room = false
  let tried = 0
  const watch = await open({
    ingest: async (body, request, options) => {
      tried++
      if (!room) throw new AppError('disk_full', 'full')
      return ingest(body, request, options)
    },
  })
  put('a.ndjson', events('a', 2))
  await settle(watch)
  for (let i = 0; i < 3; i++) await look(watch)
  expect(tried).toBe(1)
  expect(said).toHaveLength(1)
  expect(watch.state()).toMatchObject({ waiting: 1, problemCount: 0, problem: expect.stringContaining('full') })
  now += 30_000
  await look(watch)
  expect(tried).toBe(2)
  room = true
  now += 30_000
  await look(watch)
  await look(watch)
  expect(imports).toMatchObject([{ stored: 2 }])
  expect(watch.state()).toMatchObject({ taken: 1, waiting: 0, problem: null })
})

test('no more than the cap is read at a time', async () => {
  let open_ = 0
  let most = 0
  const watch = await open({
    ingest: async (body, request, options) => {
      most = Math.max(most, ++open_)
      const summary = await ingest(body, request, options)
      open_--
      return summary
    },
  })
  for (let i = 0; i < 7; i++) put(`${i}.ndjson`, events(`e${i}`, 3))
  await settle(watch)
  expect(imports).toHaveLength(7)
  expect(most).toBe(LIMITS.watchedAtOnce)
})

test('what the end of the console cut short is read again when it starts', async () => {
  put('a.ndjson', events('a', 3))
  let interrupt = (): void => undefined
  const begun = new Promise<void>((resolve) => {
    interrupt = resolve
  })
  let finish = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    finish = resolve
  })
  const first = await open({
    ingest: async (body, request, options) => {
      interrupt()
      await ended
      return { ...(await ingest(body, request, options)), error: 'Reading stopped: Linklocal was stopped.' }
    },
  })
  await look(first)
  now += SETTLE_MS
  await first.scan()
  await begun
  const stopped = first.stop()
  finish()
  await stopped
  const second = await open()
  await settle(second)
  expect(imports.at(-1)).toMatchObject({ duplicates: 3, error: null })
  await settle(second)
  expect(imports).toHaveLength(2)
})

test('a folder that goes away is said once, and looked at again when it is back', async () => {
  const watch = await open()
  rmSync(folder, { recursive: true })
  await look(watch)
  await look(watch)
  expect(watch.state().problem).toBe('no such file or folder')
  expect(said).toHaveLength(1)
  mkdirSync(folder)
  put('back.ndjson', events('b', 1))
  await settle(watch)
  expect(watch.state().problem).toBeNull()
  expect(names()).toEqual(['back.ndjson'])
})

test('started, it looks by itself', async () => {
  const watch = await open({ clock: () => new Date(), scanMs: 20, settleMs: 50 })
  watch.start()
  put('a.ndjson', events('a', 2))
  await vi.waitFor(() => expect(imports).toMatchObject([{ name: 'a.ndjson', stored: 2 }]), { timeout: 90_000, interval: 20 })
  await vi.waitFor(() => expect(watch.state()).toMatchObject({ taken: 1, growing: 0 }), { timeout: 90_000, interval: 20 })
})
