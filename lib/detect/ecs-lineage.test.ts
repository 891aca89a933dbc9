import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { EventReader } from '@/lib/db/event-reader'
import { databasePath } from '@/lib/db/open'
import type { Enriched } from '@/lib/ecs/enriched'
import type { EcsEvent } from '@/lib/ecs/event'
import { readField, readText } from '@/lib/ecs/event'
import { TEST_TIME, endEvent, execEvent, forkEvent, imdsPair, networkEvent, testHost, withFields } from '@/lib/ecs/testing'
import type { TestEventOptions } from '@/lib/ecs/testing'
import { auditConnect, auditExec } from '@/lib/ecs/testing/audit'
import { runImport } from '@/lib/ingest/run-import'
import { StoreSink } from './store-sink'

const directories: string[] = []
const clock = (): Date => new Date(TEST_TIME + 86_400_000)

function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-lineage-'))
  directories.push(directory)
  return directory
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

async function* once(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text))
}

/** Each list as a file of its own, in a store that is opened anew for each. */
async function ingest(directory: string, files: readonly (readonly (EcsEvent | string)[])[]): Promise<void> {
  for (const events of files) {
    const sink = new StoreSink({ dataDir: directory, root: process.cwd(), clock, alone: true })
    const text = events.map((event) => `${typeof event === 'string' ? event : JSON.stringify(event)}\n`).join('')
    await runImport(sink, () => sink.rules(), once(text), { name: 'events', source: 'test', kind: 'cli' }, { actor: 'test' })
    sink.close()
  }
}

function open<T>(directory: string, read: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(databasePath(directory), { readonly: true })
  try {
    return read(db)
  } finally {
    db.close()
  }
}

/** The stored events as they read now, by event.id. */
function read(directory: string): Map<string, EcsEvent> {
  return open(directory, (db) => {
    const reader = new EventReader(db)
    return new Map(reader.scan(0, 10_000).map((stored) => [readText(reader.document(stored), 'event.id') ?? '', reader.document(stored)]))
  })
}

const RULE = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01'

/** Alerts of the rule that joins by the parent, without row ids. */
function alertsOf(directory: string): unknown[] {
  return open(directory, (db) =>
    db
      .prepare(
        `SELECT a.reason, a.parent_executable, a."keys", (SELECT group_concat(x) FROM (SELECT hex(e.identity) || ':' || l.stage AS x FROM alert_event l JOIN event e ON e.id = l.event_id
           WHERE l.alert_id = a.id ORDER BY l.position)) AS links FROM alert a WHERE a.rule_id = (SELECT id FROM rule WHERE rule_id = '${RULE}') AND a.retracted_at IS NULL ORDER BY links`,
      )
      .all(),
  )
}

/** Everything that has to be the same in the end: hits and where events are found, by identity. */
function stateOf(directory: string): unknown {
  return open(directory, (db) => ({
    hits: db.prepare('SELECT h.rule_id, h."key", h.stage, hex(e.identity) AS event FROM rule_hit h JOIN event e ON e.id = h.event_id ORDER BY 1, 2, 3, 4').all(),
    found: db.prepare('SELECT hex(identity) AS event, entity, parent FROM event ORDER BY 1').all(),
    queued: ['enrich_queue', 'start_queue', 'tell_queue', 'retest_queue', 'join_queue'].map((table) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()),
  }))
}

const WITHOUT_PARENT = { 'process.parent': undefined }
const ONLY_PID = { 'process.parent': undefined, 'process.entity_id': undefined, 'process.name': undefined, 'process.executable': undefined }

const [EXEC, CONNECT] = imdsPair({ id: 'exec' })
const idOf = (event: EcsEvent, field: string): string => readText(event, field) ?? ''

