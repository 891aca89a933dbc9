import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { EventReader } from '@/lib/db/event-reader'
import { entityKey } from '@/lib/db/hash'
import { databasePath } from '@/lib/db/open'
import { TEST_TIME, execEvent, imdsPair, networkEvent, withFields } from '@/lib/ecs/testing'
import { readField, readText } from '@/lib/ecs/event'
import type { EcsEvent } from '@/lib/ecs/event'
import { PushCollector } from '@/lib/ingest/push-collector'
import { retryRejects } from '@/lib/ingest/retry-rejects'
import { runImport } from '@/lib/ingest/run-import'
import { StoreSink } from './store-sink'
import { QUEUES, isWorkWaiting } from './work-queue'

/** Text of telemetry that does not survive being bound and read back, in every place that is looked for by it. */

const clock = (): Date => new Date(TEST_TIME + 86_400_000)
const directories: string[] = []

function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-well-formed-'))
  directories.push(directory)
  return directory
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function withSink<T>(directory: string, act: (sink: StoreSink, db: Sqlite.Database) => T): T {
  const sink = new StoreSink({ dataDir: directory, root: process.cwd(), clock, alone: true, tell: () => undefined })
  const db = new Sqlite(databasePath(directory))
  const close = (): void => {
    db.close()
    sink.close()
  }
  let result: T
  try {
    result = act(sink, db)
  } catch (error) {
    close()
    throw error
  }
  if (result instanceof Promise) return result.finally(close) as T
  close()
  return result
}

async function* once(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text))
}

const request = { name: 'events', source: 'test', kind: 'cli' } as const
/** As a sensor writes it that escapes what is not ASCII: JSON.stringify spells half a pair as an escape. */
const lines = (events: readonly EcsEvent[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('')

async function ingest(sink: StoreSink, events: readonly EcsEvent[]) {
  return runImport(sink, () => sink.rules(), once(lines(events)), request, { actor: 'test' })
}

/** What waits in all queues, and what was set aside. */
function waiting(db: Sqlite.Database): Record<string, unknown> {
  const tables = [...Object.values(QUEUES).map(({ table }) => table), 'set_aside']
  return Object.fromEntries(tables.flatMap((table) => {
    const n = db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
    return n === 0 ? [] : [[table, n]]
  }))
}

/** Every text column of the event path: not one may read back as other bytes than it was bound as. */
function illFormed(db: Sqlite.Database): readonly string[] {
  const columns = db
    .prepare<[], { t: string; c: string }>("SELECT m.name AS t, p.name AS c FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.type = 'TEXT'")
    .all()
  return columns.flatMap(({ t, c }) => {
    const bytes = db.prepare<[], Buffer>(`SELECT CAST("${c}" AS BLOB) FROM "${t}" WHERE "${c}" IS NOT NULL`).pluck().all()
    return bytes.every((value) => Buffer.from(value.toString('utf8'), 'utf8').equals(value)) ? [] : [`${t}.${c}`]
  })
}

const ODD = ['\ud800', '\udfff', 'a\ud83d', '\ude00b', '\u0000', 'a\u0000b', '\ufffd', '\uffff', '\u{1F600}', "'", '"', '\\ud800', '\u202e', '', ' ', '\ud7ff']
const bare = (event: EcsEvent): EcsEvent => withFields(event, { 'process.parent': undefined, 'process.executable': undefined })
const network = (event: EcsEvent | undefined): EcsEvent => event ?? {}

describe('a record whose ids are half a surrogate pair', () => {
  test('is stored, says so, and leaves nothing queued', async () => {
    await withSink(newDirectory(), async (sink, db) => {
      const event = withFields(bare(network(imdsPair({ at: TEST_TIME })[1])), { 'process.entity_id': '\ud800', 'event.id': 'p1' })
      expect(await ingest(sink, [event])).toMatchObject({ stored: 1, rejected: 0, error: null })
      expect(waiting(db)).toEqual({})
      const reader = new EventReader(db)
      const [stored] = reader.scan(0, 10)
      const read = stored && reader.document(stored)
      expect(read && readText(read, 'process.entity_id')).toBe('\ufffd')
      expect(read && readField(read, 'linklocal.repaired')).toEqual(['process.entity_id'])
    })
  })

  test('joins with others of that process, in whatever order they come', async () => {
    for (const order of [0, 1]) {
      // oxlint-disable-next-line no-await-in-loop -- a store each
      await withSink(newDirectory(), async (sink, db) => {
        const [exec = {}, connect = {}] = imdsPair({ at: TEST_TIME }).map((event) => withFields(event, { 'process.entity_id': 'x\ud800' }))
        const events = order === 0 ? [exec, bare(connect)] : [bare(connect), exec]
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        for (const event of events) await ingest(sink, [event])
        expect(db.prepare('SELECT count(*) FROM alert WHERE retracted_at IS NULL').pluck().get()).toBe(1)
        expect(waiting(db)).toEqual({})
      })
    }
  })
})

describe('whatever text stands in the fields that rows are looked for by', () => {
  const text = fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: 'binary', maxLength: 4 }).map((odd) => odd + '\udc00'.slice(0, odd.length % 2)))

  test('every queue is worked off, and every text reads back as it was bound', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ host: text, entity: text, parent: text, name: text, agent: text, id: text, pidOnly: fc.boolean(), isBare: fc.boolean() }), { minLength: 1, maxLength: 6 }), async (rows) => {
        await withSink(newDirectory(), async (sink, db) => {
          const events = rows.flatMap(({ host, entity, parent, name, agent, id, pidOnly, isBare }, i) =>
            [execEvent({ at: TEST_TIME + i * 1_000, pid: 5 + i }), networkEvent({ at: TEST_TIME + i * 1_000 + 500, pid: 5 + i })].map((event, which) =>
              withFields(isBare ? bare(event) : event, {
                'host.id': host,
                'host.name': name,
                'agent.id': agent,
                'event.id': `${id}${i}${which}`,
                'event.action': which === 0 ? 'exec' : name,
                'process.name': name,
                'process.entity_id': pidOnly ? undefined : entity,
                'process.parent.entity_id': isBare ? undefined : parent,
                'process.parent.name': isBare ? undefined : name,
              }),
            ),
          )
          for (const event of [...events, ...events]) {
            // oxlint-disable-next-line no-await-in-loop -- batches of one, so that each finds what was stored before
            expect(await ingest(sink, [event])).toMatchObject({ rejected: 0, error: null })
          }
          expect(waiting(db)).toEqual({})
          expect(illFormed(db)).toEqual([])
          expect(db.prepare('SELECT count(*) FROM event').pluck().get()).toBe(events.length)
        })
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  test('a name that a sender gives a document is the same when it is pushed, rejected and tried again', async () => {
    await withSink(newDirectory(), async (sink, db) => {
      const collector = new PushCollector(sink, () => sink.rules())
      const push = async (documents: readonly string[], ids: readonly string[]) => {
        const body = new TextEncoder().encode(documents.join(''))
        const ends = documents.map((_, i) => Buffer.byteLength(documents.slice(0, i + 1).join('')))
        const starts = [0, ...ends.slice(0, -1)]
        return collector.push({ source: 'fleet', actor: 'fleet', tokenId: 1, wireBytes: 1, body, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), ids: [...ids] })
      }
      const named = JSON.stringify(withFields(execEvent({ at: TEST_TIME }), { 'event.id': undefined }))
      await push([named], ['a\ud800'])
      const [{ bytes }] = [{ bytes: Buffer.from(named) }]
      await push([named.replace('@timestamp', '@time')], ['a\ud800'])
      expect(db.prepare('SELECT sender_id FROM rejected_record').pluck().all()).toEqual(['a\ufffd'])
      db.prepare('UPDATE rejected_record SET edited = ?').run(bytes)
      expect(await retryRejects(sink, db, () => sink.rules(), {}, { actor: 'test' })).toMatchObject({ resolved: 1, stored: 0, duplicates: 1 })
      expect(illFormed(db)).toEqual([])
    })
  })
})

