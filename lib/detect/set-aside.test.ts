import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, describe, expect, test } from 'vitest'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import type { Context } from '@/lib/auth/context'
import { createClient } from '@/lib/db/client'
import { EventReader } from '@/lib/db/event-reader'
import { databasePath, openReader } from '@/lib/db/open'
import { TEST_TIME, execEvent, imdsPair, withFields } from '@/lib/ecs/testing'
import type { EcsEvent } from '@/lib/ecs/event'
import { FATE } from '@/lib/ingest/pushed'
import { PushCollector } from '@/lib/ingest/push-collector'
import { runImport } from '@/lib/ingest/run-import'
import { LIMITS } from '@/lib/limits'
import { requestRetention } from '@/lib/retention/request-run'
import { listRetentionRuns } from '@/lib/retention/queries'
import { setRetentionPolicy } from '@/lib/retention/set-policy'
import { readRule } from '@/lib/rules/queries'
import { requestBackfill } from '@/lib/rules/request-backfill'
import { setRuleEnabled } from '@/lib/rules/set-enabled'
import { listRuns, readImportRun } from './run-queries'
import { StoreSink } from './store-sink'

/** A fault of ours is a trigger here that refuses a statement: whoever runs it throws, every time. */

const RULE = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01'
const OTHER = 'c0b8a5de-7d0d-4c3e-9a0a-2f6c1f7f5b02'
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function open() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-aside-'))
  const lines: string[] = []
  let now = TEST_TIME + 86_400_000
  const clock = (): Date => new Date(now)
  const options = { dataDir, root: process.cwd(), clock, alone: true, tell: (line: string) => void lines.push(line) }
  let sink = new StoreSink(options)
  const db = createClient(dataDir)
  const reader = openReader(dataDir)
  const writer = new Sqlite(databasePath(dataDir))
  closers.push(async () => {
    await db.$disconnect()
    reader.close()
    writer.close()
    sink.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  async function* bytes(events: readonly EcsEvent[]): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(events.map((event) => JSON.stringify(event)).join('\n')))
  }
  const context: Context = { actor: LOCAL_ANALYST, db, events: new EventReader(reader), clock }
  return {
    dataDir,
    context,
    lines,
    passDays: (days: number) => {
      now += days * 86_400_000
    },
    break: (trigger: string) => writer.exec(`CREATE TRIGGER fault ${trigger} BEGIN SELECT RAISE(ABORT, 'a fault of ours'); END`),
    mend: () => writer.exec('DROP TRIGGER fault'),
    count: (sql: string) => reader.prepare(`SELECT count(*) FROM ${sql}`).pluck().get(),
    ingest: (events: readonly EcsEvent[]) => runImport(sink, () => sink.rules(), bytes(events), { name: 'file', source: 'test', kind: 'cli' }, { actor: 'test' }),
    push: async (events: readonly EcsEvent[]) => {
      const collector = new PushCollector(sink, () => sink.rules())
      const body = new TextEncoder().encode(events.map((event) => JSON.stringify(event)).join('\n'))
      const lengths = events.map((event) => Buffer.byteLength(JSON.stringify(event)))
      const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, length) => sum + length + 1, 0))
      const ends = starts.map((start, i) => start + (lengths[i] ?? 0))
      const answer = await collector.push({ source: 'fleet', actor: 'fleet', tokenId: 1, wireBytes: 1, body, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), ids: events.map(() => null) })
      return [...answer.fates]
    },
    work: (times: number) => {
      for (let i = 0; i < times; i++) sink.work()
    },
    workOff: () => {
      while (sink.work());
    },
    restart: () => {
      sink.close()
      sink = new StoreSink(options)
    },
  }
}

/** Each of a key of its own. */
const pair = (n: number): readonly EcsEvent[] => imdsPair({ at: TEST_TIME + n * 3_600_000, pid: 5000 + n, parent: { entityId: `shell-${n}` } })
/** Refuses the alert of the first pair alone. */
const FIRST_ALERT = `BEFORE INSERT ON alert WHEN NEW.occurred_at < ${TEST_TIME + 1_800_000}`