describe('a connection that does not name the parent', () => {
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['at all', WITHOUT_PARENT],
    ['nor its own id', ONLY_PID],
    ['nor its own id, with a start time', { ...ONLY_PID, 'process.start': '2026-11-03T10:00:00.900Z' }],
    ['as text', { ...ONLY_PID, 'process.pid': '4711' }],
    ['in a list of one', { ...ONLY_PID, 'process.pid': [4711] }],
    ['by id', { 'process.parent': { pid: 4700 }, 'process.entity_id': undefined }],
    ['but by an empty id', { 'process.parent': { entity_id: '' } }],
    ['but by an empty id in a list', { 'process.parent': { entity_id: [''] } }],
    ['but by empty ids, its own too', { ...ONLY_PID, 'process.parent': { entity_id: '' }, 'process.entity_id': '' }],
    ['but by an empty id and its pid', { 'process.parent': { entity_id: '', pid: 4700 }, 'process.entity_id': [''] }],
  ])('%s gets it from the record of the process, early or late', async (_name, fields) => {
    const bare = withFields(CONNECT, fields)
    const early = newDirectory()
    await ingest(early, [[EXEC, bare]])
    const late = newDirectory()
    await ingest(late, [[bare], [EXEC]])
    const complete = newDirectory()
    await ingest(complete, [[EXEC, CONNECT]])
    expect(alertsOf(early)).toHaveLength(1)
    expect(alertsOf(late)).toEqual(alertsOf(early))
    expect(stateOf(late)).toEqual(stateOf(early))
    const known = read(late).get('exec-net') ?? {}
    for (const field of ['process.entity_id', 'process.parent.entity_id', 'process.parent.executable', 'process.parent.name']) expect([field, readField(known, field)]).toEqual([field, readField(CONNECT, field)])
    expect(alertsOf(early)).toMatchObject([{ reason: (alertsOf(complete)[0] as { reason: string }).reason, parent_executable: '/usr/bin/bash' }])
  })

  test.each([
    ['the connection names the program of its parent alone', {}, { 'process.parent.entity_id': '', 'process.parent.pid': undefined }],
    ['neither has an id of its own', { 'process.entity_id': '', 'process.parent.pid': undefined }, { 'process.entity_id': '', 'process.parent.entity_id': '', 'process.parent.pid': undefined }],
    ['neither has an id of its own, in lists', { 'process.entity_id': [''], 'process.parent.pid': undefined }, { 'process.entity_id': [''], 'process.parent.entity_id': [''], 'process.parent.pid': undefined }],
  ])('is one with the exec where ids are empty and no parent pid is told: %s', async (_name, ofExec, ofConnection) => {
    const [exec, connection] = [withFields(EXEC, ofExec), withFields(CONNECT, ofConnection)]
    const [early, late] = [newDirectory(), newDirectory()]
    await ingest(early, [[exec, connection]])
    await ingest(late, [[connection], [exec]])
    expect(alertsOf(early)).toHaveLength(1)
    expect(alertsOf(late)).toEqual(alertsOf(early))
  })

  test('does not belong to another process whose ids are as empty', async () => {
    const empty = { 'process.entity_id': '', 'process.parent.entity_id': '', 'process.parent.pid': undefined }
    const exec = withFields(EXEC, empty)
    const [before, after] = [newDirectory(), newDirectory()]
    const another = withFields(CONNECT, { ...empty, 'process.pid': 5000 })
    await ingest(before, [[exec, another]])
    await ingest(after, [[another], [exec]])
    expect([alertsOf(before), alertsOf(after)]).toEqual([[], []])
  })

  test('events with an empty id are told apart by their bytes, and hosts by their names', async () => {
    const directory = newDirectory()
    const nameless = ['a', 'b'].map((name) => withFields(CONNECT, { 'event.id': '', 'agent.id': '', 'host.id': '', 'host.name': name }))
    await ingest(directory, [nameless])
    expect(open(directory, (db) => db.prepare('SELECT host_id FROM event e JOIN host h ON h.id = e.host ORDER BY 1').pluck().all())).toEqual(['a', 'b'])
  })

  test('says what was filled in and from which record, and keeps the bytes', async () => {
    const directory = newDirectory()
    const bare = withFields(CONNECT, { ...WITHOUT_PARENT, linklocal: { enriched: [{ fields: ['process.pid'], from: 'a liar' }] } })
    await ingest(directory, [[EXEC, bare]])
    const event = read(directory).get('exec-net') ?? {}
    const exec = open(directory, (db) => db.prepare('SELECT min(id) FROM event').pluck().get() as number)
    expect(readField(event, 'linklocal.enriched')).toEqual([
      {
        fields: ['process.parent.entity_id', 'process.parent.pid', 'process.parent.executable', 'process.parent.name'],
        from: 'exec',
        at: '2026-11-03T10:00:00.000Z',
        event: exec,
      } satisfies Enriched,
    ])
    expect(open(directory, (db) => new EventReader(db).scan(0, 10).map((stored) => JSON.parse(stored.raw.toString()) as unknown))).toEqual([EXEC, bare])
    expect(read(directory).get('exec')).not.toHaveProperty('linklocal')
  })

  test('keeps what it says itself', async () => {
    const directory = newDirectory()
    const other = withFields(CONNECT, { 'process.parent': { entity_id: 'another', name: 'cron' } })
    const named = withFields(networkEvent({ id: 'named' }), { 'process.parent': { name: 'sh' } })
    await ingest(directory, [[EXEC, other, named]])
    expect(readField(read(directory).get('exec-net') ?? {}, 'process.parent')).toEqual({ entity_id: 'another', name: 'cron' })
    expect(readField(read(directory).get('named') ?? {}, 'process.parent')).toMatchObject({ name: 'sh', entity_id: idOf(EXEC, 'process.parent.entity_id') })
  })

  test('of Elastic Defend, which names the parent by id alone, learns what that is', async () => {
    const directory = newDirectory()
    const entity = idOf(EXEC, 'process.parent.entity_id')
    await ingest(directory, [[withFields(CONNECT, { 'process.parent': { entity_id: entity } })], [EXEC]])
    expect(readField(read(directory).get('exec-net') ?? {}, 'process.parent')).toMatchObject({ entity_id: entity, executable: '/usr/bin/bash', name: 'bash' })
    expect(alertsOf(directory)).toHaveLength(1)
  })

  test('of another host with the same pid and id learns nothing', async () => {
    const directory = newDirectory()
    const other = networkEvent({ host: testHost({ name: 'db-01' }), id: 'other', entityId: idOf(EXEC, 'process.entity_id'), fields: WITHOUT_PARENT })
    await ingest(directory, [[EXEC, other, networkEvent({ host: testHost({ name: 'db-02' }), id: 'third', fields: ONLY_PID })]])
    expect(readField(read(directory).get('other') ?? {}, 'process.parent')).toBeUndefined()
    expect(readField(read(directory).get('third') ?? {}, 'process.parent')).toBeUndefined()
  })

  test('takes the exec over the fork, whichever came first', async () => {
    const directory = newDirectory()
    const entityId = idOf(EXEC, 'process.entity_id')
    const fork = forkEvent({ entityId, at: TEST_TIME - 5, parent: { name: 'zsh', entityId: 'zsh' } })
    await ingest(directory, [[fork, withFields(CONNECT, WITHOUT_PARENT)], [EXEC]])
    expect(readText(read(directory).get('exec-net') ?? {}, 'process.parent.name')).toBe('bash')
  })
})

