import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { databasePath } from '@/lib/db/open'
import { readField } from '@/lib/ecs/event'
import type { EcsEvent } from '@/lib/ecs/event'
import { TEST_TIME, execEvent, imdsPair, networkEvent, testHost, withFields } from '@/lib/ecs/testing'
import { runImport } from '@/lib/ingest/run-import'
import { StoreSink } from './store-sink'

const directories: string[] = []
const clock = (): Date => new Date(TEST_TIME + 86_400_000)

function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-pipeline-'))
  directories.push(directory)
  return directory
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

const request = { name: 'test.ndjson', source: 'test', kind: 'cli' } as const

async function* chunks(bytes: Buffer, size = 64 * 1024): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}

function ndjson(events: readonly EcsEvent[]): Buffer {
  return Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

/** Ingests each batch as a file of its own, in a pipeline that is opened anew for each, as after a restart. */
async function ingest(directory: string, ...files: Buffer[]) {
  const summaries = []
  for (const file of files) {
    const sink = new StoreSink({ dataDir: directory, root: process.cwd(), clock, alone: true })
    summaries.push(await runImport(sink, () => sink.rules(), chunks(file), request, { actor: 'test' }))
    sink.close()
  }
  return summaries
}

function query<Row>(directory: string, sql: string, ...values: unknown[]): Row[] {
  const db = new Sqlite(databasePath(directory), { readonly: true })
  const rows = db.prepare(sql).all(...values) as Row[]
  db.close()
  return rows
}

/** The alerts as a set that does not mention row ids: which records of which rule, by the sensor's own event id. */
function alertsOf(directory: string): string[] {
  const db = new Sqlite(databasePath(directory), { readonly: true })
  const found = db
    .prepare<[], { links: string; over_cap: number; reason: string }>(
      `SELECT a.over_cap, a.reason || ' ' || json_array(a.imds_provider, a.imds_host, a.imds_path, a.imds_path_class, a.imds_role, a.imds_version) AS reason, (SELECT group_concat(x) FROM (SELECT hex(e.identity) || ':' || l.stage AS x FROM alert_event l JOIN event e ON e.id = l.event_id
         WHERE l.alert_id = a.id ORDER BY l.position)) AS links FROM alert a WHERE a.retracted_at IS NULL`,
    )
    .all()
  db.close()
  return found.map((row) => `${row.links} ${row.over_cap} ${row.reason}`).sort()
}

describe('a file of events', () => {
  test('becomes an alert that links exec and network record', async () => {
    const directory = newDirectory()
    const [summary] = await ingest(directory, ndjson(imdsPair({ gapMs: 410 })))
    expect(summary).toMatchObject({ records: 2, stored: 2, duplicates: 0, rejected: 0, alerts: 1, error: null })
    const [alert] = query<{ reason: string; severity: string; risk_score: number; keys: string; checklist_total: number }>(directory, 'SELECT * FROM alert')
    expect(alert).toMatchObject({ severity: 'medium', risk_score: 47, checklist_total: 6 })
    expect(alert?.reason).toBe('curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 410 ms later')
    expect(Object.keys(JSON.parse(alert!.keys) as object)).toEqual(['host.id', 'process.parent.entity_id'])
    expect(query(directory, 'SELECT role, stage FROM alert_event ORDER BY position')).toEqual([
      { role: 'exec', stage: 0 },
      { role: 'network', stage: 1 },
    ])
    expect(query(directory, 'SELECT count(*) AS n FROM join_queue')).toEqual([{ n: 0 }])
  })

  test('with objects for which nobody can ask for a text, where texts are told and joined by, raises its alert', async () => {
    const directory = newDirectory()
    const object = { toString: 1, valueOf: 2 }
    const pair = imdsPair().map((event) => withFields(event, { 'process.parent.entity_id': [['p', object]], 'process.command_line': undefined, 'process.args': [object, 'curl', [object, 'x']], 'event.category': [...(readField(event, 'event.category') as string[]), object] }))
    const [summary, again] = await ingest(directory, ndjson(pair), ndjson(pair))
    expect(summary).toMatchObject({ stored: 2, rejected: 0, alerts: 1, error: null })
    expect(again).toMatchObject({ stored: 0, duplicates: 2, alerts: 0 })
    expect(query(directory, 'SELECT * FROM set_aside')).toEqual([])
  })

  test('is stored once however often it comes', async () => {
    const directory = newDirectory()
    const file = ndjson(imdsPair())
    const [, again, compressed] = await ingest(directory, file, file, gzipSync(file))
    expect(again).toMatchObject({ stored: 0, duplicates: 2, alerts: 0 })
    expect(compressed).toMatchObject({ stored: 0, duplicates: 2, alerts: 0 })
    expect(query(directory, 'SELECT count(*) AS n FROM alert')).toEqual([{ n: 1 }])
  })

  test('is counted once for its source when a console starts while the command line reads it', async () => {
    const directory = newDirectory()
    const options = { dataDir: directory, root: process.cwd(), clock }
    const reading = new StoreSink({ ...options, alone: false })
    async function* startingInBetween(): AsyncGenerator<Buffer> {
      yield ndjson([...imdsPair(), ...imdsPair({ pid: 77, at: TEST_TIME + 10_000 })])
      // Longer than a batch waits, so that there is something to be counted twice.
      while (query<{ stored: number }>(directory, 'SELECT stored FROM import')[0]?.stored !== 4) await sleep(50)
      new StoreSink({ ...options, alone: true }).close()
      expect(query(directory, 'SELECT status FROM import')).toEqual([{ status: 'failed' }])
      yield ndjson([...imdsPair(), execEvent({ id: 'later', at: TEST_TIME + 60_000 })])
      yield Buffer.from('{"a record that is rejected":1}\n')
    }
    await runImport(reading, () => reading.rules(), startingInBetween(), request, { actor: 'test' })
    reading.close()
    expect(query(directory, 'SELECT status, stored, duplicates, rejected FROM import')).toEqual([{ status: 'done', stored: 5, duplicates: 2, rejected: 1 }])
    expect(query(directory, 'SELECT stored, duplicates, rejected, last_event_at FROM source')).toEqual([{ stored: 5, duplicates: 2, rejected: 1, last_event_at: TEST_TIME + 60_000 }])
  })

  test.each([
    ['exactly one second matches', imdsPair({ gapMs: 1000 }), 1],
    ['one millisecond more does not', imdsPair({ gapMs: 1001 }), 0],
    ['the network record in front of the exec in the file', imdsPair().toReversed(), 1],
    ['another parent', [execEvent(), networkEvent({ at: TEST_TIME + 10, parent: { entityId: 'another' } })], 0],
    ['another host', [execEvent(), networkEvent({ at: TEST_TIME + 10, host: testHost({ name: 'other' }) })], 0],
    ['an excluded directory', imdsPair({ workingDirectory: '/opt/nessus_agent/var/nessus/x' }), 0],
    ['an excluded directory in other case', imdsPair({ workingDirectory: '/OPT/Rapid7/agent' }), 0],
    ['an excluded executable', imdsPair({ executable: '/opt/aws/inspector/bin/inspectorssmplugin', commandLine: 'x 169.254.169.254' }), 0],
    ['another address', [execEvent(), networkEvent({ at: TEST_TIME + 10, destinationIp: '169.254.169.253' })], 0],
    ['a tool nobody listed', imdsPair({ name: 'ls' }), 0],
    ['the address on the command line of a tool nobody listed', imdsPair({ name: 'ls', commandLine: 'ls http://169.254.169.254/' }), 1],
    ['a sibling of the same parent', [execEvent(), networkEvent({ at: TEST_TIME + 10, pid: 9, entityId: 'sibling' })], 1],
  ])('%s', async (_name, events, alerts) => {
    const directory = newDirectory()
    const [summary] = await ingest(directory, ndjson(events))
    expect(summary).toMatchObject({ stored: events.length, alerts })
  })

  test('keeps what it cannot store, each with place and reason, and stores the rest', async () => {
    const directory = newDirectory()
    const [exec, network] = imdsPair()
    const { '@timestamp': _time, ...timeless } = execEvent({ id: 'timeless' })
    const { host: _host, ...hostless } = execEvent({ id: 'hostless' })
    const whole = JSON.stringify(exec)
    const lines = [
      whole,
      whole.slice(0, whole.length / 2),
      'hello',
      `{"message":"${'x'.repeat(20 * 1024 * 1024)}"}`,
      JSON.stringify(timeless),
      JSON.stringify(hostless),
      JSON.stringify({ ...exec, '@timestamp': 'yesterday', event: { id: 'bad' } }),
      '[1,2]',
      JSON.stringify(network),
    ]
    const [summary] = await ingest(directory, Buffer.from(lines.join('\n')))
    expect(summary).toMatchObject({ records: 9, stored: 2, rejected: 7, alerts: 1, error: null })
    const rejects = query<{ record: number; code: string; offset: number; size: number; bytes: Buffer }>(
      directory,
      'SELECT record, code, "offset", size, bytes FROM rejected_record ORDER BY record',
    )
    expect(rejects.map((r) => [r.record, r.code])).toEqual([
      [2, 'not_json'],
      [3, 'not_json'],
      [4, 'too_large'],
      [5, 'no_timestamp'],
      [6, 'no_host'],
      [7, 'bad_timestamp'],
      [8, 'not_an_object'],
    ])
    expect(rejects[0]).toMatchObject({ offset: whole.length + 1, size: Math.floor(whole.length / 2) })
    expect(rejects[1]?.bytes.toString()).toBe('hello')
    expect(rejects[2]?.size).toBe(20 * 1024 * 1024 + 14)
    expect(rejects[2]?.bytes.length).toBeLessThanOrEqual(64 * 1024)
  })

  test('keeps the bytes exactly as they came', async () => {
    const directory = newDirectory()
    const odd = `  ${JSON.stringify(execEvent({ id: 'odd' })).replace('{', '{ "zz" : 12345678901234567890, "é\\u0000" : "\\ud800",')} `
    await ingest(directory, Buffer.from(`${odd}\r\n`))
    const db = new Sqlite(databasePath(directory), { readonly: true })
    const { EventReader } = await import('@/lib/db/event-reader')
    expect(new EventReader(db).scan(0, 10).map((event) => event.raw.toString())).toEqual([odd.trim()])
    db.close()
  })

  test('is read out of the answer of a search, in one line or many', async () => {
    const answer = { took: 3, timed_out: false, hits: { total: { value: 2 }, hits: imdsPair().map((event, i) => ({ _index: 'logs', _id: `${i}`, _source: event })) } }
    for (const text of [JSON.stringify(answer), JSON.stringify(answer, null, 2)]) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const [summary] = await ingest(newDirectory(), Buffer.from(text))
      expect(summary).toMatchObject({ format: 'search-response', records: 2, stored: 2, rejected: 0, alerts: 1, notes: [] })
    }
  })

  test('is stored whole from a gzip behind whose end something stands, with a note', async () => {
    const [summary] = await ingest(newDirectory(), Buffer.concat([gzipSync(ndjson(imdsPair())), Buffer.from('garbage!')]))
    expect(summary).toMatchObject({ stored: 2, rejected: 0, alerts: 1, error: null, notes: [expect.stringMatching(/^8 bytes behind the end of the gzip stream/)] })
  })

  test('says where a cut-off gzip ended and keeps what was before', async () => {
    const directory = newDirectory()
    const events = Array.from({ length: 500 }, (_, i) => execEvent({ id: `e${i}`, args: [String(Math.sin(i))] }))
    const whole = gzipSync(ndjson(events))
    const [summary] = await ingest(directory, whole.subarray(0, Math.floor(whole.length / 2)))
    expect(summary?.error).toContain('cut off')
    expect(summary?.stored).toBeGreaterThan(0)
    const [again] = await ingest(directory, whole)
    expect(again).toMatchObject({ error: null, stored: 500 - (summary?.stored ?? 0), duplicates: summary?.stored })
  })

  test('an exec that arrives later and is nearer replaces the linked one, with history', async () => {
    const directory = newDirectory()
    const [first, network] = imdsPair({ gapMs: 500 })
    const nearer = execEvent({ id: 'nearer', at: TEST_TIME + 300, pid: 5000 })
    await ingest(directory, ndjson([first, network]), ndjson([nearer]))
    expect(query(directory, 'SELECT kind FROM alert_history ORDER BY id')).toEqual([{ kind: 'raised' }, { kind: 'relinked' }])
    expect(query<{ reason: string }>(directory, 'SELECT reason FROM alert')[0]?.reason).toContain('200 ms later')
  })

  test('alerts beyond max_signals of an interval are kept and marked', async () => {
    const directory = newDirectory()
    const events = Array.from({ length: 120 }, (_, i) => imdsPair({ at: TEST_TIME + i * 2000, pid: 6000 + i, gapMs: 10 })).flat()
    const [summary] = await ingest(directory, ndjson(events))
    expect(summary?.alerts).toBe(120)
    expect(query(directory, 'SELECT over_cap, count(*) AS n, min(occurred_at) AS first FROM alert GROUP BY over_cap')).toEqual([
      { over_cap: 0, n: 100, first: TEST_TIME + 10 },
      { over_cap: 1, n: 20, first: TEST_TIME + 200_010 },
    ])
  })
})

