import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { EventReader } from '@/lib/db/event-reader'
import { databasePath } from '@/lib/db/open'
import type { EcsEvent } from '@/lib/ecs/event'
import { TEST_TIME, execEvent, networkEvent, testHost } from '@/lib/ecs/testing'
import { auditCall, auditConnect, auditExec, auditExit, auditFork } from '@/lib/ecs/testing/audit'
import type { HitFinder } from '@/lib/ingest/import-sink'
import { runImport } from '@/lib/ingest/run-import'
import { StoreSink } from './store-sink'

/**
 * Events that no rule can be satisfied by, whatever is filled in, are not read again once they are stored. All that can be seen
 * of them has to be as if they were: here both ways are taken, with rules that do read what is filled in.
 */

const directories: string[] = []
const clock = (): Date => new Date(TEST_TIME + 86_400_000)
const IMDS = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01'

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

const QUERIES = [
  `sequence by host.id, process.parent.entity_id with maxspan=2s
   [process where event.action == "exec" and process.parent.executable != null and process.name : ("curl", "bash") and not process.parent.executable : "/usr/bin/setup*"]
   [network where destination.ip == "169.254.169.254"]`,
  `sequence by process.entity_id with maxspan=2s [any where process.parent.name : "z*" and event.action in ("exec", "openat")] [network where destination.port == 80] until [process where event.action == "end"]`,
  'file where process.parent.name == "bash" and not process.parent.entity_id : "*@*"',
] as const

/** A directory whose first rule asks something else, with an exception that reads what is filled in. */
function newDirectory(query: string, excludes: boolean): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-settled-'))
  directories.push(directory)
  new StoreSink({ dataDir: directory, root: process.cwd(), clock, alone: true }).close()
  const db = new Sqlite(databasePath(directory))
  const id = db.prepare<[string], number>('SELECT version_id FROM rule WHERE rule_id = ?').pluck().get(IMDS)
  const document = JSON.parse(db.prepare<[unknown], string>('SELECT document FROM rule_version WHERE id = ?').pluck().get(id) ?? '{}') as object
  db.prepare('UPDATE rule_version SET document = ? WHERE id = ?').run(JSON.stringify({ ...document, query }), id)
  const entries = JSON.stringify([{ field: 'process.parent.name', operator: 'included', type: 'match', value: 'zsh' }])
  if (excludes) {
    db.prepare("INSERT INTO exception (name, reason, rule_id, entries, created_by, created_at, updated_by, updated_at) VALUES ('zsh', 'test', ?, ?, 'test', ?, 'test', ?)").run(
      IMDS,
      entries,
      TEST_TIME,
      TEST_TIME,
    )
  }
  db.close()
  return directory
}

async function* once(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text))
}

/** Each list as a file of its own, in a store that is opened anew for each; `waits` lets every event be read again. */
async function ingest(directory: string, files: readonly (readonly (EcsEvent | string)[])[], waits: boolean): Promise<void> {
  for (const records of files) {
    const sink = new StoreSink({ dataDir: directory, root: process.cwd(), clock, alone: true })
    const finder = (): HitFinder => (waits ? { ...sink.rules(), mayHit: () => true } : sink.rules())
    const text = records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join('')
    const summary = await runImport(sink, finder, once(text), { name: 'records', source: 'test', kind: 'cli' }, { actor: 'test' })
    expect(summary).toMatchObject({ error: null, rejected: 0 })
    sink.close()
  }
}

interface State {
  readonly alerts: readonly unknown[]
  readonly hits: readonly unknown[]
  readonly documents: readonly string[]
}

