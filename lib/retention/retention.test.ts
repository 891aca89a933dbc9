import { afterEach, describe, expect, test } from 'vitest'
import { getAlert } from '@/lib/alerts/queries'
import { setStatus } from '@/lib/alerts/set-status'
import { createCase } from '@/lib/cases/create-case'
import type { EcsEvent } from '@/lib/ecs/event'
import { TEST_TIME, execEvent, imdsPair } from '@/lib/ecs/testing'
import { auditConnect, auditExec, auditExit } from '@/lib/ecs/testing/audit'
import { previewRetention } from './preview'
import { listRetentionRuns, readRetention } from './queries'
import { cancelRetention, requestRetention } from './request-run'
import { setRetentionPolicy } from './set-policy'
import { openTimedStore } from './testing'
import type { TimedStore } from './testing'

const stores: TimedStore[] = []

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})

function open(): TimedStore {
  const store = openTimedStore(TEST_TIME + 86_400_000)
  stores.push(store)
  return store
}

/** Records that no rule looks at. */
function noise(count: number, at = TEST_TIME): EcsEvent[] {
  return Array.from({ length: count }, (_, i) => execEvent({ id: `noise-${at}-${i}`, at: at + i, pid: 20_000 + i, entityId: `noise-${at}-${i}`, name: 'ls', args: ['ls', String(i)], parent: { entityId: `shell-${at}` } }))
}

const count = (store: TimedStore, table: string): number => store.reader.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? -1
const closeAll = async (store: TimedStore): Promise<void> => {
  const alerts = await store.context.db.alert.findMany({ select: { id: true } })
  await setStatus(store.context, { alertIds: alerts.map(({ id }) => id), status: 'closed', verdict: 'false_positive' })
}

/** Keeps events for ten days and lets eleven go by. */
async function runAfterEleven(store: TimedStore): Promise<void> {
  await setRetentionPolicy(store.context, { maxAgeDays: 10, maxBytes: null })
  store.passDays(11)
  await requestRetention(store.context)
  store.work()
}

describe('by age', () => {
  test('what was received too long ago goes, however new it says it is; what came since stays, however old', async () => {
    const store = open()
    await store.ingest(noise(300, TEST_TIME + 30 * 86_400_000))
    await setRetentionPolicy(store.context, { maxAgeDays: 10, maxBytes: null })
    store.passDays(11)
    await store.ingest(noise(200, TEST_TIME - 400 * 86_400_000))
    await requestRetention(store.context)
    store.work()
    expect(count(store, 'event')).toBe(200)
    expect(store.reader.prepare('SELECT stored, removed FROM import ORDER BY id').all()).toEqual([
      { stored: 300, removed: 300 },
      { stored: 200, removed: 0 },
    ])
    expect(await listRetentionRuns(store.context)).toMatchObject([{ status: 'done', events: 300, kept: 0, alerts: 0, error: null }])
    expect(count(store, 'event_block WHERE id NOT IN (SELECT block FROM event)')).toBe(0)
    expect(await readRetention(store.context)).toMatchObject({ events: 200, removed: 300, policy: { maxAgeDays: 10, maxBytes: null }, shrinks: true })
  })

  test('the hour brings it by itself, and no row when there was nothing', async () => {
    const store = open()
    await store.ingest(noise(10))
    await setRetentionPolicy(store.context, { maxAgeDays: 10, maxBytes: null })
    store.passDays(9)
    store.work()
    expect(count(store, 'event')).toBe(10)
    store.passDays(1.01)
    store.work()
    expect(count(store, 'event')).toBe(0)
    store.passDays(1)
    store.work()
    expect(await listRetentionRuns(store.context)).toMatchObject([{ actor: 'retention', events: 10 }])
  })

  test('without a policy nothing goes', async () => {
    const store = open()
    await store.ingest(noise(10))
    store.passDays(10_000)
    store.work()
    expect(count(store, 'event')).toBe(10)
    await expect(requestRetention(store.context)).rejects.toMatchObject({ code: 'invalid' })
  })

  test('rejected records go with their import, whose counts stay', async () => {
    const store = open()
    await store.ingest([...noise(2), '{broken', 'hello'])
    await runAfterEleven(store)
    expect(count(store, 'rejected_record')).toBe(0)
    expect(store.reader.prepare('SELECT records, stored, rejected FROM import').get()).toEqual({ records: 4, stored: 2, rejected: 2 })
    expect(await listRetentionRuns(store.context)).toMatchObject([{ rejects: 2 }])
  })
})

