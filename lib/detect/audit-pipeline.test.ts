import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { EventReader } from '@/lib/db/event-reader'
import { databasePath } from '@/lib/db/open'
import { readText } from '@/lib/ecs/event'
import { TEST_TIME } from '@/lib/ecs/testing'
import { auditCall, auditConnect, auditExec, auditExit, auditFork } from '@/lib/ecs/testing/audit'
import { runImport } from '@/lib/ingest/run-import'
import type { ImportRequest } from '@/lib/ingest/schema'
import { StoreSink } from './store-sink'

const directories: string[] = []
const clock = (): Date => new Date(TEST_TIME + 86_400_000)

function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-audit-'))
  directories.push(directory)
  return directory
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

const request: ImportRequest = { name: 'audit.log', source: 'test', kind: 'cli' }

async function* chunks(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 4096) yield await Promise.resolve(bytes.subarray(at, at + 4096))
}

/** Each list of lines as a file of its own, in a store that is opened anew for each. */
async function ingest(directory: string, files: readonly (readonly string[])[], options: Partial<ImportRequest> = {}) {
  const summaries = []
  for (const lines of files) {
    const sink = new StoreSink({ dataDir: directory, root: process.cwd(), clock, alone: true })
    summaries.push(await runImport(sink, () => sink.rules(), chunks(Buffer.from(`${lines.join('\n')}\n`)), { ...request, ...options }, { actor: 'test' }))
    sink.close()
  }
  return summaries
}

function open<T>(directory: string, read: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(databasePath(directory), { readonly: true })
  try {
    return read(db)
  } finally {
    db.close()
  }
}

interface AlertState {
  readonly reason: string
  readonly parent_executable: string | null
  readonly links: string
}

/** The rule that joins by the parent and asks what that ran; others find things in these records as well. */
const RULE = "(SELECT id FROM rule WHERE rule_id = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01')"

/** Its alerts without row ids: links by identity, and what they say. */
function alertsOf(directory: string): AlertState[] {
  return open(directory, (db) =>
    db
      .prepare<[], AlertState>(
        `SELECT a.reason, a.parent_executable, (SELECT group_concat(x) FROM (SELECT hex(e.identity) || ':' || l.stage AS x FROM alert_event l JOIN event e ON e.id = l.event_id
           WHERE l.alert_id = a.id ORDER BY l.position)) AS links FROM alert a WHERE a.rule_id = ${RULE} AND a.retracted_at IS NULL ORDER BY links`,
      )
      .all(),
  )
}

function historyOf(directory: string): string[] {
  return open(directory, (db) => db.prepare<[], string>(`SELECT h.kind FROM alert_history h JOIN alert a ON a.id = h.alert_id WHERE a.rule_id = ${RULE} ORDER BY h.id`).pluck().all())
}

const BASH = auditExec({ serial: 1, pid: 4700, ppid: 900, exe: '/usr/bin/bash', args: ['bash'] })
const CURL = auditExec({ serial: 20, at: 1000, args: ['curl', '-s', 'http://169.254.169.254/latest/meta-data/iam/'] })
const CONNECT = auditConnect({ serial: 21, at: 1100 })

