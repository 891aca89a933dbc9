import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import { databasePath } from '@/lib/db/open'
import { markOf } from '@/lib/db/running-process'
import type { ProcessMark } from '@/lib/db/running-process'
import { TEST_TIME } from '@/lib/ecs/testing'
import { StoreSink } from './store-sink'

const closers: (() => void)[] = []

afterEach(() => {
  for (const close of closers.splice(0).reverse()) close()
})

function newStore() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-interrupted-'))
  closers.push(() => rmSync(dataDir, { recursive: true, force: true }))
  let now = TEST_TIME
  const open = (alone: boolean): StoreSink => {
    const sink = new StoreSink({ dataDir, root: process.cwd(), clock: () => new Date(now), alone })
    closers.push(() => sink.close())
    return sink
  }
  const start = async (sink: StoreSink, reader?: ProcessMark | null): Promise<number> => {
    const id = await sink.start({ name: 'f', source: 's', kind: 'cli' }, 'somebody')
    const db = new Sqlite(databasePath(dataDir))
    if (reader !== undefined) db.prepare('UPDATE import SET reader_pid = ?, reader_start = ? WHERE id = ?').run(reader?.pid ?? null, reader?.start ?? null, id)
    db.close()
    return id
  }
  const statuses = (): unknown[] => {
    const db = new Sqlite(databasePath(dataDir), { readonly: true })
    const rows = db.prepare('SELECT i.status, r.status FROM import i JOIN detection_run r ON r.import_id = i.id ORDER BY i.id').raw().all()
    db.close()
    return rows
  }
  return {
    open,
    start,
    statuses,
    pass: (seconds: number) => {
      now += seconds * 1000
    },
  }
}

const RUNNING = ['running', 'running']
const INTERRUPTED = ['failed', 'interrupted']

test('an import that another process reads goes on beside a console, until that process is gone', async () => {
  const store = newStore()
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const ended = new Promise((resolve) => other.once('exit', resolve))
  try {
    await store.start(store.open(false), markOf(other.pid))
    const console = store.open(true)
    await store.start(console)
    store.pass(60)
    console.work()
    expect(store.statuses()).toEqual([RUNNING, RUNNING])
    other.kill('SIGKILL')
    await ended
    // Looked for now and then, not at every turn.
    console.work()
    expect(store.statuses()).toEqual([RUNNING, RUNNING])
    store.pass(60)
    console.work()
    expect(store.statuses()).toEqual([INTERRUPTED, RUNNING])
  } finally {
    other.kill('SIGKILL')
    await ended
  }
})

test.runIf(existsSync('/proc/self/stat'))('a process that was given the number of the one that read does not keep its import open', async () => {
  const store = newStore()
  await store.start(store.open(false), { pid: process.pid, start: '1' })
  store.open(false)
  expect(store.statuses()).toEqual([INTERRUPTED])
})

test('of an earlier version, which does not say who reads it, is closed by the next console alone', async () => {
  const store = newStore()
  await store.start(store.open(false), null)
  store.open(false)
  expect(store.statuses()).toEqual([RUNNING])
  store.open(true)
  expect(store.statuses()).toEqual([INTERRUPTED])
})