describe('what belongs to an alert', () => {
  test('stays while it is open, with its surroundings, bytes and all, and goes once it is closed', async () => {
    const store = open()
    const parent = { entityId: 'parent-bash', name: 'bash', executable: '/usr/bin/bash', pid: 4700 }
    const shell = execEvent({ id: 'shell', at: TEST_TIME - 5_000, pid: 4700, entityId: 'parent-bash', name: 'bash', parent: { entityId: 'sshd', pid: 900, name: 'sshd' } })
    const sibling = execEvent({ id: 'sibling', at: TEST_TIME - 1_000, pid: 4710, entityId: 'sibling', name: 'id', args: ['id'], parent })
    const pair = imdsPair({ parent })
    await store.ingest([...noise(150), shell, sibling, ...pair, ...noise(150, TEST_TIME + 60_000)])
    const before = store.context.events.scan(0, 1_000).map((event) => event.raw.toString())
    await runAfterEleven(store)
    const after = store.context.events.scan(0, 1_000)
    expect(after.map((event) => event.raw.toString())).toEqual(before.slice(150, 154))
    expect(count(store, 'event_block')).toBe(1)
    expect(await listRetentionRuns(store.context)).toMatchObject([{ events: 300, kept: 4, alerts: 0 }])
    const alert = await getAlert(store.context, 1)
    expect(alert).toMatchObject({ missingEvents: 0, recordsRemovedAt: null })

    await closeAll(store)
    await requestRetention(store.context)
    store.work()
    expect(count(store, 'event')).toBe(0)
    expect(count(store, 'event_block')).toBe(0)
    expect(count(store, 'rule_hit')).toBe(0)
    const closed = await getAlert(store.context, 1)
    expect(closed).toMatchObject({ status: 'closed', verdict: 'false_positive', reason: alert?.reason, missingEvents: 2, events: [], recordsRemovedAt: expect.stringMatching(/^2026/) })
    expect(closed?.history.map(({ kind }) => kind)).toEqual(['raised', 'status', 'records'])
  })

  test('stays while the alert is in a case, whatever became of either', async () => {
    const store = open()
    await store.ingest(imdsPair())
    await createCase(store.context, { title: 'Kept', alertIds: [1] })
    await closeAll(store)
    await runAfterEleven(store)
    expect(count(store, 'event')).toBe(2)
    await store.context.db.caseAlert.deleteMany()
    await requestRetention(store.context)
    store.work()
    expect(count(store, 'event')).toBe(0)
  })

  test('an alert that is opened again while the run is on keeps its records', async () => {
    const store = open()
    await store.ingest(imdsPair())
    await closeAll(store)
    await setRetentionPolicy(store.context, { maxAgeDays: 10, maxBytes: null })
    store.passDays(11)
    await requestRetention(store.context)
    store.steps(1)
    await setStatus(store.context, { alertIds: [1], status: 'open' })
    store.work()
    expect(count(store, 'event')).toBe(2)
  })

  test('hits that hang together stay together', async () => {
    const store = open()
    const [exec, network] = imdsPair({ gapMs: 400 })
    // Consumed by the first connection; with that gone, the exec before would match the second.
    const [nearer] = imdsPair({ at: TEST_TIME + 300, pid: 5000 })
    await store.ingest([nearer, network])
    await closeAll(store)
    await setRetentionPolicy(store.context, { maxAgeDays: 10, maxBytes: null })
    store.passDays(11)
    await store.ingest([exec])
    await requestRetention(store.context)
    store.work()
    expect(count(store, 'event')).toBe(3)
    store.passDays(11)
    await requestRetention(store.context)
    store.work()
    expect(count(store, 'event')).toBe(0)
  })
})

