import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seedStore } from '@/lib/cases/testing/seeded-store'
import type { SeededStore } from '@/lib/cases/testing/seeded-store'
import { TEST_TIME, execEvent, imdsPair, networkEvent, testHost } from '@/lib/ecs/testing'
import { countFacet, labelsOf } from './facet-counts'
import { countAlerts, getAlert, listAlerts, alertsNow, matchingAlertIds, neighbours, nextUndecided, selectAlerts } from './queries'
import { relatedAlerts } from './related-alerts'
import type { AlertFacet, AlertFilter } from './schema'

let seeded: SeededStore
const web = testHost()
const app = testHost({ name: 'app-02' })

const ASKED = {
  imds_provider: 'aws',
  imds_host: '169.254.169.254',
  imds_path: '/latest/meta-data/iam/security-credentials/web-prod-role',
  imds_path_class: 'credentials',
  imds_role: 'web-prod-role',
  imds_version: 'v1',
}

beforeAll(() => {
  seeded = seedStore()
  // 1 to 4 on web-01, a minute apart; 5 on app-02, closed; 6 the first again, later and critical.
  for (let i = 0; i < 4; i++) seeded.addAlert(imdsPair({ host: web, at: TEST_TIME + i * 60_000, pid: 4711 + i }), { user_name: i < 2 ? 'root' : 'deploy', ...(i === 1 ? ASKED : {}) })
  seeded.addAlert(imdsPair({ host: app, at: TEST_TIME + 30_000, parent: { executable: '/opt/100%_sure/backup.sh' } }), { status: 'closed', verdict: 'false_positive' })
  seeded.addAlert(imdsPair({ host: web, at: TEST_TIME + 600_000, pid: 5000 }), { ...ASKED, imds_role: null, severity: 'critical', risk_score: 99, assignee: 'ann', status: 'acknowledged' })
  seeded.store.writer.exec("INSERT INTO 'case' (title, severity, created_by, created_at, updated_at) VALUES ('c', 'high', 'x', 0, 0)")
  seeded.store.writer.exec("INSERT INTO case_alert VALUES (1, 2, 'x', 0), (1, 5, 'x', 0)")
})
afterAll(() => seeded.close())

const RULE = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01'