describe('the final alerts', () => {
  // Small worlds with many ties, near misses and interleavings of two parents, records that name both among them.
  const world = fc
    .array(
      fc.record({
        kind: fc.constantFrom('exec', 'network'),
        ms: fc.integer({ min: 0, max: 12 }).map((n) => n * 250),
        parents: fc.constantFrom(['p1'], ['p2'], ['p1', 'p2'], ['p2', null, 'p1', 'p2']),
        tool: fc.constantFrom('curl', 'ls'),
      }),
      { minLength: 2, maxLength: 14 },
    )
    .map((specs) =>
      specs.map(({ kind, ms, parents, tool }, i) => {
        const options = { id: `e${i}`, at: TEST_TIME + ms, pid: 100 + i, entityId: `x${i}`, name: tool, parent: {}, sequence: undefined }
        const fields = { 'event.sequence': undefined, 'process.parent.entity_id': parents.length === 1 ? parents[0] : parents }
        // Some name what they ask for, so that what an alert says of it is compared as well.
        if (i % 3 > 0) Object.assign(options, { commandLine: `${tool} http://169.254.169.254/latest/meta-data/${i % 3 === 1 ? `iam/security-credentials/role-${i}` : 'instance-id'}` })
        return kind === 'exec' ? execEvent({ ...options, fields }) : networkEvent({ ...options, fields })
      }),
    )

  test('do not depend on order, batches, repetition or restarts', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.infiniteStream(fc.nat()), async (events, choices) => {
        const next = (below: number): number => (choices.next().value as number) % below
        const sorted = newDirectory()
        await ingest(sorted, ndjson(events))
        const shuffled = events.map((event) => ({ event, rank: next(1000) })).sort((a, b) => a.rank - b.rank)
        const files: EcsEvent[][] = [[]]
        for (const { event } of shuffled) {
          if (next(3) === 0) files.push([])
          files.at(-1)!.push(event)
          if (next(4) === 0) files.at(next(files.length))!.push(event)
        }
        const other = newDirectory()
        await ingest(other, ...files.map(ndjson))
        expect(alertsOf(other)).toEqual(alertsOf(sorted))
      }),
      { numRuns: 25 },
    )
  })
})
