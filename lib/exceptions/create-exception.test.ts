import { afterEach, beforeEach, expect, test } from 'vitest'
import { TEST_TIME, testHost } from '@/lib/ecs/testing'
import { createException } from './create-exception'
import { listExceptions } from './queries'
import type { ExceptionInput } from './schema'
import { NOW, RULE_ID, openScene } from './testing/scene'
import type { Scene } from './testing/scene'

let scene: Scene
beforeEach(() => {
  scene = openScene()
})
afterEach(() => scene.close())

const nessus: ExceptionInput = {
  name: 'Nessus scans',
  reason: 'The scanner asks for metadata, ticket 12.',
  ruleId: RULE_ID,
  entries: [{ type: 'match', field: 'process.parent.executable', operator: 'included', value: '/opt/nessus/sbin/nessusd' }],
}

test('creates it, raises the revision, writes who and what into the audit', async () => {
  const saved = await createException(scene.context, { ...nessus, expiresAt: '2026-12-01T00:00:00.000Z' })
  expect(saved).toEqual({ id: 1, version: 1, closedAlertIds: [], act: expect.any(Number) })
  const [listed] = await listExceptions(scene.context)
  expect(listed).toMatchObject({
    name: 'Nessus scans',
    ruleId: RULE_ID,
    ruleName: 'Unusual metadata request',
    stage: null,
    enabled: true,
    expiresAt: '2026-12-01T00:00:00.000Z',
    createdBy: 'ana',
    createdAt: NOW.toISOString(),
    hits: 0,
    entries: [{ ...nessus.entries[0], case_insensitive: false }],
  })
  expect(scene.revision()).toBe(1)
  expect(await scene.audit()).toMatchObject([{ action: 'exception.create', entityId: 'E-1', actor: 'ana', detail: { after: { name: 'Nessus scans' }, closedAlertIds: [] } }])
})

test('an exception made from an alert is in that alert’s history', async () => {
  const id = scene.raise({})
  await createException(scene.context, { ...nessus, alertId: id })
  expect((await scene.alert(id)).history).toEqual([{ kind: 'exception', text: 'Exception E-1 “Nessus scans” was made from this alert.' }])
})

test('closes the undecided alerts whose linked records match, and leaves verdicts alone', async () => {
  const parent = { executable: '/opt/nessus/sbin/nessusd' }
  scene.addRule('other', 'Another rule')
  const open = scene.raise({ parent })
  const acknowledged = scene.raise({ parent }, { status: 'acknowledged' })
  const decided = scene.raise({ parent }, { status: 'closed', verdict: 'true_positive' })
  const reopened = scene.raise({ parent }, { status: 'open', verdict: 'true_positive' })
  const different = scene.raise({ parent: { executable: '/bin/bash' } })
  const ofOtherRule = scene.raise({ parent }, {}, 'other')
  const saved = await createException(scene.context, { ...nessus, closeMatchingAs: 'benign_true_positive', acknowledgedAlertIds: [decided, reopened] })
  expect(saved.closedAlertIds).toEqual([open, acknowledged])
  const closed = await scene.alert(open)
  expect(closed).toMatchObject({ status: 'closed', verdict: 'benign_true_positive', closedAt: NOW })
  expect(closed.history).toEqual([{ kind: 'status', text: 'Closed as benign true positive. Exception E-1 “Nessus scans” matches its records.' }])
  expect(await scene.alert(decided)).toMatchObject({ status: 'closed', verdict: 'true_positive', history: [] })
  expect(await scene.alert(reopened)).toMatchObject({ status: 'open', verdict: 'true_positive' })
  expect(await scene.alert(different)).toMatchObject({ status: 'open', history: [] })
  expect(await scene.alert(ofOtherRule)).toMatchObject({ status: 'open', history: [] })
  expect(await scene.audit()).toMatchObject([
    { action: 'alert.close', entityId: '2 alerts', detail: { verdict: 'benign_true_positive', exception: 'E-1', alerts: [`A-${open}`, `A-${acknowledged}`] } },
    { action: 'exception.create', detail: { closedAlertIds: [open, acknowledged] } },
  ])
})

test('for all rules it closes alerts of all rules; for one stage it asks the records of that stage', async () => {
  scene.addRule('other', 'Another rule')
  const one = scene.raise({ host: testHost({ name: 'scan-01' }) })
  const two = scene.raise({ host: testHost({ name: 'scan-01' }) }, {}, 'other')
  const onNetwork: ExceptionInput = {
    ...nessus,
    stage: 0,
    entries: [{ type: 'match', field: 'destination.ip', operator: 'included', value: '169.254.0.0/16' }],
    closeMatchingAs: 'false_positive',
  }
  expect((await createException(scene.context, onNetwork)).closedAlertIds).toEqual([])
  expect((await createException(scene.context, { ...onNetwork, stage: 1 })).closedAlertIds).toEqual([one])
  expect((await createException(scene.context, { ...onNetwork, stage: null, ruleId: null })).closedAlertIds).toEqual([two])
})

test.each<[string, Partial<ExceptionInput>, Record<string, string>]>([
  ['no conditions', { entries: [] }, { entries: 'give at least one condition' }],
  ['a condition without a value', { entries: [{ type: 'match', field: 'a', operator: 'included', value: '' }] }, { 'entries.0.value': 'give a value' }],
  ['no name and no reason', { name: ' ', reason: '' }, { name: 'give it a name', reason: 'say why, for whoever reviews it later' }],
  ['a stage without a rule', { ruleId: null, stage: 1 }, { stage: 'a stage belongs to one rule: choose the rule, or any record' }],
  ['an end before the start', { startsAt: '2026-12-02T00:00:00Z', expiresAt: '2026-12-01T00:00:00Z' }, { expiresAt: 'it would expire before it starts' }],
  ['an end in the past', { expiresAt: new Date(TEST_TIME).toISOString() }, { expiresAt: 'this time is past' }],
  ['an unknown rule', { ruleId: 'nope' }, { ruleId: 'there is no such rule' }],
])('refuses %s, names the field, and leaves no trace', async (_name, change, fields) => {
  await expect(createException(scene.context, { ...nessus, ...change })).rejects.toMatchObject({ code: 'invalid', details: { fields } })
  expect(await listExceptions(scene.context)).toEqual([])
  expect(await scene.audit()).toEqual([])
  expect(scene.revision()).toBe(0)
})

test('refuses an alert that is not there', async () => {
  await expect(createException(scene.context, { ...nessus, alertId: 99 })).rejects.toMatchObject({ code: 'not_found' })
  expect(await scene.audit()).toEqual([])
})
