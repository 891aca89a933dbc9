import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import { setStatus } from '@/lib/alerts/set-status'
import { EventReader } from '@/lib/db/event-reader'
import { databasePath } from '@/lib/db/open'
import { diskImagesOf } from '@/lib/db/testing/disk-images'
import { StoreSink } from '@/lib/detect/store-sink'
import type { EcsEvent } from '@/lib/ecs/event'
import { TEST_TIME, execEvent, imdsPair, testHost } from '@/lib/ecs/testing'
import { requestRetention } from './request-run'
import { setRetentionPolicy } from './set-policy'
import { openTimedStore } from './testing'
import type { TimedStore } from './testing'

const directories: string[] = []
const stores: TimedStore[] = []

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-retention-crash-'))
  directories.push(directory)
  return directory
}

/** Everything that must not depend on where a run was stopped. */
function stateOf(dataDir: string): Record<string, unknown> {
  const db = new Sqlite(databasePath(dataDir), { readonly: true })
  try {
    const rows = (sql: string): unknown[] => db.prepare(sql).all()
    return {
      integrity: db.pragma('integrity_check', { simple: true }),
      // Reading them opens every block where the rows say their bytes are.
      records: new EventReader(db).scan(0, 10_000).map(({ id, raw }) => `${id} ${raw.toString()}`),
      emptyBlocks: rows('SELECT id FROM event_block WHERE id NOT IN (SELECT block FROM event)'),
      alerts: rows('SELECT id, status, verdict, reason, retracted_at, (SELECT count(*) FROM alert_event l WHERE l.alert_id = a.id) AS links FROM alert a ORDER BY id'),
      hits: rows('SELECT rule_id, "key", event_id, stage FROM rule_hit ORDER BY 1, 2, 3, 4'),
      dangling: rows('SELECT event_id FROM rule_hit WHERE event_id NOT IN (SELECT id FROM event)'),
      imports: rows('SELECT id, stored, removed FROM import ORDER BY id'),
      runs: rows('SELECT status, events, blocks, alerts, kept FROM retention_run ORDER BY id'),
    }
  } finally {
    db.close()
  }
}

test('a run stopped after any statement ends as if it had not been', { timeout: 240_000 }, async () => {
  const store = openTimedStore(TEST_TIME + 86_400_000)
  stores.push(store)
  const noise = (host: string, count: number): EcsEvent[] =>
    Array.from({ length: count }, (_, i) => execEvent({ id: `${host}-${i}`, at: TEST_TIME + i, host: testHost({ name: host }), pid: 20_000 + i, entityId: `${host}-${i}`, name: 'ls', args: ['ls', String(i)] }))
  const closed = imdsPair({ host: testHost({ name: 'closed' }), pid: 5001 })
  const open = imdsPair({ host: testHost({ name: 'open' }), pid: 5002 })
  await store.ingest([...noise('a', 150), ...closed, ...noise('b', 150), ...open, ...noise('c', 4_000)])
  const alerts = await store.context.db.alert.findMany({ where: { hostName: 'closed' }, select: { id: true } })
  expect(alerts).toHaveLength(1)
  await setStatus(store.context, { alertIds: alerts.map(({ id }) => id), status: 'closed', verdict: 'false_positive' })
  await setRetentionPolicy(store.context, { maxAgeDays: 10, maxBytes: null })
  store.passDays(11)
  await requestRetention(store.context)
  const clock = store.context.clock

  const images = await diskImagesOf(store.dataDir, newDirectory, () => void store.work(), () => null)
  const whole = stateOf(store.dataDir)
  expect(whole).toMatchObject({ integrity: 'ok', emptyBlocks: [], dangling: [] })
  // What the open alert needs stays, and of the rest nothing.
  expect((whole['records'] as string[]).length).toBeGreaterThanOrEqual(open.length)
  expect((whole['records'] as string[]).length).toBeLessThan(100)
  expect(whole['runs']).toMatchObject([{ status: 'done', alerts: 1 }])
  expect(images.length).toBeGreaterThan(4)
  for (const image of images) {
    const sink = new StoreSink({ dataDir: image.dataDir, root: process.cwd(), clock, alone: true })
    while (sink.work());
    sink.close()
    expect(stateOf(image.dataDir), `stopped after ${image.after}`).toEqual(whole)
  }
})
