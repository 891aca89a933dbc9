import { afterEach, beforeEach, expect, test } from 'vitest'
import { createException } from './create-exception'
import { previewException } from './preview-exception'
import type { ExceptionEntry } from './schema'
import { RULE_ID, openScene } from './testing/scene'
import type { Scene } from './testing/scene'
import { nearestFields } from './unknown-fields'

let scene: Scene
beforeEach(() => {
  scene = openScene()
  scene.raise({}, { execFields: { 'acme.job': 'nightly' } })
})
afterEach(() => scene.close())

const has = (field: string): ExceptionEntry => ({ type: 'match', field, operator: 'included', value: 'nightly', case_insensitive: false })
const input = (field: string) => ({ name: 'n', reason: 'r', ruleId: RULE_ID, entries: [has('process.name'), has(field)] })

test.each([
  ['process.executeable', ['process.executable']],
  ['process.executable.caseless', ['process.executable']],
])('%s is nearly %j', (field, expected) => {
  expect(nearestFields(field)).toEqual(expect.arrayContaining(expected))
})

test('a field that nothing has is refused by name, nothing is written, and it can be meant', async () => {
  await expect(createException(scene.context, input('process.executeable'))).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('no stored event has it. Did you mean process.executable'),
    details: { fields: { 'entries.1.field': expect.stringContaining('process.executeable is no field') } },
  })
  expect(scene.revision()).toBe(0)
  expect(await createException(scene.context, { ...input('process.executeable'), acknowledgedFields: ['process.executeable'] })).toMatchObject({ id: 1 })
})

test('a field of one’s own that an event has passes', async () => {
  expect(await createException(scene.context, input('acme.job'))).toMatchObject({ id: 1 })
  expect(await createException(scene.context, input('acme'))).toMatchObject({ id: 2 })
})

test('the preview says of each whether an event has it, and warns of the one that none has', async () => {
  const { unknownFields, warnings } = await previewException(scene.context, { ruleId: null, stage: null, entries: [has('acme.job'), has('acme.jobs'), has('process')] }, { budgetMs: 60_000 })
  expect(unknownFields).toMatchObject([
    { field: 'acme.job', isStored: true },
    { field: 'acme.jobs', isStored: false, truncated: false },
  ])
  expect(warnings.find(({ code }) => code === 'unknown_field')?.text).toContain('acme.jobs is no field')
})