function stateOf(directory: string): State {
  const db = new Sqlite(databasePath(directory), { readonly: true })
  try {
    const reader = new EventReader(db)
    const identities = new Map(db.prepare<[], { id: number; identity: string }>('SELECT id, hex(identity) AS identity FROM event').all().map(({ id, identity }) => [id, identity]))
    const queues = ['enrich_queue', 'start_queue', 'tell_queue', 'retest_queue', 'join_queue']
    expect(queues.map((table) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get())).toEqual([0, 0, 0, 0, 0])
    return {
      alerts: db
        .prepare(
          `SELECT r.rule_id, a.reason, a.parent_executable, a."keys", (SELECT group_concat(x) FROM (SELECT hex(e.identity) || ':' || l.role AS x FROM alert_event l JOIN event e ON e.id = l.event_id
             WHERE l.alert_id = a.id ORDER BY l.position)) AS links FROM alert a JOIN rule r ON r.id = a.rule_id WHERE a.retracted_at IS NULL ORDER BY 1, 5`,
        )
        .all(),
      hits: db.prepare('SELECT h.rule_id, h."key", h.stage, hex(e.identity) AS event FROM rule_hit h JOIN event e ON e.id = h.event_id ORDER BY 1, 2, 3, 4').all(),
      // The documents, and where they are found; records are named by what they are, not by their number.
      documents: [
        ...reader.scan(0, 10_000).map((stored) => JSON.stringify([identities.get(stored.id), reader.document(stored)]).replace(/"event":(\d+)/g, (_, id: string) => `"event":"${identities.get(Number(id))}"`)),
        ...db.prepare<[], string>("SELECT hex(identity) || ' ' || ifnull(entity, '-') || ' ' || ifnull(parent, '-') FROM event").pluck().all(),
        ...db.prepare<[], string>("SELECT 'asks ' || p.parent_pid || ' ' || p.ts || ' ' || hex(e.identity) FROM parented_event p JOIN event e ON e.id = p.event_id").pluck().all(),
      ].sort(),
    }
  } finally {
    db.close()
  }
}

const host = testHost({ name: 'web-01', id: 'web-01' })
const pid = fc.constantFrom(10, 11, 12)
const common = fc.record({ at: fc.integer({ min: 0, max: 10 }).map((n) => n * 200), pid, ppid: pid, exe: fc.constantFrom('/usr/bin/bash', '/usr/bin/zsh', '/usr/bin/curl', '/usr/bin/setup-policy-routes', '/usr/bin/ls') })

interface Step {
  readonly at: number
  readonly pid: number
  readonly ppid: number
  readonly exe: string
}

const audit = (make: (step: Step, serial: number) => readonly string[]) => make
const KINDS = {
  exec: audit((step, serial) => auditExec({ ...step, serial, args: [step.exe.slice(step.exe.lastIndexOf('/') + 1), 'http://169.254.169.254/latest'] })),
  fork: audit(({ ppid, ...step }, serial) => auditFork({ ...step, ppid: 1, pid: ppid, child: step.pid, serial })),
  exit: audit((step, serial) => auditExit({ ...step, serial })),
  ask: audit((step, serial) => auditConnect({ ...step, serial })),
  connect: audit((step, serial) => auditConnect({ ...step, serial, ip: '192.0.2.1', port: 443 })),
  open: audit((step, serial) => [auditCall(257, 'success=yes exit=3 a0=1 a1=2 a2=3 a3=4', { ...step, serial })]),
} as const

/** One of a sensor with ids on the same host: from then on a pid's records are found under those. */
const sensor = (make: typeof execEvent | typeof networkEvent, { at, pid: own, ppid, exe }: Step, id: string): EcsEvent =>
  make({ host, id, at: TEST_TIME + at, pid: own, entityId: `${own} given`, executable: exe, name: exe.slice(exe.lastIndexOf('/') + 1), parent: { pid: ppid, entityId: `${ppid} given`, executable: '/usr/bin/bash' } })

const audited = fc.tuple(fc.constantFrom('exec', 'exec', 'fork', 'exit', 'ask', 'connect', 'open'), common)
const given = fc.tuple(fc.constantFrom(execEvent, networkEvent), common)
type World = readonly { readonly format: 'auditd' | 'ecs'; readonly records: readonly (EcsEvent | string)[] }[]
const world: fc.Arbitrary<World> = fc.tuple(fc.array(audited, { minLength: 3, maxLength: 12 }), fc.oneof(fc.constant([]), fc.constant([]), fc.array(given, { maxLength: 3 }))).map(([records, others]) => [
  ...records.map(([kind, step], i) => ({ format: 'auditd' as const, records: KINDS[kind](step, 50 + i) })),
  ...others.map(([make, step], i) => ({ format: 'ecs' as const, records: [sensor(make, step, `sensor-${i}`)] })),
])