describe('a pid that is used again', () => {
  const life = (name: string, at: number): TestEventOptions => ({ id: name, at, pid: 4711, parent: { name, pid: 4000, entityId: `${name} parent` }, entityId: `${name} itself` })
  const first = execEvent(life('first', TEST_TIME))
  const gone = endEvent({ ...life('first', TEST_TIME + 5_000), id: 'gone' })
  const second = execEvent(life('second', TEST_TIME + 60_000))
  const at = (ms: number, start?: number): EcsEvent =>
    networkEvent({ id: 'net', at: TEST_TIME + ms, fields: { ...ONLY_PID, ...(start === undefined ? {} : { 'process.start': new Date(TEST_TIME + start).toISOString() }) } })

  test.each<[string, EcsEvent, string | undefined]>([
    ['in the first life', at(3_000), 'first'],
    ['in the millisecond of its end', at(5_000), 'first'],
    ['between the two', at(30_000), undefined],
    ['in the second', at(61_000), 'second'],
    ['before anything is known', at(-10_000), undefined],
    ['with the start of the first, after it is reported gone', at(6_000, 0), 'first'],
    ['with a start that nobody reported', at(70_000, 65_000), undefined],
    ['with a start before the exec that nobody reported', at(61_000, 40_000), 'second'],
    ['with a start in the far future, which says nothing', at(61_000, 1e12), 'second'],
  ])('%s', async (_name, event, expected) => {
    for (const files of [[[first, gone, second, event]], [[event], [second], [gone], [first]]]) {
      const directory = newDirectory()
      await ingest(directory, files)
      const known = read(directory).get('net') ?? {}
      expect(readText(known, 'process.parent.name')).toBe(expected)
      const id = readText(known, 'process.entity_id') ?? ''
      expect(id.startsWith('pid:') ? undefined : id).toBe(expected && `${expected} itself`)
    }
  })

  test('has an id for each life where the sensor gives none', async () => {
    const ids = { 'process.entity_id': undefined, 'process.parent': { pid: 4000 } }
    const events = [
      networkEvent({ id: 'unknown', at: TEST_TIME - 1_000, fields: ids }),
      execEvent({ id: 'a', at: TEST_TIME, fields: { ...ids, 'process.start': new Date(TEST_TIME - 20).toISOString() } }),
      networkEvent({ id: 'b', at: TEST_TIME + 100, fields: ids }),
      endEvent({ id: 'c', at: TEST_TIME + 200, fields: ids }),
      forkEvent({ id: 'd', at: TEST_TIME + 900, fields: ids }),
      execEvent({ id: 'e', at: TEST_TIME + 950, fields: ids }),
    ]
    const host = testHost().id
    const directory = newDirectory()
    await ingest(directory, events.toReversed().map((event) => [event]))
    const known = read(directory)
    expect(Object.fromEntries([...known].map(([id, event]) => [id, readText(event, 'process.entity_id')]))).toEqual({
      unknown: `pid:${host}:4711`,
      a: `pid:${host}:4711@${TEST_TIME - 20}`,
      b: `pid:${host}:4711@${TEST_TIME - 20}`,
      c: `pid:${host}:4711@${TEST_TIME - 20}`,
      d: `pid:${host}:4711@${TEST_TIME + 900}`,
      e: `pid:${host}:4711@${TEST_TIME + 900}`,
    })
    expect(new Set([...known.values()].map((event) => readText(event, 'process.parent.entity_id')))).toEqual(new Set([`pid:${host}:4000`]))
    expect(readField(known.get('b') ?? {}, 'linklocal.enriched')).toContainEqual({ fields: ['process.entity_id', 'process.parent.entity_id'], from: 'host, pid and start', at: null, event: null })
  })
})