describe('a log of audit records', () => {
  test('raises the alert, with parent and terminal', async () => {
    const directory = newDirectory()
    const [summary] = await ingest(directory, [[...BASH, ...CURL, ...CONNECT]])
    expect(summary).toMatchObject({ format: 'auditd', records: 3, stored: 3, rejected: 0, notes: [] })
    expect(alertsOf(directory)).toMatchObject([
      { parent_executable: '/usr/bin/bash', reason: 'curl (pid 4711, 0, pts/0), run by bash, connected to 169.254.169.254:80 100 ms later' },
    ])
    expect(historyOf(directory)).toEqual(['raised'])
  })

  test('keeps the lines exactly as they were, and reads them enriched', async () => {
    const directory = newDirectory()
    await ingest(directory, [[...BASH, ...CURL, ...CONNECT]])
    const read = open(directory, (db) => {
      const reader = new EventReader(db)
      return reader.scan(0, 10).map((stored) => ({ raw: stored.raw.toString(), parent: readText(reader.document(stored), 'process.parent.executable') }))
    })
    expect(read).toEqual([
      { raw: BASH.map((line) => line.trimEnd()).join('\n'), parent: undefined },
      { raw: CURL.map((line) => line.trimEnd()).join('\n'), parent: '/usr/bin/bash' },
      { raw: CONNECT.map((line) => line.trimEnd()).join('\n'), parent: '/usr/bin/bash' },
    ])
  })

  test.each([0, 1, 30])('the metadata connection is the one that is named, behind %i to the socket of the resolver and one to a proxy', async (sockets) => {
    const directory = newDirectory()
    const unix = (serial: number) =>
      auditConnect({ serial, at: 1001, exit: -2 }).map((line) => line.replace(/saddr=\w+/, `saddr=0100${Buffer.from('/run/nscd/socket\0').toString('hex').toUpperCase()}`))
    const before = Array.from({ length: sockets }, (_, i) => unix(21 + i)).flat()
    const proxy = auditConnect({ serial: 60, at: 1002, ip: '10.0.0.2', port: 3128 })
    const shell = auditExec({ serial: 1, pid: 4700, ppid: 900, exe: '/usr/bin/bash', args: ['bash'] })
    await ingest(directory, [[...shell, ...CURL, ...before, ...proxy, ...auditConnect({ serial: 61, at: 1100 }), ...before.map((line) => line.replace(/:(\d+)\)/, ':9$1)'))]])
    const reasons = open(directory, (db) => db.prepare<[], string>('SELECT reason FROM alert ORDER BY reason').pluck().all())
    expect(reasons.length).toBeGreaterThan(1)
    for (const reason of reasons) expect(reason).toMatch(/connected to 169\.254\.169\.254:80 100 ms later/)
  })

  test('a refused connection is an attempt as well', async () => {
    const directory = newDirectory()
    await ingest(directory, [[...BASH, ...CURL, ...auditConnect({ serial: 21, at: 1100, exit: -111 })]])
    expect(alertsOf(directory)).toHaveLength(1)
  })

  test('without hosts it is rejected, with the remedy, and taken with --host', async () => {
    const directory = newDirectory()
    const lines = [...BASH, ...CURL, ...CONNECT].map((line) => line.replace('node=web-01 ', ''))
    const [without, given, named] = await ingest(directory, [lines]).then(async ([first]) => [
      first,
      ...(await ingest(directory, [lines], { host: 'web-01' })),
      ...(await ingest(directory, [[...BASH, ...CURL, ...CONNECT]])),
    ])
    expect(without).toMatchObject({ stored: 0, rejected: 3 })
    expect(open(directory, (db) => db.prepare('SELECT DISTINCT code, reason FROM rejected_record').all())).toEqual([{ code: 'no_host', reason: expect.stringContaining('--host NAME') }])
    expect(given).toMatchObject({ stored: 3 })
    expect(alertsOf(directory)).toHaveLength(1)
    // The same records with their host in front are the same events.
    expect(named).toMatchObject({ stored: 0, duplicates: 3 })
    const read = open(directory, (db) => {
      const reader = new EventReader(db)
      return reader.scan(0, 10).map((stored) => readText(reader.document(stored), 'host.id'))
    })
    expect(read).toEqual(['web-01', 'web-01', 'web-01'])
  })

  test('garbage among the lines is rejected by itself, at its place', async () => {
    const directory = newDirectory()
    const [summary] = await ingest(directory, [[...BASH, 'what is this', ...CURL.slice(0, 2), '{"a":', ...CURL.slice(2), ...CONNECT]])
    expect(summary).toMatchObject({ records: 5, stored: 3, rejected: 2 })
    expect(alertsOf(directory)).toHaveLength(1)
    expect(open(directory, (db) => db.prepare('SELECT record, code FROM rejected_record ORDER BY record').all())).toEqual([
      { record: 6, code: 'not_audit' },
      { record: 9, code: 'not_audit' },
    ])
  })

  test('what was lost is kept with the import', async () => {
    const directory = newDirectory()
    const [summary] = await ingest(directory, [[...BASH, 'audit: backlog limit exceeded', ...CURL]])
    expect(summary?.notes).toEqual([expect.stringContaining('lost')])
    expect(open(directory, (db) => db.prepare('SELECT notes FROM import').pluck().get())).toBe(JSON.stringify(summary?.notes))
  })
})