/** A file has one format: those of a run of records that share theirs. */
function filesOf(records: World, cut: (at: number) => boolean): (EcsEvent | string)[][] {
  const files: (EcsEvent | string)[][] = []
  let format: string | null = null
  for (const [at, record] of records.entries()) {
    if (record.format !== format || cut(at)) files.push([])
    format = record.format
    files.at(-1)?.push(...record.records)
  }
  return files
}

const timeOf = (record: EcsEvent | string): number => (typeof record === 'string' ? Number(/audit\(([\d.]+)/.exec(record)?.[1]) * 1000 : Date.parse(String(record['@timestamp'])))

describe('what is not read again', () => {
  test('reads, hits and is found as if it were, whatever the order, the files, repetition or restarts', { timeout: 240_000 }, async () => {
    const seen = { alerts: 0, hits: 0, enriched: 0 }
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom(...QUERIES), fc.boolean(), fc.infiniteStream(fc.nat()), async (records, query, excludes, choices) => {
        const next = (below: number): number => (choices.next().value as number) % below
        const sorted = newDirectory(query, excludes)
        await ingest(sorted, filesOf(records.toSorted((a, b) => timeOf(a.records[0]!) - timeOf(b.records[0]!)), () => false), true)
        const shuffled = records.map((record) => ({ record, rank: next(1000) })).sort((a, b) => a.rank - b.rank).map(({ record }) => record)
        const repeated = shuffled.flatMap((record) => (next(4) === 0 ? [record, record] : [record]))
        const files = filesOf(repeated, () => next(3) === 0)
        const other = newDirectory(query, excludes)
        await ingest(other, files, false)
        const expected = stateOf(sorted)
        seen.alerts += expected.alerts.length
        seen.hits += expected.hits.length
        seen.enriched += expected.documents.filter((document) => document.includes('"enriched"')).length
        expect(stateOf(other)).toEqual(expected)
      }),
      { numRuns: 60 },
    )
    expect(seen.alerts).toBeGreaterThan(5)
    expect(seen.hits).toBeGreaterThan(20)
    expect(seen.enriched).toBeGreaterThan(100)
  })

  test('and most audit events are such, with the bundled rules', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-settled-'))
    directories.push(directory)
    const sink = new StoreSink({ dataDir: directory, root: process.cwd(), clock, alone: true })
    const { mayHit } = sink.rules()
    const asked: boolean[] = []
    const finder = (): HitFinder => ({ ...sink.rules(), mayHit: (event, lacks) => (asked.push(mayHit(event, lacks)), asked.at(-1) === true) })
    const lines = [...KINDS.fork({ at: 0, pid: 11, ppid: 10, exe: '/usr/bin/bash' }, 1), ...KINDS.open({ at: 1, pid: 11, ppid: 10, exe: '/usr/bin/bash' }, 2), ...KINDS.connect({ at: 2, pid: 11, ppid: 10, exe: '/usr/bin/bash' }, 3), ...auditExec({ at: 3, pid: 11, ppid: 10, exe: '/usr/bin/ls', serial: 4 }), ...KINDS.ask({ at: 4, pid: 11, ppid: 10, exe: '/usr/bin/ls' }, 5), ...KINDS.exec({ at: 5, pid: 11, ppid: 10, exe: '/usr/bin/curl' }, 6)]
    await runImport(sink, finder, once(`${lines.join('\n')}\n`), { name: 'records', source: 'test', kind: 'cli' }, { actor: 'test' })
    sink.close()
    expect(asked).toEqual([false, false, false, false, true, true])
  })
})
