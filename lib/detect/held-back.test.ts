import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import type { Context } from '@/lib/auth/context'
import { createClient } from '@/lib/db/client'
import { EventReader } from '@/lib/db/event-reader'
import { openDatabase, openReader } from '@/lib/db/open'
import type { EcsEvent } from '@/lib/ecs/event'
import { TEST_TIME, imdsPair, networkEvent, withFields } from '@/lib/ecs/testing'
import { createException } from '@/lib/exceptions/create-exception'
import { deleteException } from '@/lib/exceptions/delete-exception'
import { countHeldBack, listHeldBack } from '@/lib/exceptions/held-back'
import { getException } from '@/lib/exceptions/queries'
import type { ExceptionInput } from '@/lib/exceptions/schema'
import { setExceptionEnabled } from '@/lib/exceptions/set-enabled'
import { runImport } from '@/lib/ingest/run-import'
import { LIMITS } from '@/lib/limits'
import { writeHeldBack } from './held-back'
import type { HeldBackRow } from './held-back'
import { StoreSink } from './store-sink'

const RULE = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01'
const clock = (): Date => new Date(TEST_TIME + 86_400_000)
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const nessus: ExceptionInput = {
  name: 'Nessus scans',
  reason: 'Ours.',
  ruleId: RULE,
  entries: [{ type: 'match', field: 'process.parent.executable', operator: 'included', value: '/opt/nessus/sbin/nessusd' }],
}
const parent = { name: 'nessusd', executable: '/opt/nessus/sbin/nessusd' }

function open() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-held-'))
  const sink = new StoreSink({ dataDir, root: process.cwd(), clock, alone: true })
  const db = createClient(dataDir)
  const reader = openReader(dataDir)
  closers.push(async () => {
    await db.$disconnect()
    reader.close()
    sink.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const context: Context = { actor: LOCAL_ANALYST, db, events: new EventReader(reader), clock }
  async function* bytes(events: readonly EcsEvent[]): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(events.map((event) => JSON.stringify(event)).join('\n')))
  }
  return {
    context,
    dataDir,
    ingest: (events: readonly EcsEvent[]) => runImport(sink, () => sink.rules(), bytes(events), { name: 'f', source: 'test', kind: 'cli' }, { actor: 'somebody' }),
    /** What the storing thread does between batches. */
    idle: () => {
      for (let turns = 0; turns < 20 && sink.work(); turns++) continue
    },
    alerts: () => db.alert.findMany({ orderBy: { id: 'asc' }, select: { id: true, reason: true, retractedAt: true } }),
  }
}

const pairs = [0, 1].flatMap((run) => imdsPair({ at: TEST_TIME + run * 3_600_000, pid: 5000 + run, gapMs: 400, parent }))

