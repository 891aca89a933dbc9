import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import type { Context } from '@/lib/auth/context'
import { createClient } from '@/lib/db/client'
import { EventReader } from '@/lib/db/event-reader'
import { databasePath, openReader } from '@/lib/db/open'
import { diskImagesOf } from '@/lib/db/testing/disk-images'
import { readText } from '@/lib/ecs/event'
import type { EcsEvent } from '@/lib/ecs/event'
import { TEST_TIME, execEvent, imdsPair, networkEvent, testHost } from '@/lib/ecs/testing'
import { auditConnect, auditExec } from '@/lib/ecs/testing/audit'
import { isAppError } from '@/lib/errors'
import { PushCollector } from '@/lib/ingest/push-collector'
import type { PushRequest } from '@/lib/ingest/pushed'
import { runImport } from '@/lib/ingest/run-import'
import { requestBackfill } from '@/lib/rules/request-backfill'
import { setRuleEnabled } from '@/lib/rules/set-enabled'
import { StoreSink } from './store-sink'

/**
 * What a killed process leaves behind, at every step it may be killed at. While a pipeline runs, the files of its database are
 * copied as they are on disk whenever a statement has changed them: each copy is what a kill at that moment leaves. Each is
 * opened again, everything is sent once more, and the alerts must be those of one sorted batch.
 */

const IMDS = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01'
const UTILITY = 'c0b8a5de-7d0d-4c3e-9a0a-2f6c1f7f5b02'
const clock = (): Date => new Date(TEST_TIME + 86_400_000)
const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-crash-'))
  directories.push(directory)
  return directory
}

const openStore = (dataDir: string): StoreSink => new StoreSink({ dataDir, root: process.cwd(), clock, alone: true })

// ---- what is sent

const args = ['curl', '-s', 'http://169.254.169.254/latest/meta-data/iam/security-credentials/']
const web = testHost({ name: 'web' })
const shell = execEvent({ id: 'shell', at: TEST_TIME - 60_000, name: 'bash', pid: 4700, entityId: 'shell', tty: true, parent: { entityId: 'sshd', name: 'sshd' } })
const curl = execEvent({ id: 'curl', at: TEST_TIME, name: 'curl', args, pid: 4711, entityId: 'curl', tty: false, parent: { entityId: 'shell', name: 'bash' } })
const connection = networkEvent({ id: 'connect', at: TEST_TIME + 40, pid: 4711, entityId: 'curl', parent: { entityId: 'shell', name: 'bash' } })
/** A nearer exec of the same parent: the alert links it instead of the one before. */
const nearer = execEvent({ id: 'nearer', at: TEST_TIME + 20, name: 'wget', pid: 4712, entityId: 'wget', parent: { entityId: 'shell', name: 'bash' } })
/** Held back by the exception. */
const backup = imdsPair({ at: TEST_TIME + 3_600_000, host: web, name: 'restic-metadata', commandLine: 'restic-metadata http://169.254.169.254/latest/meta-data/iam/', pid: 6000 })
const pairs = [1, 2, 3].flatMap((n) => imdsPair({ at: TEST_TIME + n * 60_000, host: web, pid: 5000 + n }))
const pushed = imdsPair({ at: TEST_TIME + 7_200_000, host: testHost({ name: 'pushing' }), pid: 7000 })
const audit = [
  ...auditExec({ serial: 1, pid: 4700, ppid: 900, exe: '/usr/bin/bash', args: ['bash'] }),
  ...auditExec({ serial: 20, at: 1000, args }),
  ...auditConnect({ serial: 21, at: 1100 }),
]

/** A connection that names its process alone: what it leaves out comes with the exec, in a later file. */
const bareHost = testHost({ name: 'bare' })
const [bareExec, told] = imdsPair({ at: TEST_TIME + 9_000_000, host: bareHost, pid: 8000 })
const { parent: _parent, ...ownProcess } = told['process'] as Record<string, unknown>
const bare: EcsEvent = { ...told, process: ownProcess }

