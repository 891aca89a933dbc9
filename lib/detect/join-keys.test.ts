import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import { createClient } from '@/lib/db/client'
import { EventReader } from '@/lib/db/event-reader'
import { databasePath, openReader } from '@/lib/db/open'
import { readText } from '@/lib/ecs/event'
import type { EcsEvent } from '@/lib/ecs/event'
import { TEST_TIME } from '@/lib/ecs/testing'
import { runImport } from '@/lib/ingest/run-import'
import { LIMITS } from '@/lib/limits'
import { requestBackfill } from '@/lib/rules/request-backfill'
import { readRule } from '@/lib/rules/queries'
import { StoreSink } from './store-sink'

/** Join fields with several values: every combination is a key, and every key that completes is an alert. */

const IMDS = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01'
const clock = (): Date => new Date(TEST_TIME + 86_400_000)
const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

const open = (dataDir: string): StoreSink => new StoreSink({ dataDir, root: process.cwd(), clock, alone: true })

/** A directory whose first rule asks this, with all others off. */
function newDirectory(query: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-keys-'))
  directories.push(directory)
  open(directory).close()
  const db = new Sqlite(databasePath(directory))
  const id = db.prepare<[string], number>('SELECT version_id FROM rule WHERE rule_id = ?').pluck().get(IMDS)
  const document = JSON.parse(db.prepare<[unknown], string>('SELECT document FROM rule_version WHERE id = ?').pluck().get(id) ?? '{}') as object
  db.prepare('UPDATE rule_version SET document = ? WHERE id = ?').run(JSON.stringify({ ...document, query }), id)
  db.prepare('UPDATE rule SET enabled = rule_id = ?').run(IMDS)
  db.close()
  return directory
}

/** Each list as a file of its own, with a restart between. */
async function ingest(directory: string, ...files: readonly (readonly EcsEvent[])[]): Promise<void> {
  for (const events of files) {
    const sink = open(directory)
    async function* bytes(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from(events.map((event) => JSON.stringify(event)).join('\n')))
    }
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await runImport(sink, () => sink.rules(), bytes(), { name: 't', source: 't', kind: 'cli' }, { actor: 't' })
    sink.close()
  }
}

function query<Row>(directory: string, sql: string): Row[] {
  const db = new Sqlite(databasePath(directory), { readonly: true })
  const rows = db.prepare<[], Row>(sql).all()
  db.close()
  return rows
}

/** Every alert that is not retracted: its key and its records by the ids that their sensor gave them. */
function alertsOf(directory: string): string[] {
  const db = new Sqlite(databasePath(directory), { readonly: true })
  const reader = new EventReader(db)
  const rows = db.prepare<[], { key: string; ids: string; over: number }>(
    `SELECT a.join_key AS key, a.over_cap AS over, (SELECT group_concat(x) FROM (SELECT event_id AS x FROM alert_event l WHERE l.alert_id = a.id ORDER BY l.position)) AS ids FROM alert a WHERE a.retracted_at IS NULL`,
  ).all()
  const found = rows.map(({ key, ids, over }) => {
    const records = new Map(reader.byIds(ids.split(',').map(Number)).map((stored) => [stored.id, reader.document(stored)]))
    const named = ids.split(',').map((id) => readText(records.get(Number(id)) ?? {}, 'event.id'))
    return `${key}: ${named.join(' ')}${over ? ' beyond' : ''}`
  })
  db.close()
  return found.sort()
}

function record(id: string, ms: number, action: string, fields: Readonly<Record<string, unknown>>): EcsEvent {
  return { '@timestamp': new Date(TEST_TIME + ms).toISOString(), 'host': { id: 'h', name: 'h' }, 'event': { id, category: ['process'], type: ['start'], action }, 'process': { name: 'p', pid: 1, entity_id: id, parent: { entity_id: 'parent', executable: '/bin/x', name: 'x' } }, ...fields }
}

const TWO = 'sequence by labels.k with maxspan=5s [process where event.action == "a"] [process where event.action == "b"]'
const a = (id: string, ms: number, k: unknown): EcsEvent => record(id, ms, 'a', { labels: { k } })
const b = (id: string, ms: number, k: unknown): EcsEvent => record(id, ms, 'b', { labels: { k } })