describe('listAlerts', () => {
  test.each<[AlertFilter, readonly number[]]>([
    [{}, [6, 4, 3, 2, 5, 1]],
    [{ status: ['open', 'acknowledged'] }, [6, 4, 3, 2, 1]],
    [{ severity: ['critical'] }, [6]],
    [{ ruleId: [RULE] }, [6, 4, 3, 2, 5, 1]],
    [{ ruleId: ['other'] }, []],
    [{ host: [app.id] }, [5]],
    [{ verdict: [null] }, [6, 4, 3, 2, 1]],
    [{ verdict: ['false_positive', null], host: [app.id] }, [5]],
    [{ assignee: ['ann'] }, [6]],
    [{ assignee: ['ann', null] }, [6, 4, 3, 2, 5, 1]],
    [{ parent: ['/opt/100%_sure/backup.sh'] }, [5]],
    [{ parent: [null] }, []],
    [{ pathClass: ['credentials'] }, [6, 2]],
    [{ pathClass: [null] }, [4, 3, 5, 1]],
    [{ role: ['web-prod-role'] }, [2]],
    [{ role: ['web-prod-role', null], severity: ['critical'] }, [6]],
    [{ text: 'prod-ROLE' }, [2]],
    [{ caseId: 1 }, [2, 5]],
    [{ text: '100%_SURE' }, [5]],
    [{ text: '100__sure' }, []],
    [{ text: 'web-01 deploy' }, [4, 3]],
    [{ text: 'a-3' }, [3]],
    [{ text: '"; DROP TABLE alert; --' }, []],
    [{ from: '2026-11-03T10:01:00Z', to: '2026-11-03T10:03:00+00:00' }, [3, 2]],
  ])('%j finds %j', async (filter, ids) => {
    expect((await selectAlerts(seeded.context, { filter })).map((row) => row.id)).toEqual(ids)
    expect(await countAlerts(seeded.context, filter)).toBe(ids.length)
    expect(await matchingAlertIds(seeded.context, filter, 100)).toEqual(ids)
  })

  test('pages by offset and by the last row, in any order, without gaps', async () => {
    for (const by of ['time', 'severity', 'rule', 'host', 'status', 'assignee', 'checklist', 'updated', 'asked'] as const) {
      for (const descending of [true, false]) {
        const sort = { by, descending }
        const all = (await selectAlerts(seeded.context, { sort })).map((row) => row.id)
        expect(all).toHaveLength(6)
        const second = await selectAlerts(seeded.context, { sort, after: all[1], limit: 2 })
        expect(second.map((row) => row.id)).toEqual(all.slice(2, 4))
        expect((await selectAlerts(seeded.context, { sort, offset: 4, limit: 9 })).map((row) => row.id)).toEqual(all.slice(4))
      }
    }
  })

  test('by what was asked for: credentials of a role before those of none, then what is not said', async () => {
    expect((await selectAlerts(seeded.context, { sort: { by: 'asked', descending: false } })).map((row) => row.id)).toEqual([6, 2, 1, 5, 3, 4])
  })

  test('a row says what the queue shows', async () => {
    const { rows, total } = await listAlerts(seeded.context, { filter: { text: 'A-2' } })
    expect(total).toBe(1)
    expect(rows[0]).toMatchObject({
      ruleId: RULE,
      severity: 'medium',
      status: 'open',
      hostName: 'web-01',
      occurredAt: '2026-11-03T10:01:00.410Z',
      parentExecutable: '/usr/bin/bash',
      caseIds: [1],
      imds: { provider: 'aws', host: '169.254.169.254', path: ASKED.imds_path, pathClass: 'credentials', role: 'web-prod-role', version: 'v1' },
      retractedAt: null,
    })
  })

  test('a facet counts what the other conditions leave', async () => {
    const count = async (filter: AlertFilter, facet: AlertFacet) => (await countFacet(seeded.context, filter, facet)).map(({ label, count: n }) => [label, n])
    const filter: AlertFilter = { status: ['open'], host: [web.id] }
    expect(await count(filter, 'status')).toEqual([['open', 4], ['acknowledged', 1]])
    expect(await count(filter, 'host')).toEqual([['web-01', 4]])
    expect(await countFacet(seeded.context, filter, 'ruleId')).toEqual([{ value: RULE, label: 'Unusual Instance Metadata Service (IMDS) API Request', count: 4 }])
    expect(await countFacet(seeded.context, filter, 'assignee')).toEqual([{ value: null, label: 'Nobody', count: 4 }])
    expect(await count({ text: 'deploy', status: ['closed'] }, 'status')).toEqual([['open', 2]])
    expect(await count({ text: 'deploy', status: ['closed'] }, 'severity')).toEqual([])
    expect(await count({}, 'pathClass')).toEqual([['Not said', 4], ['Credentials', 2]])
    expect(await count({ role: [null] }, 'role')).toEqual([['None named', 5], ['web-prod-role', 1]])
  })

  test('rules and hosts that a filter names have names', async () => {
    expect(await labelsOf(seeded.context, { ruleId: [RULE, 'gone'], host: [app.id] })).toEqual({
      ruleId: { [RULE]: 'Unusual Instance Metadata Service (IMDS) API Request', gone: 'gone' },
      host: { [app.id]: 'app-02' },
    })
    expect(await labelsOf(seeded.context, {})).toEqual({ ruleId: {}, host: {} })
  })
})

