import { afterEach, beforeEach, expect, test } from 'vitest'
import { execEvent, testHost } from '@/lib/ecs/testing'
import { previewException } from './preview-exception'
import type { ExceptionEntry, PreviewInput } from './schema'
import { RULE_ID, openScene } from './testing/scene'
import type { Scene } from './testing/scene'

let scene: Scene
beforeEach(() => {
  scene = openScene()
})
afterEach(() => scene.close())

const is = (field: string, value: string): ExceptionEntry => ({ type: 'match', field, operator: 'included', value, case_insensitive: false })
const preview = (entries: ExceptionEntry[], change: Partial<PreviewInput> = {}, budgetMs = 60_000) =>
  previewException(scene.context, { entries, ruleId: RULE_ID, stage: null, ...change }, { budgetMs })

const CRON = { name: 'cron', executable: '/usr/sbin/cron' }

test('counts events, alerts by status and verdict, and cases, and warns of a true positive first', async () => {
  const open = scene.raise({ parent: CRON })
  scene.raise({ parent: CRON }, { status: 'acknowledged' })
  const truePositive = scene.raise({ parent: CRON }, { status: 'closed', verdict: 'true_positive' })
  scene.raise({ parent: CRON }, { status: 'closed', verdict: 'false_positive' })
  scene.raise({ parent: { executable: '/bin/bash' } })
  scene.store([execEvent({ parent: CRON, pid: 1 }), execEvent({ parent: CRON, pid: 2 }), execEvent({ pid: 3 })])
  await scene.context.db.case.create({
    data: { title: 'Theft', severity: 'high', createdBy: 'ana', createdAt: new Date(), updatedAt: new Date(), alerts: { create: { alertId: truePositive, addedBy: 'ana', addedAt: new Date() } } },
  })
  const impact = await preview([is('process.parent.executable', '/usr/sbin/cron')])
  expect(impact.events).toMatchObject({ matched: 10, scanned: 13, total: 13, truncated: false })
  expect(impact.events.sample).toHaveLength(5)
  expect(impact.alerts).toMatchObject({ matched: 4, open: 1, acknowledged: 1, closed: { true_positive: 1, false_positive: 1, test: 0 }, scanned: 5, total: 5, truncated: false })
  expect(impact.alerts.listed[0]).toMatchObject({ id: truePositive, verdict: 'true_positive', role: 'exec' })
  expect(impact.alerts.listed.map(({ id }) => id)).toContain(open)
  expect(impact.cases).toEqual([{ id: 1, title: 'Theft', status: 'open', alerts: 1 }])
  expect(impact.warnings.map(({ code }) => code)).toEqual(['true_positive', 'in_case', 'generic_program', 'share_of_alerts'])
  expect(impact.warnings[0]).toMatchObject({ level: 'danger', text: expect.stringContaining(`A-${truePositive} (true positive, in the case “Theft”)`) })
})

test('says which records have the field of each condition, and that no record has both', async () => {
  scene.raise({}, { execFields: { 'process.env_vars': 'A=1' } })
  const impact = await preview([is('event.category', 'process'), is('destination.ip', '169.254.169.254')])
  expect(impact.stages).toEqual([
    { stage: 0, role: 'exec', sampled: 1, entries: [{ present: 1, satisfied: 1 }, { present: 0, satisfied: 0 }] },
    { stage: 1, role: 'network', sampled: 1, entries: [{ present: 1, satisfied: 0 }, { present: 1, satisfied: 1 }] },
  ])
  expect(impact.alerts.matched).toBe(0)
  const apart = await preview([is('process.env_vars', 'A=1'), is('destination.ip', '169.254.169.254')])
  expect(apart.warnings.map(({ code }) => code)).toContain('no_single_record')
})

