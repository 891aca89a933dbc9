import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { databasePath } from '@/lib/db/open'
import type { EcsEvent } from '@/lib/ecs/event'
import { TEST_TIME, execEvent, networkEvent } from '@/lib/ecs/testing'
import { runImport } from '@/lib/ingest/run-import'
import { StoreSink } from './store-sink'

// Caps that a handful of events meets.
vi.mock('@/lib/limits', async (original) => {
  const { LIMITS } = await original<typeof import('@/lib/limits')>()
  return { LIMITS: { ...LIMITS, joinEvents: 4, processRecords: 3, linkedConnections: 2, seclAncestors: 2 } }
})

const clock = (): Date => new Date(TEST_TIME + 86_400_000)
const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

/** Ingests each list as a file of its own, with a restart between. */
async function directoryOf(...files: readonly (readonly EcsEvent[])[]): Promise<string> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-dense-'))
  directories.push(dataDir)
  for (const events of files) {
    const sink = new StoreSink({ dataDir, root: process.cwd(), clock, alone: true })
    async function* bytes(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from(events.map((event) => JSON.stringify(event)).join('\n')))
    }
    await runImport(sink, () => sink.rules(), bytes(), { name: 't', source: 't', kind: 'cli' }, { actor: 't' })
    sink.close()
  }
  return dataDir
}

function query<Row>(directory: string, sql: string): Row[] {
  const db = new Sqlite(databasePath(directory), { readonly: true })
  const rows = db.prepare<[], Row>(sql).all()
  db.close()
  return rows
}

function alertsOf(directory: string): string[] {
  return query<{ links: string; truncated: string | null; rule: string }>(
    directory,
    `SELECT r.rule_id AS rule, a.truncated, (SELECT group_concat(x) FROM (SELECT hex(e.identity) || ':' || l.stage AS x FROM alert_event l JOIN event e ON e.id = l.event_id
       WHERE l.alert_id = a.id ORDER BY l.position)) AS links FROM alert a JOIN rule r ON r.id = a.rule_id WHERE a.retracted_at IS NULL`,
  )
    .map((row) => `${row.rule} ${row.links} ${row.truncated ?? ''}`)
    .sort()
}

const curl = (i: number, ms: number): EcsEvent => execEvent({ id: `e${i}`, at: TEST_TIME + ms, pid: 100 + i, entityId: `x${i}`, parent: { entityId: 'p' } })
const connect = (i: number, ms: number): EcsEvent => networkEvent({ id: `n${i}`, at: TEST_TIME + ms, pid: 100 + i, entityId: `x${i}`, parent: { entityId: 'p' } })

test('an alert of a key with more events than are looked at says so; one with room around it does not', async () => {
  const busy = [0, 1, 2, 3].map((i) => curl(i, i * 10))
  const directory = await directoryOf([...busy, connect(4, 50), curl(5, 5_000), connect(5, 5_010)])
  expect(query(directory, 'SELECT occurred_at AS at, truncated FROM alert ORDER BY occurred_at')).toEqual([
    { at: TEST_TIME + 50, truncated: '[{"cap":"events","limit":4}]' },
    { at: TEST_TIME + 5_010, truncated: null },
  ])
  expect(query(directory, 'SELECT run_id, "key" FROM truncated_key')).toEqual([{ run_id: 1, key: expect.stringContaining('"p"') as string }])
})

test('the mark comes with a late event, with a line of history', async () => {
  const directory = await directoryOf([...[0, 1, 2].map((i) => curl(i, i * 10)), connect(3, 50)], [curl(4, 5)])
  expect(query(directory, 'SELECT truncated FROM alert')).toEqual([{ truncated: '[{"cap":"events","limit":4}]' }])
  expect(query(directory, 'SELECT kind FROM alert_history ORDER BY id')).toEqual([{ kind: 'raised' }, { kind: 'truncated' }])
  expect(query(directory, 'SELECT run_id FROM truncated_key')).toEqual([{ run_id: 2 }])
})

test('the mark goes when a complete join confirms the alert', async () => {
  const directory = await directoryOf([...[0, 1, 2, 3].map((i) => curl(i, i * 10)), connect(4, 50)])
  const db = new Sqlite(databasePath(directory))
  // As a rule that was changed and run over stored events leaves it: one of the hits is none any more.
  db.exec('DELETE FROM rule_hit WHERE ts = (SELECT min(ts) FROM rule_hit)')
  db.exec(`INSERT INTO join_queue (rule_id, "key", from_ts, to_ts) SELECT rule_id, "key", min(ts), min(ts) FROM rule_hit GROUP BY rule_id, "key"`)
  db.close()
  new StoreSink({ dataDir: directory, root: process.cwd(), clock, alone: true }).close()
  expect(query(directory, 'SELECT truncated FROM alert')).toEqual([{ truncated: null }])
  expect(query(directory, 'SELECT text FROM alert_history ORDER BY id DESC LIMIT 1')).toEqual([{ text: 'Everything within reach has been looked at now.' }])
})

test('an expression that sees only part of what is around its process says which part', async () => {
  const args = ['curl', 'http://169.254.169.254/latest/']
  const own = execEvent({ id: 'own', at: TEST_TIME, name: 'curl', args, pid: 1, entityId: 'own', tty: true, parent: { entityId: 'a1' } })
  const above = [1, 2, 3].map((n) => execEvent({ id: `a${n}`, at: TEST_TIME - n * 1000, name: 'bash', entityId: `a${n}`, parent: { entityId: `a${n + 1}` } }))
  const connections = [1, 2, 3, 4].map((n) => networkEvent({ id: `c${n}`, at: TEST_TIME + n, entityId: 'own', pid: 1, parent: { entityId: 'a1' }, destinationIp: '10.0.0.1' }))
  const directory = await directoryOf([own, ...above, ...connections])
  const rule = `SELECT a.truncated FROM alert a JOIN rule r ON r.id = a.rule_id WHERE r.language = 'secl'`
  expect(query(directory, rule)).toEqual([{ truncated: '[{"cap":"ancestors","limit":2},{"cap":"records","limit":3}]' }])
})

const world = fc
  .array(
    fc.record({ kind: fc.constantFrom('exec', 'network'), ms: fc.integer({ min: 0, max: 14 }).map((n) => n * 200), tool: fc.constantFrom('curl', 'curl', 'ls') }),
    { minLength: 6, maxLength: 18 },
  )
  .map((specs) =>
    specs.map(({ kind, ms, tool }, i) => {
      const options = { id: `e${i}`, at: TEST_TIME + ms, pid: 100 + i, entityId: `x${i % 5}`, name: tool, parent: { entityId: 'p' }, fields: { 'event.sequence': undefined } }
      return kind === 'exec' ? execEvent(options) : networkEvent(options)
    }),
  )

test('alerts and marks of dense keys do not depend on order, batches, repetition or restarts', async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.infiniteStream(fc.nat()), async (events, choices) => {
      const next = (below: number): number => (choices.next().value as number) % below
      const shuffled = events.map((event) => ({ event, rank: next(1000) })).sort((a, b) => a.rank - b.rank)
      const files: EcsEvent[][] = [[]]
      for (const { event } of shuffled) {
        if (next(3) === 0) files.push([])
        files.at(-1)!.push(event)
        if (next(4) === 0) files.at(next(files.length))!.push(event)
      }
      expect(alertsOf(await directoryOf(...files))).toEqual(alertsOf(await directoryOf(events)))
    }),
    { numRuns: 20 },
  )
})
