import { afterAll, beforeAll, expect, test } from 'vitest'
import { createException } from './create-exception'
import { draftOfException, newDraft, prefillFromAlert } from './draft'
import { RULE_ID, openScene } from './testing/scene'
import type { Scene } from './testing/scene'

let scene: Scene
let alertId: number
beforeAll(() => {
  scene = openScene()
  alertId = scene.raise(
    { name: 'curl', executable: '/usr/bin/curl', parent: { name: 'nessusd', executable: '/opt/nessus/sbin/nessusd' }, args: ['curl', '-s'], fields: { 'process.parent.executable': undefined } },
    { execFields: { 'process.parent.executable': '/opt/nessus/sbin/nessusd', 'a.b': [null, 1, [true]] } },
  )
})
afterAll(() => scene.close())

test('from an alert: its rule, a name, process and parent as conditions, and its fields with their records', async () => {
  const draft = await prefillFromAlert(scene.context, alertId)
  expect(draft).toMatchObject({ editing: null, initial: { name: 'curl run by nessusd', ruleId: RULE_ID, stage: null, alertId }, rules: [{ ruleId: RULE_ID }] })
  expect(draft.initial.entries).toEqual([
    { type: 'match', field: 'process.executable', operator: 'included', value: '/usr/bin/curl', case_insensitive: false },
    { type: 'match', field: 'process.parent.executable', operator: 'included', value: '/opt/nessus/sbin/nessusd', case_insensitive: false },
  ])
  expect(draft.records.map(({ position, role, stage }) => [position, role, stage])).toEqual([
    [0, 'exec', 0],
    [1, 'network', 1],
  ])
  expect(draft.fields.slice(0, 3).map(({ field }) => field)).toEqual(['process.executable', 'process.name', 'process.parent.executable'])
  const field = (name: string) => draft.fields.find((one) => one.field === name)
  expect(field('process.parent.executable')).toEqual({ field: 'process.parent.executable', highlighted: true, values: ['/opt/nessus/sbin/nessusd'], own: ['/opt/nessus/sbin/nessusd'], positions: [0] })
  expect(field('destination.port')).toMatchObject({ values: ['80'], positions: [1], highlighted: false })
  expect(field('process.args')).toMatchObject({ values: ['curl', '-s'] })
  expect(field('a.b')).toMatchObject({ values: ['1', 'true'] })
})

test('of an exception: what it is, its version, and the records of its alert', async () => {
  const { id } = await createException(scene.context, { name: 'n', reason: 'r', ruleId: RULE_ID, stage: 1, entries: [{ type: 'exists', field: 'a', operator: 'excluded' }], alertId })
  const draft = await draftOfException(scene.context, id)
  expect(draft).toMatchObject({ editing: { id, version: 1 }, initial: { name: 'n', stage: 1, alertId, entries: [{ type: 'exists' }] } })
  expect(draft.records).toHaveLength(2)
})

test('an empty one names the rules; what is not there is refused', async () => {
  expect(await newDraft(scene.context)).toMatchObject({ editing: null, initial: { ruleId: null, entries: [] }, rules: [{ ruleId: RULE_ID, name: 'Unusual metadata request' }] })
  await expect(prefillFromAlert(scene.context, 99)).rejects.toMatchObject({ code: 'not_found' })
  await expect(draftOfException(scene.context, 99)).rejects.toMatchObject({ code: 'not_found' })
})