test('what is held back reads as the alert it would have been, with the record that the exception fitted', async () => {
  const { context, ingest, alerts } = open()
  const { id } = await createException(context, nessus)
  await ingest(pairs)
  expect(await alerts()).toEqual([])
  expect(await getException(context, id)).toMatchObject({ hits: 2 })
  const { rows, total } = await listHeldBack(context, { exceptionId: id, limit: 10 })
  expect(total).toBe(2)
  expect(rows[0]).toMatchObject({
    exceptionName: 'Nessus scans',
    ruleId: RULE,
    reason: expect.stringMatching(/^curl \(pid 5001.*run by nessusd/),
    occurredAt: new Date(TEST_TIME + 3_600_400).toISOString(),
    heldBackAt: clock().toISOString(),
    record: { role: 'exec', program: 'curl' },
    alertId: null,
  })
  expect(rows[0]?.record?.eventId).not.toBe(rows[0]?.eventId)
  expect(await countHeldBack(context, { since: clock() })).toBe(2)
  expect(await countHeldBack(context, { since: new Date(clock().getTime() + 1) })).toBe(0)
})

test('switched off and raised, it becomes alerts, which the list names', async () => {
  const { context, ingest, idle, alerts } = open()
  const { id } = await createException(context, nessus)
  await ingest(pairs)
  expect(await setExceptionEnabled(context, { id, enabled: false })).toMatchObject({ raised: 0 })
  idle()
  expect(await alerts()).toEqual([])
  await setExceptionEnabled(context, { id, enabled: true })
  expect(await setExceptionEnabled(context, { id, enabled: false, raise: true })).toMatchObject({ raised: 2 })
  idle()
  const raised = await alerts()
  expect(raised).toHaveLength(2)
  const { rows } = await listHeldBack(context, { exceptionId: id, limit: 10 })
  expect(rows.map(({ alertId }) => alertId).toReversed()).toEqual(raised.map((alert) => alert.id))
  expect(await getException(context, id)).toMatchObject({ hits: 2 })
})

test('deleted and raised as well; deleted without, it stays what it was', async () => {
  const { context, ingest, idle, alerts } = open()
  const one = await createException(context, nessus)
  const other = await createException(context, { ...nessus, ruleId: null, name: 'Same again' })
  await ingest(pairs)
  await deleteException(context, { id: one.id, raise: true })
  idle()
  // The other one holds it back now, and the first did once.
  expect(await alerts()).toEqual([])
  expect((await listHeldBack(context, { limit: 10 })).rows.map(({ exceptionName }) => exceptionName).toSorted((a, b) => (b ?? '').localeCompare(a ?? ''))).toEqual(['Same again', 'Same again', null, null])
  await deleteException(context, { id: other.id })
  idle()
  expect(await alerts()).toEqual([])
})

test('what a late record takes away, or makes an alert, is no longer held back', async () => {
  const { context, ingest, alerts } = open()
  const { id } = await createException(context, { ...nessus, entries: [{ type: 'match', field: 'process.working_directory', operator: 'included', value: '/root/ours' }] })
  const placed = (at: number, folder: string | undefined, position: 0 | 1) => withFields(imdsPair({ at, pid: 5000, gapMs: 400, parent })[position], { 'process.working_directory': folder })
  await ingest([placed(TEST_TIME, '/root/ours', 0), placed(TEST_TIME, undefined, 1)])
  expect((await getException(context, id))?.hits).toBe(1)
  // A nearer exec that the exception does not fit.
  await ingest([placed(TEST_TIME + 200, '/root', 0)])
  expect(await alerts()).toHaveLength(1)
  expect(await getException(context, id)).toMatchObject({ hits: 0 })
  expect((await listHeldBack(context, { exceptionId: id, limit: 10 })).total).toBe(0)
})

test('an alert that stood before its exception is not held back by it', async () => {
  const { context, ingest } = open()
  await ingest(pairs.slice(0, 2))
  const { id } = await createException(context, nessus)
  await ingest([networkEvent({ at: TEST_TIME + 300, pid: 5000, parent })])
  expect((await listHeldBack(context, { exceptionId: id, limit: 10 })).rows.filter(({ alertId }) => alertId !== null)).toEqual([])
})

test('whatever the order and the batches, the same is held back', async () => {
  let seen = 0
  const step = fc.record({ at: fc.integer({ min: 0, max: 6 }).map((n) => TEST_TIME + n * 500), ours: fc.boolean(), connects: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(step, { minLength: 3, maxLength: 7, selector: (one) => JSON.stringify(one) }), fc.nat(), async (steps, seed) => {
      const events = steps.map(({ at, ours, connects }, nth) => {
        const options = { at, pid: 7, sequence: nth, parent, entityId: 'p', fields: { 'event.id': `e${nth}`, 'process.parent.entity_id': 'q', 'process.parent.executable': ours ? parent.executable : '/bin/sh' } }
        return imdsPair({ ...options, gapMs: 0 })[connects ? 1 : 0]
      })
      const shuffled = events.map((event, nth) => ({ event, rank: ((nth + 1) * 7_919 + seed) % 101 })).sort((a, b) => a.rank - b.rank).map(({ event }) => event)
      const states = []
      for (const batches of [[events], shuffled.map((event) => [event])]) {
        const { context, ingest } = open()
        await createException(context, nessus)
        for (const batch of batches) await ingest(batch)
        const { rows } = await listHeldBack(context, { limit: 100 })
        const id = (eventId: number) => {
          const [stored] = context.events.byIds([eventId])
          return stored ? (JSON.parse(stored.raw.toString()) as { event: { id: string } }).event.id : null
        }
        states.push({ hits: (await getException(context, 1))?.hits, held: rows.map((row) => `${id(row.eventId)} ${row.record && id(row.record.eventId)} ${row.reason}`).toSorted((a, b) => (a < b ? -1 : 1)) })
        for (const close of closers.splice(0)) await close()
      }
      expect(states[1]).toEqual(states[0])
      seen += states[0]?.hits ?? 0
    }),
    { numRuns: 12 },
  )
  expect(seen).toBeGreaterThan(0)
})

test('past the cap the newest by their events stay, whatever came last, and the count goes on', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-held-'))
  const db = openDatabase(dataDir, path.resolve('prisma/migrations'))
  closers.push(async () => {
    db.close()
    rmSync(dataDir, { recursive: true })
    await Promise.resolve()
  })
  db.prepare("INSERT INTO exception (id, name, reason, entries, created_by, created_at, updated_by, updated_at) VALUES (1, 'n', 'r', '[]', 'a', 0, 'a', 0)").run()
  const row = (eventId: number): HeldBackRow => ({ eventId, exceptionId: 1, record: { eventId, stage: 0 }, links: '', ts: eventId, facts: { reason: '', hostName: '', userName: null } })
  const add = (from: number, to: number) => {
    const ids = Array.from({ length: to - from }, (_, at) => from + at)
    db.transaction(() => writeHeldBack(db, { ruleId: 1, key: '[]', finalIds: ids, matched: new Set(), inForce: new Set([1]), heldBack: ids.map(row) }, 0))()
  }
  add(1_000, 1_000 + LIMITS.heldBackKept)
  add(0, 1_000)
  expect(db.prepare('SELECT count(*) AS n, min(event_id) AS first FROM excluded_match').get()).toEqual({ n: LIMITS.heldBackKept, first: 1_000 })
  expect(db.prepare('SELECT hits FROM exception').pluck().get()).toBe(LIMITS.heldBackKept + 1_000)
})