describe('the parent', () => {
  const CHILD = [...CURL, ...CONNECT]
  const parentAt = (at: number, serial: number, exe: string) => auditExec({ at, serial, pid: 4700, ppid: 900, exe })

  test.each<[string, readonly string[], string | null]>([
    ['nobody knows', [], null],
    ['told by its exec', parentAt(0, 1, '/usr/bin/dash'), '/usr/bin/dash'],
    ['told by an exec of the same millisecond and a lower serial', parentAt(1000, 19, '/usr/bin/dash'), '/usr/bin/dash'],
    ['not told by an exec that came after', parentAt(1000, 30, '/usr/bin/dash'), null],
    ['the latest of its programs', [...parentAt(0, 1, '/usr/bin/bash'), ...parentAt(500, 2, '/usr/bin/perl')], '/usr/bin/perl'],
    ['gone: whoever had its pid then is unknown', [...parentAt(0, 1, '/usr/bin/bash'), ...auditExit({ at: 400, serial: 2, pid: 4700 })], null],
    ['another process with the pid of one that is gone', [...parentAt(0, 1, '/usr/bin/bash'), ...auditExit({ at: 400, serial: 2, pid: 4700 }), ...parentAt(600, 3, '/usr/bin/zsh')], '/usr/bin/zsh'],
    ['forked and never executed', auditFork({ at: 100, serial: 3, pid: 4600, exe: '/usr/bin/bash', child: 4700 }), '/usr/bin/bash'],
    ['forked, with its exec logged first', [...parentAt(100, 2, '/usr/bin/perl'), ...auditFork({ at: 100, serial: 3, pid: 4600, exe: '/usr/bin/bash', child: 4700 })], '/usr/bin/perl'],
    ['met in another record before', auditConnect({ at: 100, serial: 4, pid: 4700, ppid: 1, exe: '/usr/sbin/php-fpm8.2', ip: '192.0.2.1' }), '/usr/sbin/php-fpm8.2'],
    ['of another host', auditExec({ serial: 1, pid: 4700, exe: '/usr/bin/bash', node: 'db-01' }), null],
    ['a script', [
      auditCall(59, 'success=yes exit=0', { at: 0, serial: 5, pid: 4700, exe: '/usr/bin/dash', comm: 'job.sh' }),
      ...auditExec({ at: 0, serial: 5, exe: '/srv/job.sh', args: ['/bin/sh', '/srv/job.sh'] }).slice(1),
    ], '/srv/job.sh'],
  ])('%s', async (_name, lines, expected) => {
    const early = newDirectory()
    await ingest(early, [[...lines, ...CHILD]])
    const late = newDirectory()
    await ingest(late, [CHILD, lines].filter((file) => file.length > 0))
    expect(alertsOf(early).map((alert) => alert.parent_executable)).toEqual(expected === null ? [] : [expected])
    expect(alertsOf(late)).toEqual(alertsOf(early))
  })

  test('that turns out to be an excluded one takes the alert away', async () => {
    const directory = newDirectory()
    await ingest(directory, [[...parentAt(0, 1, '/usr/bin/bash'), ...CHILD], parentAt(500, 2, '/usr/bin/setup-policy-routes')])
    expect(alertsOf(directory)).toEqual([])
    expect(historyOf(directory)).toEqual(['raised', 'retracted'])
  })

  test('that turns out to be another one changes what the alert says', async () => {
    const directory = newDirectory()
    await ingest(directory, [[...parentAt(0, 1, '/usr/bin/bash'), ...CHILD], parentAt(500, 2, '/usr/bin/zsh')])
    expect(alertsOf(directory)).toMatchObject([{ parent_executable: '/usr/bin/zsh', reason: expect.stringContaining('run by zsh') }])
    expect(historyOf(directory)).toEqual(['raised', 'relinked'])
  })

  test('a store that was killed between storing and testing finishes when it is opened', async () => {
    const directory = newDirectory()
    await ingest(directory, [[...BASH, ...CHILD]])
    const db = new Sqlite(databasePath(directory))
    // As it is after the first of the two transactions: stored, queued, nothing found yet.
    db.exec(`DELETE FROM alert_event; DELETE FROM alert_history; DELETE FROM alert; DELETE FROM rule_hit;
      INSERT INTO enrich_queue (host, pid, from_ts, to_ts) SELECT DISTINCT host, parent_pid, 0, 9e15 FROM parented_event`)
    db.close()
    new StoreSink({ dataDir: directory, root: process.cwd(), clock, alone: true }).close()
    expect(alertsOf(directory)).toHaveLength(1)
    expect(open(directory, (reader) => reader.prepare('SELECT count(*) FROM enrich_queue').pluck().get())).toBe(0)
  })
})