describe('a source that has only pids', () => {
  const ids = { 'process.entity_id': undefined, 'process.parent': { pid: 4700 } }
  const exec = execEvent({ id: 'exec', fields: ids })
  const connect = networkEvent({ id: 'net', fields: ids })
  const parent = execEvent({ id: 'parent', pid: 4700, at: TEST_TIME - 9_000, executable: '/usr/bin/zsh', fields: { 'process.entity_id': undefined, 'process.parent': { pid: 1 } } })

  test('raises the alert once its parent is known', async () => {
    const directory = newDirectory()
    await ingest(directory, [[connect, exec]])
    expect(alertsOf(directory)).toEqual([])
    await ingest(directory, [[parent]])
    expect(alertsOf(directory)).toMatchObject([{ parent_executable: '/usr/bin/zsh' }])
  })

  test('whose parent does something later than its child asked is known by that', async () => {
    const directory = newDirectory()
    await ingest(directory, [[exec, connect, networkEvent({ at: TEST_TIME + 60_000, pid: 4700, executable: '/usr/bin/zsh', destinationIp: '192.0.2.7', fields: { 'process.entity_id': undefined, 'process.parent': undefined } })]])
    expect(alertsOf(directory)).toMatchObject([{ parent_executable: '/usr/bin/zsh' }])
  })

  test('joins by a parent that nobody recorded, for a rule that does not ask what it was', async () => {
    const directory = newDirectory()
    new StoreSink({ dataDir: directory, root: process.cwd(), clock, alone: true }).close()
    const db = new Sqlite(databasePath(directory))
    const document = db.prepare<[], string>(`SELECT document FROM rule_version v JOIN rule r ON r.version_id = v.id WHERE r.rule_id = '${RULE}'`).pluck().get() ?? ''
    db.prepare(`UPDATE rule_version SET document = ? WHERE id = (SELECT version_id FROM rule WHERE rule_id = '${RULE}')`).run(document.replace('process.parent.executable != null', 'true'))
    db.close()
    await ingest(directory, [[connect], [exec]])
    expect(alertsOf(directory)).toHaveLength(1)
  })

  test('takes the id of a sensor that has one, and leaves others theirs', async () => {
    const directory = newDirectory()
    const host = 'mixed-01'
    const mixed = testHost({ name: host, id: host })
    const [seen, connected] = imdsPair({ host: mixed, id: 'elastic', fields: { 'process.start': new Date(TEST_TIME).toISOString() } })
    await ingest(directory, [
      auditConnect({ serial: 7, node: host, at: 405 }),
      [seen, connected],
      auditExec({ serial: 6, node: host, at: 1 }),
    ])
    const known = [...read(directory).values()]
    expect(new Set(known.map((event) => readText(event, 'process.entity_id')))).toEqual(new Set([idOf(seen, 'process.entity_id')]))
    expect(new Set(known.map((event) => readText(event, 'process.parent.entity_id')))).toEqual(new Set([idOf(seen, 'process.parent.entity_id')]))
    expect(known.filter((event) => readText(event, 'event.module') === 'endpoint').some((event) => 'linklocal' in event)).toBe(false)
  })

  test('log lines that name a pid are left as they are', async () => {
    const directory = newDirectory()
    await ingest(directory, [[exec, networkEvent({ id: 'login', fields: { ...ids, 'event.category': ['authentication'], 'event.type': ['start'] } })]])
    expect(readField(read(directory).get('login') ?? {}, 'process.entity_id')).toBeUndefined()
  })
})