const first: readonly EcsEvent[] = [connection, bare, curl, ...backup.toReversed()]
const second: readonly EcsEvent[] = [...pairs, nearer, shell, bareExec, curl]
const everything: readonly EcsEvent[] = [...first, ...second]

function ndjson(events: readonly EcsEvent[]): Buffer {
  return Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

async function take(sink: StoreSink, bytes: Buffer, name: string): Promise<void> {
  async function* input(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(bytes)
  }
  const summary = await runImport(sink, () => sink.rules(), input(), { name, source: 'test', kind: 'cli' }, { actor: 'test' })
  expect(summary).toMatchObject({ error: null, rejected: 0 })
}

async function push(sink: StoreSink, documents: readonly EcsEvent[]): Promise<void> {
  const starts: number[] = []
  const ends: number[] = []
  let end = 0
  for (const document of documents) {
    starts.push(end)
    end += Buffer.byteLength(JSON.stringify(document))
    ends.push(end++)
  }
  const body = new TextEncoder().encode(documents.map((document) => JSON.stringify(document)).join('\n'))
  const request: PushRequest = { source: 'fleet', actor: 'fleet', tokenId: 1, wireBytes: end, body, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), ids: documents.map(() => null) }
  await new PushCollector(sink, () => sink.rules()).push(request)
}

async function withContext<Answer>(dataDir: string, act: (context: Context) => Promise<Answer>): Promise<Answer> {
  const db = createClient(dataDir)
  const reader = openReader(dataDir)
  try {
    return await act({ actor: LOCAL_ANALYST, db, events: new EventReader(reader), clock })
  } finally {
    await db.$disconnect()
    reader.close()
  }
}

/** The second rule is off at first; it is switched on and run over what is stored. */
async function backfill(dataDir: string, sink: StoreSink): Promise<void> {
  await withContext(dataDir, async (context) => {
    await setRuleEnabled(context, { ruleId: UTILITY, enabled: true })
    try {
      await requestBackfill(context, { ruleId: UTILITY })
    } catch (error) {
      // One asked for before the kill is still there.
      if (!isAppError(error)) throw error
    }
  })
  while (sink.work());
}

/** A directory as it is before anything is sent: an exception is in force, the second rule is off. */
async function prepare(): Promise<string> {
  const dataDir = newDirectory()
  openStore(dataDir).close()
  await withContext(dataDir, async (context) => {
    await setRuleEnabled(context, { ruleId: UTILITY, enabled: false })
    await context.db.exception.create({
      data: {
        name: 'backup',
        reason: 'test',
        ruleId: IMDS,
        entries: JSON.stringify([{ field: 'process.name', operator: 'included', type: 'match', value: 'restic-metadata' }]),
        createdBy: 'test',
        createdAt: clock(),
        updatedBy: 'test',
        updatedAt: clock(),
      },
    })
  })
  // All of this is in the file, none of it in the log.
  const db = new Sqlite(databasePath(dataDir))
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  return dataDir
}

// ---- what is left

interface Outcome {
  readonly alerts: readonly string[]
  readonly excluded: readonly string[]
  readonly events: readonly string[]
}

function outcomeOf(dataDir: string): Outcome {
  const db = new Sqlite(databasePath(dataDir), { readonly: true })
  try {
    expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
    const column = (sql: string): string[] => db.prepare<[], string>(sql).pluck().all()
    expect(db.prepare('SELECT (SELECT count(*) FROM join_queue) + (SELECT count(*) FROM enrich_queue)').pluck().get()).toBe(0)
    const reader = new EventReader(db)
    return {
      alerts: column(
        `SELECT r.rule_id || ' ' || a.reason || ' ' || a.over_cap || ' ' || (SELECT group_concat(x, ' ') FROM (SELECT l.role || ':' || hex(e.identity) AS x
           FROM alert_event l JOIN event e ON e.id = l.event_id WHERE l.alert_id = a.id ORDER BY l.position))
         FROM alert a JOIN rule r ON r.id = a.rule_id WHERE a.retracted_at IS NULL ORDER BY 1`,
      ),
      excluded: column('SELECT hex(e.identity) FROM excluded_match m JOIN event e ON e.id = m.event_id ORDER BY 1'),
      events: reader.scan(0, 1_000).map((stored) => readText(reader.document(stored), 'event.id') ?? '').toSorted(),
    }
  } finally {
    db.close()
  }
}