describe('every combination of values', () => {
  test.each<readonly [name: string, query: string, events: readonly EcsEvent[], alerts: readonly string[]]>([
    ['is a key', TWO, [a('1', 0, ['x', 'y']), b('2', 10, ['y', 'z'])], ['["y"]: 1 2']],
    ['that completes is an alert of its own', TWO, [a('1', 0, ['a', 'b']), b('2', 10, ['b', 'a'])], ['["a"]: 1 2', '["b"]: 1 2']],
    ['counts once, without the nulls beside it', TWO, [a('1', 0, ['x', 'x', null]), b('2', 10, [null, 'x'])], ['["x"]: 1 2']],
    ['of an empty list or of nulls there is none', TWO, [a('1', 0, []), b('2', 10, []), a('3', 20, [null]), b('4', 30, null)], []],
    ['of two fields', 'sequence by labels.k, labels.j with maxspan=5s [process where event.action == "a"] [process where event.action == "b"]', [record('1', 0, 'a', { labels: { k: ['p', 'q'], j: ['1', '2'] } }), record('2', 10, 'b', { labels: { k: ['q', 'p'], j: '2' } })], ['["p","2"]: 1 2', '["q","2"]: 1 2']],
    ['ends with until', `${TWO} until [process where event.action == "u"]`, [a('1', 0, ['x', 'y']), record('u', 5, 'u', { labels: { k: ['x', 'o'] } }), b('2', 10, ['x', 'y'])], ['["y"]: 1 2']],
    ['is spoilt by what must not happen', 'sequence by labels.k with maxspan=5s [process where event.action == "a"] ![process where event.action == "g"] [process where event.action == "b"]', [a('1', 0, ['x', 'y']), record('g', 5, 'g', { labels: { k: ['x', null] } }), b('2', 10, ['x', 'y'])], ['["y"]: 1 2']],
    ['of one name dotted and nested', TWO, [{ ...a('1', 0, 'x'), 'labels.k': 'y' }, b('2', 10, 'y'), b('3', 20, 'x')], ['["x"]: 1 3', '["y"]: 1 2']],
  ])('%s', async (_, rule, events, alerts) => {
    const directory = newDirectory(rule)
    await ingest(directory, events)
    expect(alertsOf(directory)).toEqual(alerts)
  })

  test('is told by the alert', async () => {
    const directory = newDirectory(TWO)
    await ingest(directory, [a('1', 0, ['x', 'y']), b('2', 10, ['y', 'x'])])
    expect(query(directory, 'SELECT "keys" FROM alert ORDER BY join_key')).toEqual([{ keys: '{"labels.k":"x"}' }, { keys: '{"labels.k":"y"}' }])
  })

  test('a late record takes one key away and leaves the other', async () => {
    const directory = newDirectory(`${TWO} until [process where event.action == "u"]`)
    await ingest(directory, [a('1', 0, ['x', 'y']), b('2', 10, ['x', 'y'])], [record('u', 5, 'u', { labels: { k: 'x' } })])
    expect(alertsOf(directory)).toEqual(['["y"]: 1 2'])
    expect(query(directory, 'SELECT count(*) AS n FROM alert')).toEqual([{ n: 2 }])
  })

  test('beyond the limit is said by the run and the alert', async () => {
    const many = Array.from({ length: LIMITS.eqlKeyCombinations + 1 }, (_, i) => `v${String(i).padStart(6, '0')}`)
    const directory = newDirectory(TWO)
    await ingest(directory, [a('1', 0, many), b('2', 10, 'v000000')])
    expect(alertsOf(directory)).toEqual(['["v000000"]: 1 2'])
    expect(query(directory, 'SELECT truncated FROM alert')).toEqual([{ truncated: `[{"cap":"keys","limit":${LIMITS.eqlKeyCombinations}}]` }])
    expect(query(directory, 'SELECT "key" FROM truncated_key')).toEqual([{ key: '["v000000"]' }])
  })
})

describe('the final alerts of several keys', () => {
  const values = fc.oneof(fc.constantFrom('x', 'y'), fc.array(fc.constantFrom('x', 'y', 'z', 'x', null), { maxLength: 4 }))
  const events = fc
    .array(fc.record({ action: fc.constantFrom('a', 'a', 'b', 'b', 'u', 'g'), ms: fc.integer({ min: 0, max: 10 }).map((n) => n * 100), k: values, dotted: fc.option(values) }), { minLength: 2, maxLength: 9 })
    .map((specs) => specs.map(({ action, ms, k, dotted }, i): EcsEvent => ({ ...record(`e${i}`, ms, action, { labels: { k } }), ...(dotted === null ? {} : { 'labels.k': dotted }) })))
  const rules = fc.constantFrom(
    `${TWO} until [process where event.action == "u"]`,
    'sequence by labels.k with maxspan=300ms [process where event.action == "a"] ![process where event.action == "g"] [process where event.action == "b"]',
    'sequence by labels.k with maxspan=300ms [process where event.action == "a"] with runs=2 ![process where event.action == "g"]',
    'sequence by ?labels.k with maxspan=300ms ![process where event.action == "g"] [process where event.action == "a"] [process where event.action == "b"] until [process where event.action == "u"]',
  )

  test('do not depend on order, batches, repetition or restarts', { timeout: 240_000 }, async () => {
    let seen = 0
    await fc.assert(
      fc.asyncProperty(rules, events, fc.infiniteStream(fc.nat()), async (rule, sent, choices) => {
        const next = (below: number): number => (choices.next().value as number) % below
        const sorted = newDirectory(rule)
        await ingest(sorted, sent.toSorted((one, other) => (String(one['@timestamp']) < String(other['@timestamp']) ? -1 : 1)))
        const files: EcsEvent[][] = [[]]
        for (const { event } of sent.map((event) => ({ event, rank: next(1_000) })).sort((one, other) => one.rank - other.rank)) {
          if (next(3) === 0) files.push([])
          files.at(-1)!.push(event)
          if (next(4) === 0) files.at(next(files.length))!.push(event)
        }
        const other = newDirectory(rule)
        await ingest(other, ...files)
        const expected = alertsOf(sorted)
        seen += expected.length
        expect(alertsOf(other)).toEqual(expected)
      }),
      { numRuns: 30 },
    )
    expect(seen).toBeGreaterThan(10)
  })
})