describe('hostile records', () => {
  const hostile: readonly unknown[] = [-1, 0, 1.5, 'abc', '', '0x1267', 18446744073709551615n.toString(), 2 ** 60, [4711, 4712], [], {}, null, true, { toString: 1 }]

  test.each(hostile.map((pid) => [JSON.stringify(pid), pid] as const))('the pid %s is none', async (_name, pid) => {
    const directory = newDirectory()
    await ingest(directory, [[EXEC, withFields(CONNECT, { ...ONLY_PID, 'process.pid': pid })]])
    expect(readField(read(directory).get('exec-net') ?? {}, 'process.entity_id')).toBeUndefined()
    expect(alertsOf(directory)).toEqual([])
  })

  test.each([
    ['its own parent by id', { parent: { entityId: 'me', pid: 4711 }, entityId: 'me' }, WITHOUT_PARENT],
    ['its own parent by pid', { fields: { 'process.entity_id': undefined, 'process.parent': { pid: 4711 } } }, { 'process.entity_id': undefined, 'process.parent': { pid: 4711 } }],
  ])('a process that is %s has none', async (_name, options, fields) => {
    const directory = newDirectory()
    await ingest(directory, [[execEvent({ ...options, id: 'exec' }), networkEvent({ ...options, id: 'net', fields })]])
    const parent = readText(read(directory).get('net') ?? {}, 'process.parent.entity_id')
    expect(parent).toBeUndefined()
  })

  test('two processes that are each other’s parent', async () => {
    const directory = newDirectory()
    const of = (pid: number, ppid: number) => ({ pid, fields: { 'process.entity_id': undefined, 'process.parent': { pid: ppid } } })
    await ingest(directory, [[execEvent({ ...of(10, 11), id: 'a' }), execEvent({ ...of(11, 10), id: 'b' }), networkEvent({ ...of(10, 11), id: 'net' })]])
    expect(readText(read(directory).get('net') ?? {}, 'process.parent.executable')).toBe('/usr/bin/curl')
  })

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['process is text', { process: 'curl' }],
    ['process is a list', { process: [{ pid: 4711 }] }],
    ['parent is text', { 'process.parent': 'bash', 'process.entity_id': undefined }],
    ['a start that is no time', { ...ONLY_PID, 'process.start': { a: 1 } }],
    ['a start before 1970', { ...ONLY_PID, 'process.start': '0001-01-01T00:00:00Z' }],
    ['a start of 64 bits', { ...ONLY_PID, 'process.start': 9223372036854775807n.toString() }],
    ['an id that looks like ours', { ...WITHOUT_PARENT, 'process.entity_id': `pid:${testHost().id}:4711` }],
    ['an id with NUL', { ...WITHOUT_PARENT, 'process.entity_id': '\u0000' }],
    ['__proto__ as id', { ...WITHOUT_PARENT, 'process.entity_id': '__proto__' }],
    ['a sequence that is none', { ...ONLY_PID, 'event.sequence': -5 }],
  ])('%s: stored, read and shown all the same, in either order', async (_name, fields) => {
    const states = []
    for (const files of [[[EXEC, withFields(CONNECT, fields)]], [[withFields(CONNECT, fields)], [EXEC]]]) {
      const directory = newDirectory()
      await ingest(directory, files)
      expect(read(directory).size).toBe(2)
      states.push({ state: stateOf(directory), alerts: alertsOf(directory) })
    }
    expect(states[1]).toEqual(states[0])
  })

  test('fields written with dots are read and filled in the same', async () => {
    const directory = newDirectory()
    const dotted = { '@timestamp': CONNECT['@timestamp'], 'event.id': 'dotted', 'event.category': 'network', 'event.action': 'connection_attempted', 'host.id': testHost().id, 'host.os.type': 'linux', 'process.pid': 4711, 'destination.ip': '169.254.169.254' }
    await ingest(directory, [[dotted], [EXEC]])
    expect(readText(read(directory).get('dotted') ?? {}, 'process.parent.executable')).toBe('/usr/bin/bash')
    expect(alertsOf(directory)).toHaveLength(1)
  })
})