describe('nextUndecided', () => {
  test.each<[string, number, AlertFilter, { next: number | null; left: number }]>([
    ['the next one after it', 4, {}, { next: 3, left: 5 }],
    ['over one that is decided', 2, {}, { next: 1, left: 5 }],
    ['at the end it begins again', 1, {}, { next: 6, left: 5 }],
    ['from one that left the list', 5, { status: ['open'] }, { next: 1, left: 4 }],
    ['the last one', 6, { status: ['acknowledged'] }, { next: null, left: 1 }],
    ['a list of decided ones', 5, { status: ['closed'] }, { next: null, left: 0 }],
  ])('%s', async (_what, id, filter, expected) => {
    expect(await nextUndecided(seeded.context, id, filter)).toEqual(expected)
  })
})

test('alertsNow reads what is there, with the newest entry it shows', async () => {
  const now = await alertsNow(seeded.context, [3, 99])
  expect(now.rows.map(({ id }) => id)).toEqual([3])
  expect(now.entry).toBe(6)
})

describe('neighbours', () => {
  test('position, previous and next within the filter', async () => {
    expect(await neighbours(seeded.context, 3, { status: ['open'] })).toEqual({ position: 2, total: 4, previous: 4, next: 2 })
    expect(await neighbours(seeded.context, 6, {})).toEqual({ position: 1, total: 6, previous: null, next: 4 })
  })

  test('an alert that left the list still has neighbours', async () => {
    expect(await neighbours(seeded.context, 5, { status: ['open'] })).toEqual({ position: null, total: 4, previous: 2, next: 1 })
  })
})

describe('getAlert', () => {
  test('its records as ingested, with the time between them to the nanosecond', async () => {
    const exec = execEvent({ host: web, at: '2026-11-03T11:00:00.000250Z', entityId: 'p' })
    const network = networkEvent({ host: web, at: '2026-11-03T11:00:00.4105Z', entityId: 'p' })
    const id = seeded.addAlert([exec, network])
    const alert = await getAlert(seeded.context, id)
    expect(alert?.events.map((event) => [event.role, event.stage, event.timestamp, event.deltaMs])).toEqual([
      ['exec', 0, '2026-11-03T11:00:00.000Z', 0],
      ['network', 1, '2026-11-03T11:00:00.410Z', 410.25],
    ])
    expect(alert?.events[0]?.raw).toBe(JSON.stringify(exec))
    expect(alert?.events[1]?.event).toEqual(network)
    expect(alert?.kinship).toBe('same_process')
    expect(alert?.keys).toMatchObject({ 'host.id': web.id })
    expect(alert?.history.map((entry) => entry.kind)).toEqual(['raised'])
    expect(alert?.missingEvents).toBe(0)
  })

  test.each([
    ['siblings', { entityId: 'other', parent: { entityId: 'q' } }],
    ['unknown', { entityId: 'other', parent: null }],
    ['unknown', { fields: { 'process.entity_id': undefined } }],
  ] as const)('%s', async (kinship, options) => {
    const id = seeded.addAlert([execEvent({ host: app, entityId: 'p', parent: { entityId: 'q' } }), networkEvent({ host: app, ...options })])
    expect((await getAlert(seeded.context, id))?.kinship).toBe(kinship)
    await seeded.context.db.alert.delete({ where: { id } })
  })

  test('null when there is none', async () => {
    expect(await getAlert(seeded.context, 999)).toBeNull()
  })
})

test('relatedAlerts: nearest first, the closest relation first', async () => {
  const alert = await getAlert(seeded.context, 1)
  const groups = await relatedAlerts(seeded.context, alert!)
  expect(groups.map((group) => [group.relation, group.value, group.total])).toEqual([
    ['process', '4711', 0],
    ['parent', 'bash', 6 - 1],
    ['parentExecutable', '/usr/bin/bash', 5],
    ['user', 'root', 1],
    ['host', 'web-01', 5],
  ])
  expect(groups.at(-1)?.alerts.map((row) => row.id).slice(0, 4)).toEqual([2, 3, 4, 6])
})