test('a rule without alerts is judged by its hits, all rules by kind of record', async () => {
  const id = scene.raise({})
  await scene.context.db.alertEvent.deleteMany({ where: { alertId: id } })
  await scene.context.db.alert.delete({ where: { id } })
  const entries = [is('process.name', 'curl')]
  expect((await preview(entries)).stages.map(({ stage, role }) => [stage, role])).toEqual([
    [0, 'exec'],
    [1, 'network'],
  ])
  scene.raise({})
  expect((await preview(entries, { ruleId: null })).stages.map(({ stage, role, sampled }) => [stage, role, sampled])).toEqual([
    [null, 'exec', 1],
    [null, 'network', 1],
  ])
})

test('stops when its time is over and says how far it came, unless it is told to look at everything', async () => {
  const host = testHost({ name: 'busy' })
  scene.store(Array.from({ length: 2_500 }, (_, at) => execEvent({ pid: at + 1, host, name: at < 400 ? 'old' : 'new' })))
  const entries = [is('process.name', 'old')]
  expect((await preview(entries, {}, 0)).events).toMatchObject({ matched: 0, scanned: 2_000, total: 2_500, truncated: true })
  expect((await preview(entries, { complete: true }, 0)).events).toMatchObject({ matched: 400, scanned: 2_500, truncated: false })
})

test('ends when nobody waits any more', async () => {
  scene.store(Array.from({ length: 2_100 }, (_, at) => execEvent({ pid: at + 1 })))
  const signal = AbortSignal.abort(new Error('gone'))
  await expect(previewException(scene.context, { entries: [is('a', 'b')], ruleId: null, stage: null }, { budgetMs: 60_000, signal })).rejects.toThrow('gone')
})

test.each<[string, ExceptionEntry[], string]>([
  ['only the host', [is('host.name', 'web-01'), is('user.name', 'root')], 'only_where'],
  ['only negations', [{ ...is('process.name', 'curl'), operator: 'excluded' }], 'only_negations'],
  ['a pattern that fits anything', [{ type: 'wildcard', field: 'process.executable', operator: 'included', value: '/*', case_insensitive: false }], 'loose_pattern'],
  ['a shell alone', [is('process.parent.name', 'bash')], 'generic_program'],
  ['an interpreter where it is', [is('process.executable', '/usr/bin/python3.11'), is('host.name', 'web-01'), is('destination.port', '80')], 'generic_program'],
  ['a shell run by what starts any', [is('process.executable', '/usr/bin/bash'), is('process.parent.executable', '/usr/sbin/sshd')], 'generic_program'],
  ['a folder anyone writes to', [is('process.executable', '/dev/shm/agent')], 'writable_path'],
])('warns of %s', async (_name, entries, code) => {
  const { warnings } = await preview(entries)
  expect(warnings.map((warning) => warning.code)).toContain(code)
})

test('a shell with what it ran is no shell alone', async () => {
  const { warnings } = await preview([is('process.executable', '/bin/sh'), is('process.command_line', 'sh /opt/agent/run')])
  expect(warnings.map(({ code }) => code)).not.toContain('generic_program')
})

test('warns as the form does of a star that is none, and of no pattern that fits nothing', async () => {
  const codes = async (entry: ExceptionEntry) => (await preview([entry])).warnings.map(({ code }) => code)
  expect(await codes(is('process.executable', '/opt/*'))).toContain('condition_hint')
  for (const value of ['\\', '\\*', '??', '/*?']) {
    const fits = value === '/*?'
    expect((await codes({ type: 'wildcard', field: 'process.executable', operator: 'included', value, case_insensitive: false })).includes('loose_pattern')).toBe(fits)
  }
  scene.store(Array.from({ length: 200 }, (_, at) => execEvent({ pid: at + 1 })))
  expect(await codes({ type: 'wildcard', field: 'process.executable', operator: 'included', value: 'q*', case_insensitive: false })).not.toContain('loose_pattern')
})

test('refuses conditions that are not complete', async () => {
  await expect(preview([is('', 'x')])).rejects.toMatchObject({ code: 'invalid', details: { fields: { 'entries.0.field': 'name a field' } } })
})