/** The database as the version before wrote it: one key an event, none for an event with several values. */
function downgrade(directory: string, forgetHits: (db: Sqlite.Database) => void): void {
  const db = new Sqlite(databasePath(directory))
  db.exec('DROP INDEX "alert_rule_id_event_id_join_key_key"; ALTER TABLE "alert" DROP COLUMN "join_key"; ALTER TABLE "rule" DROP COLUMN "rerun_advised_at"')
  forgetHits(db)
  db.exec('CREATE UNIQUE INDEX "alert_rule_id_event_id_key" ON "alert"("rule_id", "event_id")')
  db.exec(`DELETE FROM "_prisma_migrations" WHERE migration_name LIKE '%_alert_join_key'`)
  db.close()
}

describe('an upgrade', () => {
  const sent = [a('1', 0, 'x'), { ...b('2', 10, 'x'), 'labels.k': 'y' }, a('3', 5, 'y'), a('4', 1_000, ['p', 'q']), b('5', 1_010, ['q', 'p']), a('6', 2_000, 'r'), b('7', 2_010, 'r')]

  async function upgraded(forgetHits: (db: Sqlite.Database) => void): Promise<string> {
    const directory = newDirectory(TWO)
    await ingest(directory, sent)
    downgrade(directory, (db) => {
      // Of several values the first counted where a name stood twice, and none where it was a list.
      db.exec(`DELETE FROM alert WHERE "keys" NOT IN ('{"labels.k":"x"}', '{"labels.k":"r"}')`)
      db.exec(`DELETE FROM rule_hit WHERE "key" IN ('["p"]', '["q"]') OR ("key" = '["y"]' AND stage = 1)`)
      db.exec(`UPDATE alert SET status = 'closed', verdict = 'true_positive'`)
      forgetHits(db)
    })
    return directory
  }

  async function runOverStored(directory: string): Promise<void> {
    const sink = open(directory)
    const db = createClient(directory)
    const reader = openReader(directory)
    const context = { actor: LOCAL_ANALYST, db, events: new EventReader(reader), clock }
    expect((await readRule(context, IMDS))?.rerunAdvisedAt).not.toBeNull()
    await requestBackfill(context, { ruleId: IMDS })
    while (sink.work());
    expect((await readRule(context, IMDS))?.rerunAdvisedAt).toBeNull()
    await db.$disconnect()
    reader.close()
    sink.close()
  }

  const states = (directory: string) => query(directory, 'SELECT id, join_key AS key, status, verdict, retracted_at IS NOT NULL AS retracted FROM alert ORDER BY id')

  test.each<readonly [name: string, forgetHits: (db: Sqlite.Database) => void]>([
    ['with the hits of its alerts', () => undefined],
    ['without them', (db) => db.exec(`DELETE FROM rule_hit`)],
  ])('keeps alerts and verdicts, %s; what a run over stored events finds beside them is new', async (_, forgetHits) => {
    const directory = await upgraded(forgetHits)
    const before = query<{ id: number }>(directory, 'SELECT id FROM alert ORDER BY id').map(({ id }) => id)
    expect(before).toHaveLength(2)
    await runOverStored(directory)
    expect(alertsOf(directory)).toEqual(['["p"]: 4 5', '["q"]: 4 5', '["r"]: 6 7', '["x"]: 1 2', '["y"]: 3 2'])
    const after = states(directory) as { id: number; key: string; status: string; verdict: string | null; retracted: number }[]
    expect(after.filter(({ id }) => before.includes(id))).toEqual([
      { id: before[0], key: '["x"]', status: 'closed', verdict: 'true_positive', retracted: 0 },
      { id: before[1], key: '["r"]', status: 'closed', verdict: 'true_positive', retracted: 0 },
    ])
    expect(after.filter(({ id }) => !before.includes(id)).map(({ key, status }) => `${key} ${status}`).toSorted()).toEqual(['["p"] open', '["q"] open', '["y"] open'])
    expect(query(directory, `SELECT kind, count(*) AS n FROM alert_history WHERE alert_id IN (${before.join(', ')}) AND kind <> 'raised' GROUP BY kind`)).toEqual([])
  })

  test('and what is sent again afterwards changes nothing', async () => {
    const directory = await upgraded(() => undefined)
    await ingest(directory, sent)
    expect(alertsOf(directory)).toEqual(['["r"]: 6 7', '["x"]: 1 2'])
    await runOverStored(directory)
    await ingest(directory, sent.toReversed())
    expect(alertsOf(directory)).toHaveLength(5)
  })
})
