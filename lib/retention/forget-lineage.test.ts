import { afterEach, expect, test } from 'vitest'
import { readText } from '@/lib/ecs/event'
import { TEST_TIME } from '@/lib/ecs/testing'
import { auditCall, auditExec, auditExit } from '@/lib/ecs/testing/audit'
import { requestRetention } from './request-run'
import { setRetentionPolicy } from './set-policy'
import { openTimedStore } from './testing'
import type { TimedStore } from './testing'

const stores: TimedStore[] = []

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})

/** `old` is received, eleven days pass, `young` is received, and what is older than ten days goes. */
async function forget(old: readonly string[], young: readonly string[]): Promise<TimedStore> {
  const store = openTimedStore(TEST_TIME + 86_400_000)
  stores.push(store)
  await setRetentionPolicy(store.context, { maxAgeDays: 10, maxBytes: null })
  await store.ingest(old)
  store.passDays(11)
  await store.ingest(young)
  await requestRetention(store.context)
  store.work()
  return store
}

const parents = (store: TimedStore) => store.context.events.scan(0, 100).map((stored) => readText(store.context.events.document(stored), 'process.parent.executable'))
const known = (store: TimedStore) => store.reader.prepare('SELECT pid, kind, executable FROM known_process WHERE boundary = 1 ORDER BY pid, ts').all()

const BASH = auditExec({ serial: 1, at: 0, pid: 4700, ppid: 900, exe: '/usr/bin/bash', args: ['bash'] })
const PYTHON = auditExec({ serial: 9, at: 60_000, pid: 4700, ppid: 900, exe: '/usr/bin/python3', args: ['python3'] })
const child = (serial: number, at: number) => [auditCall(59, 'success=yes exit=0', { serial, at, pid: 4800 + serial, ppid: 4700, exe: '/usr/bin/ls' })]

test('what a pid runs stays known when the record that told it went: it may have children yet', async () => {
  const store = await forget(BASH, [])
  expect(store.context.events.scan(0, 10)).toEqual([])
  expect(known(store)).toEqual([{ pid: 4700, kind: 'exec', executable: '/usr/bin/bash' }])
  await store.ingest(child(20, 5_000))
  expect(parents(store)).toEqual(['/usr/bin/bash'])
})

test('what it ran before goes, unless a stored child of that time asks', async () => {
  const without = await forget([...BASH, ...PYTHON], [])
  expect(known(without)).toEqual([{ pid: 4700, kind: 'exec', executable: '/usr/bin/python3' }])
  const asked = await forget([...BASH, ...PYTHON], child(20, 5_000))
  expect(parents(asked)).toEqual(['/usr/bin/bash'])
  expect(known(asked)).toContainEqual({ pid: 4700, kind: 'exec', executable: '/usr/bin/bash' })
})

test('of a process that ended nothing is left, nor of its children', async () => {
  const store = await forget([...BASH, ...child(2, 1_000), ...auditExit({ serial: 3, at: 2_000, pid: 4700 })], [])
  expect(known(store).filter((row) => (row as { pid: number }).pid === 4700)).toEqual([])
  expect(store.reader.prepare('SELECT count(*) AS n FROM parented_event').get()).toEqual({ n: 0 })
})