test('a store that was killed between storing and looking up finishes when it is opened', async () => {
  const directory = newDirectory()
  await ingest(directory, [[EXEC, withFields(CONNECT, ONLY_PID), withFields(networkEvent({ id: 'own' }), WITHOUT_PARENT)]])
  const finished = { state: stateOf(directory), alerts: alertsOf(directory) }
  expect(finished.alerts).toHaveLength(1)
  const db = new Sqlite(databasePath(directory))
  // As it is after the transaction that stored them.
  db.exec(`DELETE FROM alert_event; DELETE FROM alert_history; DELETE FROM alert; DELETE FROM rule_hit WHERE stage = 1; DELETE FROM known_process WHERE entity_id IS NOT NULL;
    UPDATE process_start SET grade = NULL, event_id = NULL, parent_entity_id = NULL; UPDATE event SET entity = NULL, parent = NULL WHERE category = (SELECT id FROM term WHERE text = 'network');
    UPDATE event SET entity = (SELECT entity FROM process_start) WHERE id = 3;
    INSERT INTO tell_queue (event_id) VALUES (1); INSERT INTO start_queue (entity, host, entity_id) SELECT entity, host, entity_id FROM process_start;
    INSERT INTO retest_queue (event_id) VALUES (2), (3)`)
  db.close()
  new StoreSink({ dataDir: directory, root: process.cwd(), clock, alone: true }).close()
  expect({ state: stateOf(directory), alerts: alertsOf(directory) }).toEqual(finished)
})

