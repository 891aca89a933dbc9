import { afterEach, beforeEach, expect, test } from 'vitest'
import { createException } from './create-exception'
import { getException } from './queries'
import type { ExceptionUpdateInput } from './schema'
import { NOW, RULE_ID, openScene } from './testing/scene'
import type { Scene } from './testing/scene'
import { updateException } from './update-exception'

let scene: Scene
let edit: ExceptionUpdateInput
beforeEach(async () => {
  scene = openScene()
  const input = {
    name: 'Cron',
    reason: 'Asks hourly.',
    ruleId: RULE_ID,
    entries: [{ type: 'match' as const, field: 'process.parent.name', operator: 'included' as const, value: 'cron' }],
    expiresAt: '2026-11-04T00:00:00.000Z',
  }
  const { id, version } = await createException(scene.context, input)
  edit = { ...input, id, version }
})
afterEach(() => scene.close())

test('saves the change with before and after, and closes what matches when asked', async () => {
  const matching = scene.raise({ parent: { name: 'cron' } })
  const bo = scene.as({ actor: 'bo' })
  const saved = await updateException(bo, { ...edit, name: 'Cron on web', ruleId: null, closeMatchingAs: 'false_positive' })
  expect(saved).toEqual({ id: edit.id, version: 2, closedAlertIds: [matching], act: expect.any(Number) })
  expect(await getException(bo, edit.id)).toMatchObject({ name: 'Cron on web', ruleId: null, ruleName: null, createdBy: 'ana', updatedBy: 'bo', version: 2 })
  expect(scene.revision()).toBe(2)
  expect((await scene.audit()).at(-1)).toMatchObject({
    action: 'exception.update',
    actor: 'bo',
    detail: { before: { name: 'Cron', ruleId: RULE_ID }, after: { name: 'Cron on web', ruleId: null }, closedAlertIds: [matching] },
  })
})

test('a change in between is refused by name and time, and nothing is written', async () => {
  await updateException(scene.as({ actor: 'bo' }), { ...edit, name: 'Theirs' })
  const alert = scene.raise({ parent: { name: 'cron' } })
  await expect(updateException(scene.context, { ...edit, name: 'Mine', closeMatchingAs: 'false_positive' })).rejects.toMatchObject({
    code: 'conflict',
    message: `bo changed E-1 at ${NOW.toISOString()}, after you opened it. Open it again to see the change; yours was not saved.`,
    details: { version: 2, updatedBy: 'bo' },
  })
  expect(await getException(scene.context, edit.id)).toMatchObject({ name: 'Theirs', version: 2 })
  expect(await scene.alert(alert)).toMatchObject({ status: 'open', history: [] })
  expect(await scene.audit()).toHaveLength(2)
})

test('of two that save at once one wins', async () => {
  const results = await Promise.allSettled([updateException(scene.context, { ...edit, name: 'One' }), updateException(scene.context, { ...edit, name: 'Two' })])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('an expired one may be renamed, a new end must lie ahead', async () => {
  const later = scene.as({ now: new Date('2026-11-05T00:00:00Z') })
  await updateException(later, { ...edit, name: 'Old cron' })
  await expect(updateException(later, { ...edit, version: 2, expiresAt: '2026-11-04T12:00:00Z' })).rejects.toMatchObject({ details: { fields: { expiresAt: 'this time is past' } } })
})

test('refuses one that is not there, and a rule that is not there', async () => {
  await expect(updateException(scene.context, { ...edit, id: 99 })).rejects.toMatchObject({ code: 'not_found' })
  await expect(updateException(scene.context, { ...edit, ruleId: 'nope' })).rejects.toMatchObject({ code: 'invalid' })
  expect(await scene.audit()).toHaveLength(1)
})