describe('the final alerts', () => {
  const parent = fc.constantFrom(10, 11)
  const at = fc.integer({ min: 0, max: 6 }).map((n) => n * 200)
  // Two pids that are one program after the other, ties included; children of them that ask; children that become parents.
  const parents = fc.array(
    fc.record({ kind: fc.constantFrom('exec', 'exec', 'fork', 'end'), at, pid: parent, exe: fc.constantFrom('/usr/bin/bash', '/usr/bin/zsh', '/usr/bin/setup-policy-routes') }),
    { minLength: 1, maxLength: 6 },
  )
  const children = fc.array(fc.record({ at: at.map((ms) => ms + 400), pid: fc.constantFrom(20, 21, 10), ppid: parent, gap: fc.constantFrom(0, 100, 1000, 1100) }), {
    minLength: 1,
    maxLength: 4,
  })
  const world = fc.tuple(parents, children).map(([told, asking]) => [
    ...told.map(({ kind, ...options }, i) => {
      const all = { ...options, ppid: 1, serial: 50 + i }
      if (kind === 'exec') return auditExec(all)
      return kind === 'fork' ? auditFork({ ...all, pid: 5, child: options.pid }) : auditExit(all)
    }),
    ...asking.map(({ at, pid, ppid }, i) => auditExec({ at, pid, ppid, exe: '/usr/bin/curl', serial: 10 + i })),
    ...asking.map(({ gap, ...options }, i) => auditConnect({ ...options, at: options.at + gap, serial: 90 + i })),
  ])

  test('do not depend on order, files, repetition or restarts', async () => {
    let alerts = 0
    await fc.assert(
      fc.asyncProperty(world, fc.infiniteStream(fc.nat()), async (events, choices) => {
        const next = (below: number): number => (choices.next().value as number) % below
        const sorted = newDirectory()
        await ingest(sorted, [events.flat()])
        const files: string[][] = [[]]
        for (const { event } of events.map((event) => ({ event, rank: next(1000) })).sort((a, b) => a.rank - b.rank)) {
          if (next(3) === 0) files.push([])
          files.at(-1)!.push(...event)
          if (next(4) === 0) files.at(next(files.length))!.push(...event)
        }
        const other = newDirectory()
        await ingest(other, files.filter((file) => file.length > 0).map((file) => file.map((line) => ({ line, rank: next(1000) })).sort((a, b) => a.rank - b.rank).map(({ line }) => line)))
        alerts += alertsOf(sorted).length
        expect(alertsOf(other)).toEqual(alertsOf(sorted))
      }),
      { numRuns: 30 },
    )
    expect(alerts).toBeGreaterThan(10)
  })
})