describe('what is left out', () => {
  const LEFT_OUT: readonly Readonly<Record<string, unknown>>[] = [
    {},
    WITHOUT_PARENT,
    ONLY_PID,
    { 'process.parent.entity_id': undefined, 'process.parent.executable': undefined, 'process.parent.name': undefined },
    { 'process.entity_id': undefined, 'process.parent.entity_id': undefined, 'process.parent.executable': undefined, 'process.parent.name': undefined },
    { 'process.entity_id': undefined, 'process.parent': undefined },
  ]
  const moment = fc.integer({ min: 0, max: 8 }).map((n) => TEST_TIME + n * 150)
  const pid = fc.constantFrom(20, 20, 21)
  const common = fc.record({ at: moment, pid, parent: fc.constantFrom(10, 10, 10, 20), generation: fc.constantFrom(1, 1, 1, 2), left: fc.constantFrom(...LEFT_OUT), start: fc.constantFrom(null, 0, 450), sequence: fc.constantFrom(undefined, 1, 2, 3) })
  const told = fc.array(fc.tuple(fc.constantFrom(execEvent, execEvent, execEvent, forkEvent, endEvent), fc.tuple(common, fc.constantFrom(LEFT_OUT[0], LEFT_OUT[0], LEFT_OUT[3], LEFT_OUT[4])).map(([of, left]) => ({ ...of, left: left ?? {} }))), { minLength: 2, maxLength: 6 })
  const asking = fc.array(common, { minLength: 1, maxLength: 4 })
  const build = (make: (options: TestEventOptions) => EcsEvent, { at, pid: own, parent, generation, left, start, sequence }: typeof common extends fc.Arbitrary<infer T> ? T : never, id: string): EcsEvent =>
    make({
      id,
      at,
      pid: own,
      entityId: `${own} of ${generation}`,
      parent: { pid: parent, entityId: `${parent} of ${generation}`, executable: generation === 1 ? '/usr/bin/bash' : '/usr/bin/zsh' },
      fields: { ...left, ...(start === null ? {} : { 'process.start': new Date(TEST_TIME + start).toISOString() }), 'event.sequence': sequence },
    })
  const world = fc.tuple(told, asking).map(([records, connections]) => [
    ...records.map(([make, options], i) => build(make, options, `told-${i}`)),
    ...connections.map((options, i) => build(networkEvent, { ...options, at: options.at + 300 }, `net-${i}`)),
  ])

  test('is found whatever the order, the files, repetition or restarts', async () => {
    let alerts = 0
    let filled = 0
    await fc.assert(
      fc.asyncProperty(world, fc.infiniteStream(fc.nat()), async (events, choices) => {
        const next = (below: number): number => (choices.next().value as number) % below
        const sorted = newDirectory()
        await ingest(sorted, [events])
        const files: EcsEvent[][] = [[]]
        for (const { event } of events.map((event) => ({ event, rank: next(1000) })).sort((a, b) => a.rank - b.rank)) {
          if (next(3) === 0) files.push([])
          files.at(-1)!.push(event)
          if (next(4) === 0) files.at(next(files.length))!.push(event)
        }
        const other = newDirectory()
        await ingest(other, files.filter((file) => file.length > 0))
        alerts += alertsOf(sorted).length
        filled += [...read(sorted).values()].filter((event) => 'linklocal' in event).length
        expect(alertsOf(other)).toEqual(alertsOf(sorted))
        expect(stateOf(other)).toEqual(stateOf(sorted))
      }),
      { numRuns: 60 },
    )
    expect(alerts).toBeGreaterThan(10)
    expect(filled).toBeGreaterThan(100)
  }, 240_000)
})