test('a database that an earlier version left with such rows is repaired by a start', async () => {
  const directory = newDirectory()
  const [exec = {}, connect = {}] = imdsPair({ at: TEST_TIME }).map((event) => withFields(event, { 'process.entity_id': '\ud800' }))
  await withSink(directory, async (sink, db) => {
    await ingest(sink, [bare(connect)])
    // What the earlier version wrote: the bytes of half a pair, its hash, and no end to looking for it.
    const key = entityKey(readText(connect, 'host.id') ?? '', '\ud800')
    db.exec(`
      UPDATE event SET entity = ${key};
      UPDATE process_start SET entity = ${key}, entity_id = CAST(x'EDA080' AS TEXT);
      INSERT INTO start_queue (entity, host, entity_id) SELECT entity, host, entity_id FROM process_start;
      INSERT INTO host (host_id, name) VALUES (CAST(x'61EDBFBF' AS TEXT), 'a');
      INSERT INTO known_process (host, pid, boundary, ts, rank, kind, entity_id) VALUES (1, 1, 1, 0, 0, 'exec', CAST(x'EDA08061' AS TEXT));
      DELETE FROM _prisma_migrations WHERE migration_name LIKE '%_well_formed_text';
    `)
    expect(illFormed(db).toSorted()).toEqual(['host.host_id', 'known_process.entity_id', 'process_start.entity_id', 'start_queue.entity_id'])
  })
  const before = newDirectory()
  cpSync(directory, before, { recursive: true })
  await withSink(directory, async (sink, db) => {
    expect(isWorkWaiting(db)).toBe(false)
    expect(waiting(db)).toEqual({})
    expect(illFormed(db)).toEqual([])
    expect(db.prepare('SELECT host_id FROM host ORDER BY id').pluck().all()).toContain('a\ufffd')
    // The event waits for its process under the id as it reads now: the exec that comes late finds it.
    await ingest(sink, [exec])
    expect(db.prepare('SELECT count(*) FROM alert').pluck().get()).toBe(1)
    expect(waiting(db)).toEqual({})
  })
})