describe('what the join of a candidate reads of the processes around it', () => {
  test('stays as long as the candidate does, though its alert is closed, and goes with it', async () => {
    const store = open()
    await setRetentionPolicy(store.context, { maxAgeDays: 10, maxBytes: null })
    // The same pid runs a shell later; its first record decides that no shell stands before the alert.
    await store.ingest(auditExec({ serial: 99, pid: 4700, ppid: 900, exe: '/usr/bin/python3', args: ['python3'] }))
    store.passDays(5)
    const shell = auditExec({ serial: 100, pid: 4700, ppid: 900, exe: '/usr/bin/bash', args: ['bash'] })
    await store.ingest([...shell, ...auditExec({ serial: 101, pid: 4711, ppid: 4700, args: ['curl', 'http://169.254.169.254/latest/meta-data/'] })])
    await closeAll(store)
    store.passDays(6)
    await requestRetention(store.context)
    store.work()
    const before = await getAlert(store.context, 1)
    expect(before).toMatchObject({ recordsRemovedAt: null, events: [{ role: 'exec' }] })
    store.rejoin()
    store.work()
    expect(await getAlert(store.context, 1)).toEqual(before)
    expect(count(store, 'event')).toBe(3)
    store.passDays(5)
    await requestRetention(store.context)
    store.work()
    expect(count(store, 'event')).toBe(0)
  })

  test('stays together with the hits that hang together with it', async () => {
    const store = open()
    await setRetentionPolicy(store.context, { maxAgeDays: 10, maxBytes: null })
    const curl = (serial: number, at: number) => auditExec({ serial, at, pid: 4711, ppid: 4700, args: ['curl', 'http://169.254.169.254/latest/meta-data/'] })
    // The sibling's connection comes first and has the exec; gone alone, the exec would have its own connection.
    await store.ingest([
      ...auditExec({ serial: 100, pid: 4700, ppid: 900, exe: '/usr/bin/bash', args: ['bash'] }),
      ...curl(101, 100),
      ...auditConnect({ serial: 102, at: 200, pid: 4712, ppid: 4700 }),
      ...auditConnect({ serial: 103, at: 300, pid: 4711, ppid: 4700 }),
    ])
    store.passDays(5)
    await store.ingest(curl(104, 5_000))
    await closeAll(store)
    const alerts = () => store.reader.prepare('SELECT rule_id, event_id, reason, retracted_at, records_removed_at FROM alert ORDER BY id').all()
    const before = alerts()
    store.passDays(6)
    await requestRetention(store.context)
    store.work()
    store.rejoin()
    store.work()
    expect(alerts()).toEqual(before)
    store.passDays(5)
    await requestRetention(store.context)
    store.work()
    expect(count(store, 'event')).toBe(0)
  })
})

describe('sent again', () => {
  test('the records are linked to the alert that was closed, which stays as it was judged', async () => {
    const store = open()
    const [exec, network] = imdsPair()
    await store.ingest([exec, network])
    await closeAll(store)
    await runAfterEleven(store)
    await store.ingest([network])
    expect(await getAlert(store.context, 1)).toMatchObject({ status: 'closed', retractedAt: null, missingEvents: 1, recordsRemovedAt: expect.any(String) })
    await store.ingest([exec])
    expect(count(store, 'alert')).toBe(1)
    const alert = await getAlert(store.context, 1)
    expect(alert).toMatchObject({ status: 'closed', verdict: 'false_positive', retractedAt: null, missingEvents: 0, recordsRemovedAt: null })
    expect(alert?.events.map(({ role }) => role)).toEqual(['exec', 'network'])
    expect(alert?.history.map(({ kind }) => kind)).toEqual(['raised', 'status', 'records', 'records'])
    expect(count(store, 'removed_record')).toBe(0)
  })

  test('another exec that comes alone does not change it', async () => {
    const store = open()
    const [exec, network] = imdsPair({ gapMs: 600 })
    await store.ingest([exec, network])
    await closeAll(store)
    await runAfterEleven(store)
    const [other] = imdsPair({ at: TEST_TIME + 100, pid: 6000 })
    await store.ingest([other, network])
    expect(count(store, 'alert')).toBe(1)
    expect(await getAlert(store.context, 1)).toMatchObject({ retractedAt: null, reason: expect.stringContaining('600 ms later') })
  })
})

