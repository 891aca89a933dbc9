import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openStore, type Store } from '@/lib/db/store'
import { countAlertsOverTime, countByStatus, countOpenAlerts, listAskedRoles, listExpiringExceptions, listNoisiestParents, medianTimeToVerdict } from './overview-queries'

const NOW = new Date('2026-11-03T12:00:00.000Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
let dir: string
let store: Store
let context: { db: Store['client'] }
let event = 0

interface Alert {
  readonly ago?: number
  readonly severity?: string
  readonly status?: string
  readonly verdict?: string
  readonly parent?: string | null
  readonly took?: number
  readonly overCap?: boolean
  readonly asked?: readonly [pathClass: string, role: string | null]
  readonly host?: string
}

function add({ ago = 0, severity = 'medium', status = 'open', verdict, parent = '/usr/bin/bash', took, overCap = false, asked, host = 'h' }: Alert): void {
  const at = NOW.getTime() - ago
  store.writer
    .prepare(
      `INSERT INTO alert (rule_id, rule_version_id, event_id, keys, severity, risk_score, reason, host_id, host_name, parent_executable,
         occurred_at, created_at, updated_at, closed_at, status, verdict, over_cap, imds_path_class, imds_role)
       VALUES (1, 1, ?, '{}', ?, 47, 'r', ?, 'h', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(++event, severity, host, parent, at, at, at, took === undefined ? null : at + took, status, verdict ?? null, overCap ? 1 : 0, asked?.[0] ?? null, asked?.[1] ?? null)
}

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'overview-'))
  store = openStore(dir, process.cwd())
  context = { db: store.client }
  store.writer.exec(
    `INSERT INTO rule (id, rule_id, name, language, type, severity, risk_score, origin, updated_at) VALUES (1, 'r', 'r', 'eql', 'eql', 'medium', 47, 'bundled', 0);
     INSERT INTO rule_version (id, rule_id, digest, document, created_at) VALUES (1, 1, 'd', '{}', 0)`,
  )
})

beforeEach(() => {
  store.writer.exec('DELETE FROM alert')
})

afterAll(async () => {
  await store.close()
  rmSync(dir, { recursive: true })
})

test('without alerts every number is zero', async () => {
  expect(await countOpenAlerts(context, NOW)).toMatchObject({ total: 0, bySeverity: { low: 0, medium: 0, high: 0, critical: 0 } })
  expect(await countByStatus(context)).toEqual({ open: 0, acknowledged: 0, closed: 0 })
  expect(await countAlertsOverTime(context, null, NOW)).toEqual({ range: '30d', barMs: DAY, bars: [] })
  expect(await listNoisiestParents(context, 5)).toEqual([])
  expect(await medianTimeToVerdict(context, new Date(0))).toEqual({ verdicts: 0, medianMs: null })
})

test('open alerts are counted by severity and age; others are not', async () => {
  add({ ago: 5 * MINUTE })
  add({ ago: -5 * MINUTE, severity: 'high' })
  add({ ago: HOUR, severity: 'critical' })
  add({ ago: 3 * DAY })
  add({ ago: 7 * DAY })
  add({ ago: 400 * DAY, severity: 'low' })
  add({ overCap: true })
  add({ status: 'acknowledged' })
  add({ status: 'closed', verdict: 'test' })
  const open = await countOpenAlerts(context, NOW)
  expect(open.total).toBe(6)
  expect(open.bySeverity).toEqual({ low: 1, medium: 3, high: 1, critical: 1 })
  expect(open.byAge.hour).toEqual({ low: 0, medium: 1, high: 1, critical: 0 })
  expect(open.byAge.day.critical).toBe(1)
  expect(open.byAge.week.medium).toBe(1)
  expect(open.byAge.older).toEqual({ low: 1, medium: 1, high: 0, critical: 0 })
  expect(await countByStatus(context)).toEqual({ open: 6, acknowledged: 1, closed: 1 })
})

describe('alerts over time', () => {
  const total = (bars: readonly { low: number; medium: number; high: number; critical: number }[]) =>
    bars.reduce((sum, bar) => sum + bar.low + bar.medium + bar.high + bar.critical, 0)

  test('a morning is shown in full and in minutes, without gaps', async () => {
    add({ ago: 90 * DAY })
    add({ ago: 90 * DAY - 20 * MINUTE, severity: 'high' })
    const { range, barMs, bars } = await countAlertsOverTime(context, null, NOW)
    expect([range, barMs, bars.length]).toEqual(['all', MINUTE, 21])
    expect(bars[0]).toEqual({ from: '2026-08-05T12:00:00.000Z', to: '2026-08-05T12:01:00.000Z', low: 0, medium: 1, high: 0, critical: 0 })
    expect(bars[20]).toMatchObject({ high: 1, medium: 0 })
    expect(total(bars)).toBe(2)
  })

  test('with years behind it shows the last thirty days', async () => {
    add({ ago: 700 * DAY })
    add({ ago: DAY })
    const { range, barMs, bars } = await countAlertsOverTime(context, null, NOW)
    expect([range, barMs, total(bars)]).toEqual(['30d', DAY, 1])
    const all = await countAlertsOverTime(context, 'all', NOW)
    expect(total(all.bars)).toBe(2)
    expect(all.bars.length).toBeLessThanOrEqual(49)
  })

  test('a range without alerts is empty', async () => {
    add({ ago: 40 * DAY })
    add({ ago: 90 * DAY })
    expect(await countAlertsOverTime(context, '24h', NOW)).toEqual({ range: '24h', barMs: 30 * MINUTE, bars: [] })
    expect((await countAlertsOverTime(context, null, NOW)).range).toBe('all')
  })

  test('a clock that was far off does not make a million bars', async () => {
    add({ ago: NOW.getTime() })
    add({ ago: -5000 * 365 * DAY })
    const { bars } = await countAlertsOverTime(context, 'all', NOW)
    expect(bars.length).toBeLessThanOrEqual(50)
    expect(total(bars)).toBe(2)
  })
})

test('parents come by the number of their alerts, with what became of them', async () => {
  for (let i = 0; i < 3; i++) add({ parent: '/opt/agent', status: 'closed', verdict: i < 2 ? 'false_positive' : 'true_positive', ago: i * HOUR })
  add({ parent: '/opt/agent', ago: 9 * HOUR })
  add({ parent: '/usr/bin/bash' })
  add({ parent: null })
  const parents = await listNoisiestParents(context, 5)
  expect(parents).toEqual([
    { executable: '/opt/agent', alerts: 4, open: 1, closed: 3, falsePositives: 2, lastAt: NOW.toISOString() },
    expect.objectContaining({ executable: '/usr/bin/bash', alerts: 1, falsePositives: 0 }),
  ])
  expect(await listNoisiestParents(context, 1)).toHaveLength(1)
})

test('roles whose credentials were asked for, those without a verdict first', async () => {
  expect(await listAskedRoles(context, 8)).toEqual({ roles: [], total: 0 })
  for (let i = 0; i < 3; i++) add({ asked: ['credentials', 'done'], status: 'closed', verdict: 'false_positive' })
  add({ asked: ['credentials', 'web-prod'], ago: HOUR })
  add({ asked: ['credentials', 'web-prod'], status: 'acknowledged', host: 'other', ago: DAY })
  add({ asked: ['credentials', null] })
  add({ asked: ['identity', 'reader'] })
  expect(await listAskedRoles(context, 8)).toEqual({
    roles: [
      { role: 'web-prod', alerts: 2, undecided: 2, hosts: 2, lastAt: new Date(NOW.getTime() - HOUR).toISOString() },
      { role: 'done', alerts: 3, undecided: 0, hosts: 1, lastAt: NOW.toISOString() },
    ],
    total: 2,
  })
  expect((await listAskedRoles(context, 1)).roles).toHaveLength(1)
})

test('the time to a verdict is the median of the period, not the mean', async () => {
  add({ status: 'closed', verdict: 'test', took: 1000, ago: HOUR })
  add({ status: 'closed', verdict: 'test', took: 3000, ago: HOUR })
  add({ status: 'closed', verdict: 'test', took: 40 * MINUTE, ago: HOUR })
  add({ status: 'closed', verdict: 'test', took: 7, ago: 60 * DAY })
  add({ ago: HOUR })
  expect(await medianTimeToVerdict(context, new Date(NOW.getTime() - 30 * DAY))).toEqual({ verdicts: 3, medianMs: 3000 })
})

test('exceptions that end soon come in the order in which they end', async () => {
  const insert = store.writer.prepare(
    `INSERT INTO exception (name, reason, entries, enabled, expires_at, created_by, created_at, updated_by, updated_at) VALUES (?, 'r', '[]', ?, ?, 'a', 0, 'a', 0)`,
  )
  const at = (days: number) => NOW.getTime() + days * DAY
  insert.run('in ten days', 1, at(10))
  insert.run('tomorrow', 1, at(1))
  insert.run('switched off', 0, at(1))
  insert.run('ended', 1, at(-1))
  insert.run('in a month', 1, at(30))
  insert.run('never', 1, null)
  const soon = await listExpiringExceptions(context, NOW, new Date(at(14)))
  expect(soon.map(({ name }) => name)).toEqual(['tomorrow', 'in ten days'])
  expect(soon[0]).toMatchObject({ hits: 0, expiresAt: '2026-11-04T12:00:00.000Z' })
})
