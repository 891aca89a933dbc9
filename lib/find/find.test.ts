import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listAlerts } from '@/lib/alerts/queries'
import { seedStore } from '@/lib/cases/testing/seeded-store'
import type { SeededStore } from '@/lib/cases/testing/seeded-store'
import { AlertWriter } from '@/lib/detect/alert-writer'
import { AlertDescriber } from '@/lib/detect/describe-alerts'
import { SetAside } from '@/lib/detect/set-aside'
import { TEST_TIME, imdsPair, testHost } from '@/lib/ecs/testing'
import { find } from './find'

const SHA = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const ROLE_PATH = '/latest/meta-data/iam/security-credentials/web-prod-role'
let seeded: SeededStore

beforeAll(() => {
  seeded = seedStore()
  const web = testHost()
  seeded.addAlert(imdsPair({ host: web, pid: 4711, user: 'deploy', commandLine: `curl http://169.254.169.254${ROLE_PATH}`, fields: { 'process.hash.sha256': SHA } }))
  seeded.addAlert(imdsPair({ host: web, at: TEST_TIME + 60_000, pid: 4712 }))
  seeded.addAlert(imdsPair({ host: testHost({ name: '100%_db' }), at: TEST_TIME + 120_000, pid: 14711 }))
  seeded.addAlert(imdsPair({ host: testHost({ name: 'gone-01' }), at: TEST_TIME + 180_000, pid: 99 }), { retracted_at: TEST_TIME + 200_000 })
  const { writer } = seeded.store
  writer.exec("INSERT INTO 'case' (title, severity, created_by, created_at, updated_at) VALUES ('Stolen role of web-01', 'high', 'x', 0, 0)")
  writer.exec("INSERT INTO case_alert VALUES (1, 1, 'x', 0)")
  writer.exec(`INSERT INTO exception (name, reason, rule_id, entries, created_by, created_at, updated_by, updated_at) VALUES ('Nightly backup', 'known', NULL, '[]', 'x', 0, 'x', 0)`)
  writer.exec('INSERT OR IGNORE INTO describe_queue SELECT id FROM alert')
  const clock = () => new Date('2026-11-22T00:00:00Z')
  const describer = new AlertDescriber(writer, new AlertWriter(writer), new SetAside(writer, clock, () => undefined), clock)
  while (describer.step());
})
afterAll(() => seeded.close())

const labels = async (query: string) => (await find(seeded.context, query)).map(({ kind, label }) => `${kind} ${label}`)

describe('find', () => {
  test.each([
    ['A-2', ['alert A-2']],
    ['a-2', ['alert A-2']],
    ['C-1', ['case C-1']],
    ['e-1', ['exception E-1']],
    ['A-999', []],
    ['C-999', []],
    ['E-999', []],
    ['100%_DB', ['host 100%_db']],
    [SHA, [`hash ${SHA}`]],
    [SHA.slice(0, 12), [`hash ${SHA}`]],
    ['web-prod', ['role web-prod-role']],
    ['471', ['pid 4711', 'pid 4712']],
    ['stolen ROLE', ['case C-1']],
    ['nightly', ['exception E-1']],
    ['5a1c7c0e', ['rule Unusual Instance Metadata Service (IMDS) API Request']],
    ['"; DROP TABLE alert; --', []],
    ['gone-01', []],
  ])('%s', async (query, expected) => {
    const found = await labels(query)
    // An alert's sentence names most of it as well.
    expect(found.filter((label) => !label.startsWith('alert ') || expected.includes(label))).toEqual(expected)
  })

  test('counts the alerts that stand, and the queue limited to it shows as many', async () => {
    const [host] = await find(seeded.context, 'web-01')
    expect(host).toEqual({ kind: 'host', label: 'web-01', detail: null, alerts: 2, id: 'web-01' })
    const { rows } = await listAlerts(seeded.context, { filter: { about: ['host:web-01'] } })
    expect(rows.map(({ id }) => id)).toEqual([2, 1])
    expect((await listAlerts(seeded.context, { filter: { about: ['host:web-01', 'pid:4711'] } })).rows.map(({ id }) => id)).toEqual([1])
    expect((await listAlerts(seeded.context, { filter: { about: ['nonsense'] } })).rows).toEqual([])
  })

  test('an equal name comes before one that begins with it, and that before one that contains it', async () => {
    const programs = (await find(seeded.context, 'curl')).filter(({ kind }) => kind === 'program')
    expect(programs.map(({ label }) => label)).toEqual(['curl', '/usr/bin/curl'])
  })
})