describe('what came while the records of a closed alert were gone', () => {
  const CURL = auditExec({ serial: 101, pid: 4711, ppid: 4700, args: ['curl', 'http://169.254.169.254/latest/meta-data/'] })
  const LATER_BASH = auditExec({ serial: 102, pid: 4700, ppid: 900, exe: '/usr/bin/bash', args: ['bash'] })
  const BASH = auditExec({ serial: 100, pid: 4700, ppid: 900, exe: '/usr/bin/bash', args: ['bash'] })
  const CONNECT = auditConnect({ serial: 104, pid: 4711, ppid: 4700 })
  const kinds = async (store: TimedStore) => (await getAlert(store.context, 1))?.history.map(({ kind }) => kind)

  /** An alert that knows of no parent, closed, without its records; then come its parent and its connection, and go. */
  async function forget(): Promise<TimedStore> {
    const store = open()
    await store.ingest([...CURL, ...LATER_BASH])
    await closeAll(store)
    await runAfterEleven(store)
    await store.ingest([...BASH, ...CONNECT])
    expect(await getAlert(store.context, 1)).toMatchObject({ parentExecutable: null, missingEvents: 2, reason: expect.not.stringContaining('connected') })
    return store
  }

  test('counts once all of its records are stored again, also when it is in a case by then', async () => {
    const store = await forget()
    await createCase(store.context, { title: 'Without records', alertIds: [1] })
    await runAfterEleven(store)
    await store.ingest([...BASH, ...CONNECT])
    await store.ingest(CURL)
    expect(await getAlert(store.context, 1)).toMatchObject({ parentExecutable: null, missingEvents: 1, recordsRemovedAt: expect.any(String) })
    await store.ingest(LATER_BASH)
    const alert = await getAlert(store.context, 1)
    expect(alert).toMatchObject({ status: 'closed', parentExecutable: '/usr/bin/bash', missingEvents: 0, recordsRemovedAt: null, reason: expect.stringContaining('run by bash, connected to') })
    expect(alert?.events.map(({ role }) => role)).toEqual(['exec', 'exec', 'network'])
    expect((await kinds(store))?.slice(-2)).toEqual(['records', 'relinked'])
  })

  test('is told of what is stored by then, and of more when that comes back as well', async () => {
    const store = open()
    const SHELL = auditExec({ serial: 98, pid: 4600, ppid: 900, exe: '/usr/bin/bash', args: ['bash'] })
    const PYTHON = auditExec({ serial: 99, pid: 4700, ppid: 4600, exe: '/usr/bin/python3', args: ['python3'] })
    await store.ingest([...SHELL, ...PYTHON, ...CURL, ...auditExit({ serial: 105, at: 5_000, pid: 4700 })])
    expect(await getAlert(store.context, 1)).toMatchObject({ parentExecutable: '/usr/bin/python3', events: [{ role: 'exec' }, { role: 'exec' }] })
    await closeAll(store)
    await runAfterEleven(store)
    expect(count(store, 'event')).toBe(0)
    await store.ingest([...SHELL, ...CURL])
    expect(await getAlert(store.context, 1)).toMatchObject({ parentExecutable: null, recordsRemovedAt: null, events: [{ role: 'exec' }] })
    await store.ingest(PYTHON)
    expect(await getAlert(store.context, 1)).toMatchObject({ parentExecutable: '/usr/bin/python3', recordsRemovedAt: null, events: [{ role: 'exec' }, { role: 'exec' }] })
  })

  test('an alert whose records are back and no longer match stays as it was judged: what it needs may be what is missing', async () => {
    const store = open()
    const [exec, network] = imdsPair({ gapMs: 600 })
    await store.ingest([exec, network])
    await closeAll(store)
    await runAfterEleven(store)
    const [, nearer] = imdsPair({ gapMs: 300 })
    await store.ingest([{ ...nearer, event: { ...(nearer?.['event'] as object), id: 'nearer' } }])
    await createCase(store.context, { title: 'Without records', alertIds: [1] })
    await store.ingest([exec, network])
    expect(count(store, 'alert')).toBe(2)
    expect(await getAlert(store.context, 1)).toMatchObject({ retractedAt: null, missingEvents: 0, recordsRemovedAt: expect.any(String), reason: expect.stringContaining('600 ms later') })
  })
})