describe('a key whose join fails', () => {
  test('takes nothing from who sent it, is set aside after a few tries and named, and is tried again after a restart', async () => {
    const store = open()
    store.break(FIRST_ALERT)
    expect(await store.push([...pair(0), ...pair(1)])).toEqual([FATE.stored, FATE.stored, FATE.stored, FATE.stored])
    expect(store.count('alert')).toBe(1)
    expect(store.count('set_aside')).toBe(0)
    expect(store.lines).toEqual([expect.stringMatching(/^linklocal: joining the key .* of the rule ".*" failed and is tried again: SqliteError: a fault of ours\n {4}at /)])
    store.work(LIMITS.workTries - 1)
    expect(store.count('join_queue')).toBe(1)
    expect(store.count('set_aside')).toBe(1)
    expect(store.lines).toHaveLength(2)
    expect(store.lines[1]).toContain(`failed ${LIMITS.workTries} times and is set aside`)
    // Nobody tries it now, whatever comes for it.
    expect(await store.ingest([...pair(2), execEvent({ id: 'late', at: TEST_TIME - 60_000, pid: 5000, parent: { entityId: 'shell-0' } })])).toMatchObject({ stored: 3, alerts: 1, error: null })
    store.work(5)
    expect(store.lines).toHaveLength(2)

    const [run] = await listRuns(store.context, { ruleId: RULE, kind: 'import' }, { limit: 5 }).then((runs) => runs.filter(({ rules }) => rules.some((rule) => rule.setAside.length > 0)))
    expect(run?.rules).toMatchObject([{ ruleId: RULE, setAside: [{ error: 'a fault of ours' }] }])
    expect(await readRule(store.context, RULE)).toMatchObject({ setAsideKeys: 1 })

    store.restart()
    expect(store.count('alert')).toBe(2)
    store.work(LIMITS.workTries)
    expect(store.count('set_aside')).toBe(1)
    store.mend()
    store.restart()
    expect(store.count('alert')).toBe(3)
    expect(store.count('join_queue')).toBe(0)
    expect(store.count('set_aside')).toBe(0)
  })

  test('is tried again when rules are changed', async () => {
    const store = open()
    store.break(FIRST_ALERT)
    await store.ingest(pair(0))
    store.work(LIMITS.workTries)
    expect(store.count('set_aside')).toBe(1)
    store.mend()
    store.work(1)
    expect(store.count('alert')).toBe(0)
    await setRuleEnabled(store.context, { ruleId: OTHER, enabled: false })
    store.work(1)
    expect(store.count('alert')).toBe(1)
    expect(store.count('set_aside')).toBe(0)
  })

  test('that succeeds at the next try leaves no mark', async () => {
    const store = open()
    store.break(FIRST_ALERT)
    expect(await store.ingest(pair(0))).toMatchObject({ stored: 2, alerts: 0, error: null })
    store.mend()
    store.work(1)
    expect(store.count('alert')).toBe(1)
    expect(store.count('set_aside')).toBe(0)
  })

  test('holds up neither a run over stored events nor retention', async () => {
    const store = open()
    await setRuleEnabled(store.context, { ruleId: RULE, enabled: false })
    await store.ingest([...pair(0), ...pair(1)])
    await setRuleEnabled(store.context, { ruleId: RULE, enabled: true })
    store.break(FIRST_ALERT)
    const { runId } = await requestBackfill(store.context, { ruleId: RULE })
    store.workOff()
    store.work(LIMITS.workTries)
    expect(await listRuns(store.context, { ruleId: RULE, kind: 'backfill' }, { limit: 1 })).toMatchObject([
      { id: runId, status: 'done', events: 4, rules: [{ raised: 1, setAside: [{ error: 'a fault of ours' }] }] },
    ])

    await setRetentionPolicy(store.context, { maxAgeDays: 10, maxBytes: null })
    store.passDays(11)
    await requestRetention(store.context)
    store.workOff()
    expect(await listRetentionRuns(store.context)).toMatchObject([{ status: 'done' }])
    expect(store.count('event')).toBeLessThan(4)
  })

  test('among very many is set aside at once', async () => {
    const store = open()
    store.break('BEFORE INSERT ON alert')
    const many = Array.from({ length: LIMITS.failingWork + 20 }, (_, n) => imdsPair({ id: `many-${n}`, at: TEST_TIME + n * 1_000, pid: 5000 + n, parent: { entityId: `shell-${n}` } })).flat()
    // Pushed, so that all come in one batch however slow the machine is: each batch tries again.
    expect(await store.push(many)).toEqual(many.map(() => FATE.stored))
    expect(store.count('set_aside')).toBe(20)
    store.work(LIMITS.workTries)
    expect(store.count('set_aside')).toBe(LIMITS.failingWork + 20)
    store.mend()
    store.restart()
    expect(store.count('alert')).toBe(LIMITS.failingWork + 20)
  })
})

describe('looking up what events leave out', () => {
  const bare = (n: number): EcsEvent => withFields(pair(n)[1] ?? {}, { 'process.parent': undefined })

  test('of one event that fails is set aside alone', async () => {
    const store = open()
    const [exec] = pair(0)
    store.break(`BEFORE DELETE ON retest_queue WHEN OLD.event_id = 1`)
    const { importId } = await store.ingest([bare(0), bare(1)])
    expect(store.count('retest_queue')).toBe(1)
    expect((await readImportRun(store.context, importId))?.setAsideEvents).toEqual([{ key: '1', error: 'a fault of ours' }])
    expect(await store.ingest([exec ?? {}, ...pair(1)])).toMatchObject({ error: null, alerts: 1 })
    store.mend()
    store.restart()
    expect(store.count('retest_queue')).toBe(0)
    expect(store.count('alert')).toBe(2)
  })

  test('of a process that fails lets everything else go on', async () => {
    const store = open()
    store.break('BEFORE DELETE ON start_queue')
    expect(await store.ingest([bare(0), ...pair(1)])).toMatchObject({ stored: 3, alerts: 1, error: null })
    store.work(LIMITS.workTries)
    expect(store.count("set_aside WHERE work = 'start'")).toBe(1)
    expect(await store.ingest([...pair(0).slice(0, 1), ...pair(2)])).toMatchObject({ stored: 3, alerts: 1, error: null })
    await setRetentionPolicy(store.context, { maxAgeDays: 10, maxBytes: null })
    store.passDays(11)
    await requestRetention(store.context)
    store.workOff()
    expect(await listRetentionRuns(store.context)).toMatchObject([{ status: 'done' }])
    store.mend()
    store.restart()
    expect(store.count('start_queue')).toBe(0)
  })
})
