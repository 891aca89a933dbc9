import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import type { Context } from '@/lib/auth/context'
import { createClient } from '@/lib/db/client'
import { EventReader } from '@/lib/db/event-reader'
import { openReader } from '@/lib/db/open'
import { TEST_TIME, imdsPair } from '@/lib/ecs/testing'
import { runImport } from '@/lib/ingest/run-import'
import { cancelBackfill, requestBackfill } from '@/lib/rules/request-backfill'
import { setRuleEnabled } from '@/lib/rules/set-enabled'
import { listRuns } from './run-queries'
import { StoreSink } from './store-sink'

const RULE = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01'
const clock = (): Date => new Date(TEST_TIME + 86_400_000)
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function open(): Promise<{ sink: StoreSink; context: Context; ingest: (events: readonly unknown[]) => Promise<number> }> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-backfill-'))
  const sink = new StoreSink({ dataDir, root: process.cwd(), clock, alone: true })
  const db = createClient(dataDir)
  const reader = openReader(dataDir)
  closers.push(async () => {
    await db.$disconnect()
    reader.close()
    sink.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  async function* bytes(events: readonly unknown[]): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(events.map((event) => JSON.stringify(event)).join('\n')))
  }
  return {
    sink,
    context: { actor: LOCAL_ANALYST, db, events: new EventReader(reader), clock },
    ingest: async (events) => {
      const summary = await runImport(sink, () => sink.rules(), bytes(events), { name: 't', source: 't', kind: 'cli' }, { actor: 't' })
      return summary.alerts
    },
  }
}

const pairs = [0, 1, 2].flatMap((run) => imdsPair({ at: TEST_TIME + run * 3_600_000, pid: 5000 + run }))

async function alerts(context: Context): Promise<string[]> {
  const rows = await context.db.alert.findMany({ orderBy: { occurredAt: 'asc' } })
  return rows.map((row) => `${row.occurredAt.toISOString()} ${row.reason}`)
}

function workOff(sink: StoreSink): number {
  let steps = 0
  while (sink.work()) steps++
  return steps
}

describe('a rule that was off when the events came', () => {
  test('finds over stored events what it would have found at ingest', async () => {
    const usual = await open()
    expect(await usual.ingest(pairs)).toBe(3)

    const late = await open()
    await setRuleEnabled(late.context, { ruleId: RULE, enabled: false })
    expect(await late.ingest(pairs)).toBe(0)
    await setRuleEnabled(late.context, { ruleId: RULE, enabled: true })
    await requestBackfill(late.context, { ruleId: RULE })
    workOff(late.sink)
    expect(await alerts(late.context)).toEqual(await alerts(usual.context))
    expect(await listRuns(late.context, { ruleId: RULE, kind: 'backfill' }, { limit: 5 })).toMatchObject([{ status: 'done', events: 6, total: 6, rules: [{ ruleId: RULE, hits: 6, raised: 3 }], error: null, actor: 'local analyst' }])
    expect(await late.context.db.audit.count({ where: { action: 'rule.backfill' } })).toBe(1)
  })

  test('says how many of its alerts are beyond the cap of the rule', async () => {
    const { sink, context, ingest } = await open()
    await setRuleEnabled(context, { ruleId: RULE, enabled: false })
    await ingest(Array.from({ length: 120 }, (_, i) => imdsPair({ at: TEST_TIME + i * 2000, pid: 6000 + i, gapMs: 10 })).flat())
    await setRuleEnabled(context, { ruleId: RULE, enabled: true })
    await requestBackfill(context, { ruleId: RULE })
    workOff(sink)
    expect(await listRuns(context, { ruleId: RULE, kind: 'backfill' }, { limit: 5 })).toMatchObject([{ rules: [{ raised: 120, overCap: 20 }] }])
  })

  test('looks only at the window that was asked for', async () => {
    const { sink, context, ingest } = await open()
    await setRuleEnabled(context, { ruleId: RULE, enabled: false })
    await ingest(pairs)
    await setRuleEnabled(context, { ruleId: RULE, enabled: true })
    await requestBackfill(context, { ruleId: RULE, from: new Date(TEST_TIME + 3_000_000).toISOString(), to: new Date(TEST_TIME + 4_000_000).toISOString() })
    workOff(sink)
    expect(await alerts(context)).toHaveLength(1)
  })

  test('again changes nothing', async () => {
    const { sink, context, ingest } = await open()
    await ingest(pairs)
    const before = await alerts(context)
    await requestBackfill(context, { ruleId: RULE })
    workOff(sink)
    expect(await alerts(context)).toEqual(before)
    expect(await listRuns(context, { ruleId: RULE, kind: 'backfill' }, { limit: 5 })).toMatchObject([{ status: 'done', rules: [{ raised: 0, changed: 0, retracted: 0 }] }])
    expect(await context.db.alertHistory.count()).toBe(3)
  })
})

describe('a run', () => {
  test('is refused for an unknown rule, a rule that is off, and while another is under way', async () => {
    const { context } = await open()
    await expect(requestBackfill(context, { ruleId: 'nobody' })).rejects.toMatchObject({ code: 'not_found' })
    await requestBackfill(context, { ruleId: RULE })
    await expect(requestBackfill(context, { ruleId: RULE })).rejects.toMatchObject({ code: 'conflict' })
    await setRuleEnabled(context, { ruleId: RULE, enabled: false })
    await expect(requestBackfill(context, { ruleId: RULE })).rejects.toMatchObject({ code: 'conflict' })
    await expect(requestBackfill(context, { ruleId: RULE, from: '2026-11-04T00:00:00Z', to: '2026-11-03T00:00:00Z' })).rejects.toMatchObject({ code: 'invalid' })
  })

  test('can be cancelled, and says so', async () => {
    const { sink, context, ingest } = await open()
    await ingest(pairs)
    const { runId } = await requestBackfill(context, { ruleId: RULE })
    await cancelBackfill(context, runId)
    expect(workOff(sink)).toBe(0)
    expect(await listRuns(context, { ruleId: RULE, kind: 'backfill' }, { limit: 5 })).toMatchObject([{ status: 'cancelled', events: 0 }])
    await expect(cancelBackfill(context, runId)).rejects.toMatchObject({ code: 'conflict' })
    await expect(cancelBackfill(context, 99)).rejects.toMatchObject({ code: 'not_found' })
    expect(await context.db.audit.count({ where: { action: 'rule.backfill.cancel' } })).toBe(1)
  })

  test('ends as failed when the rule is switched off under it', async () => {
    const { sink, context, ingest } = await open()
    await ingest(pairs)
    await requestBackfill(context, { ruleId: RULE })
    await setRuleEnabled(context, { ruleId: RULE, enabled: false })
    workOff(sink)
    expect(await listRuns(context, { ruleId: RULE, kind: 'backfill' }, { limit: 5 })).toMatchObject([{ status: 'failed' }])
  })
})