describe('by size', () => {
  test('the oldest received go until the database is small enough, but nothing of the last hour', async () => {
    const store = open()
    const big = (from: number, n: number) => noise(n, TEST_TIME + from * 100_000).map((event, i) => ({ ...event, message: [...Array(400).keys()].map((k) => Math.sin(from * 7919 + i * 131 + k)).join('') }))
    for (let day = 0; day < 4; day++) {
      await store.ingest(big(day, 300))
      store.passDays(1)
    }
    const inUse = (await readRetention(store.context)).bytesInUse
    const policy = { max: Math.floor(inUse * 0.85) }
    await store.context.db.retentionPolicy.create({ data: { id: 1, maxBytes: BigInt(policy.max), updatedBy: 'test', updatedAt: store.context.clock() } })
    await store.ingest(big(9, 300))
    await requestRetention(store.context)
    store.work()
    const state = await readRetention(store.context)
    expect(state.bytesInUse).toBeLessThanOrEqual(policy.max)
    const left = store.reader.prepare<[], number>('SELECT removed FROM import ORDER BY id').pluck().all()
    expect(left[0]).toBe(300)
    expect(left.at(-1)).toBe(0)
    // No more than it takes: some imports of before the last hour are still there.
    expect(left.slice(0, 4)).toContain(0)
  })
})

describe('a run', () => {
  test('can be cancelled, and is refused while another is under way', async () => {
    const store = open()
    await store.ingest(noise(10))
    await setRetentionPolicy(store.context, { maxAgeDays: 1, maxBytes: null })
    store.passDays(2)
    const { runId } = await requestRetention(store.context)
    await expect(requestRetention(store.context)).rejects.toMatchObject({ code: 'conflict' })
    await cancelRetention(store.context, runId)
    store.steps(1)
    expect(count(store, 'event')).toBe(10)
    await expect(cancelRetention(store.context, runId)).rejects.toMatchObject({ code: 'conflict' })
    await expect(cancelRetention(store.context, 99)).rejects.toMatchObject({ code: 'not_found' })
    expect((await store.context.db.audit.findMany({ orderBy: { id: 'asc' }, where: { entityType: 'retention' } })).map(({ action }) => action)).toEqual(['retention.set', 'retention.run', 'retention.cancel'])
  })

  test('goes on where a killed process left it', async () => {
    const store = open()
    await store.ingest(noise(5_000))
    await setRetentionPolicy(store.context, { maxAgeDays: 1, maxBytes: null })
    store.passDays(2)
    await requestRetention(store.context)
    store.steps(3)
    const left = count(store, 'event')
    expect(left).toBeLessThan(5_000)
    expect(left).toBeGreaterThan(0)
    store.reopen()
    store.work()
    expect(count(store, 'event')).toBe(0)
    expect(await listRetentionRuns(store.context)).toMatchObject([{ status: 'done', events: 5_000 }])
  })

  test('frees pages, and gives back what is more than a spare', async () => {
    const store = open()
    const random = (i: number) => [...Array(300).keys()].map((k) => Math.sin(i * 131 + k)).join('')
    await store.ingest(noise(8_000).map((event, i) => ({ ...event, message: random(i) })))
    const before = await readRetention(store.context)
    await runAfterEleven(store)
    const after = await readRetention(store.context)
    const [run] = await listRetentionRuns(store.context)
    expect(after.bytesInUse).toBeLessThan(before.bytesInUse / 4)
    expect(run?.bytesReturned).toBeGreaterThan(0)
    expect(run?.bytesAfter).toBe(after.bytesInUse)
  })
})

describe('the preview', () => {
  test('says what would go and what has to stay, and changes nothing', async () => {
    const store = open()
    await store.ingest([...noise(100), ...imdsPair()])
    store.passDays(11)
    await store.ingest(noise(50, TEST_TIME + 500_000))
    const preview = await previewRetention(store.context, { maxAgeDays: 10, maxBytes: null })
    expect(preview).toMatchObject({ events: 100, kept: 2, keptIsAtLeast: false, openAlerts: 1, cases: 0, rejects: 0, receivedBefore: new Date(TEST_TIME + 2 * 86_400_000).toISOString() })
    expect(preview.bytes).toBeGreaterThan(0)
    expect(count(store, 'event')).toBe(152)
    expect(await previewRetention(store.context, { maxAgeDays: 30, maxBytes: null })).toMatchObject({ events: 0, kept: 0, receivedBefore: null, bytes: 0 })
  })

  test('a policy that makes no sense is refused', async () => {
    const store = open()
    await expect(previewRetention(store.context, { maxAgeDays: 0, maxBytes: null })).rejects.toMatchObject({ code: 'invalid' })
    await expect(setRetentionPolicy(store.context, { maxAgeDays: null, maxBytes: 1_000 })).rejects.toMatchObject({ code: 'invalid' })
    expect(await setRetentionPolicy(store.context, { maxAgeDays: null, maxBytes: null })).toEqual({ changed: false })
  })
})