const idsOf = (events: readonly EcsEvent[]): string[] => events.map((event) => readText(event, 'event.id') ?? '')
const AUDIT_IDS = 3

/** Everything once more, in another order than the first time, into what a kill left. */
async function recover(dataDir: string, shuffled: readonly EcsEvent[]): Promise<Outcome> {
  const sink = openStore(dataDir)
  try {
    await push(sink, pushed.toReversed())
    await take(sink, ndjson(shuffled), 'again')
    await backfill(dataDir, sink)
    await take(sink, Buffer.from(`${audit.join('\n')}\n`), 'audit.log')
  } finally {
    sink.close()
  }
  return outcomeOf(dataDir)
}

describe('a process killed at any step', () => {
  test('leaves what was acknowledged; sent again, everything gives the alerts of one sorted batch', { timeout: 240_000 }, async () => {
    const expected = await recover(await prepare(), everything.toSorted((a, b) => (readText(a, '@timestamp')! < readText(b, '@timestamp')! ? -1 : 1)))
    expect(expected.alerts.filter((alert) => alert.startsWith(IMDS))).toHaveLength(7)
    expect(expected.alerts.filter((alert) => alert.startsWith(UTILITY)).length).toBeGreaterThan(0)
    expect(expected.excluded).toHaveLength(1)
    expect(expected.events).toHaveLength(new Set(idsOf(everything)).size + pushed.length + AUDIT_IDS)

    const dataDir = await prepare()
    const acknowledged: string[] = []
    const run = async (): Promise<void> => {
      const sink = openStore(dataDir)
      await take(sink, ndjson(first), 'first')
      acknowledged.push(...idsOf(first))
      await push(sink, pushed)
      acknowledged.push(...idsOf(pushed))
      await take(sink, ndjson(second), 'second')
      acknowledged.push(...idsOf(second))
      await backfill(dataDir, sink)
      await take(sink, Buffer.from(`${audit.join('\n')}\n`), 'audit.log')
      sink.close()
    }
    const images = await diskImagesOf(dataDir, newDirectory, run, () => [...acknowledged])
    expect(outcomeOf(dataDir)).toEqual(expected)
    // Every import alone commits its start, its batch, its joins and its end.
    expect(images.length).toBeGreaterThan(20)
    for (const image of images) {
      const left = openReader(image.dataDir)
      const reader = new EventReader(left)
      const stored = new Set(reader.scan(0, 1_000).map((event) => readText(reader.document(event), 'event.id') ?? ''))
      left.close()
      expect(image.noted.filter((id) => !stored.has(id)), `lost after ${image.after}`).toEqual([])
      expect(await recover(image.dataDir, everything.toReversed()), `killed after ${image.after}`).toEqual(expected)
    }
  })

  test('and a log cut off anywhere, as by a power loss, is a sound earlier moment', { timeout: 240_000 }, async () => {
    const expected = await recover(await prepare(), everything)
    const dataDir = await prepare()
    const run = async (): Promise<void> => {
      const sink = openStore(dataDir)
      await take(sink, ndjson(everything), 'all')
      await push(sink, pushed)
      sink.close()
    }
    const images = await diskImagesOf(dataDir, newDirectory, run, () => null)
    // The last before the log was folded into the file.
    const whole = images.findLast(({ dataDir: copy }) => existsSync(`${databasePath(copy)}-wal`) && statSync(`${databasePath(copy)}-wal`).size > 0)!
    const { size } = statSync(`${databasePath(whole.dataDir)}-wal`)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: size }), async (cut) => {
        const copy = newDirectory()
        for (const suffix of ['', '-wal']) copyFileSync(`${databasePath(whole.dataDir)}${suffix}`, `${databasePath(copy)}${suffix}`)
        truncateSync(`${databasePath(copy)}-wal`, cut)
        expect(await recover(copy, everything.toReversed())).toEqual(expected)
      }),
      { numRuns: 8 },
    )
  })
})
