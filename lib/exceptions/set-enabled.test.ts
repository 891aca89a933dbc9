import { afterAll, beforeAll, expect, test } from 'vitest'
import { createException } from './create-exception'
import { getException } from './queries'
import { setExceptionEnabled } from './set-enabled'
import { openScene } from './testing/scene'
import type { Scene } from './testing/scene'

let scene: Scene
beforeAll(() => {
  scene = openScene()
})
afterAll(() => scene.close())

test('switches off and on again, each with an audit row; twice the same writes one', async () => {
  const { id } = await createException(scene.context, { name: 'n', reason: 'r', ruleId: null, entries: [{ type: 'exists', field: 'process.name', operator: 'included' }] })
  await setExceptionEnabled(scene.context, { id, enabled: false })
  await setExceptionEnabled(scene.context, { id, enabled: false })
  expect(await getException(scene.context, id)).toMatchObject({ enabled: false, version: 2 })
  await setExceptionEnabled(scene.context, { id, enabled: true })
  expect(await getException(scene.context, id)).toMatchObject({ enabled: true, version: 3 })
  expect((await scene.audit()).map(({ action }) => action)).toEqual(['exception.create', 'exception.disable', 'exception.enable'])
})

test('refuses one that is not there', async () => {
  await expect(setExceptionEnabled(scene.context, { id: 99, enabled: false })).rejects.toMatchObject({ code: 'not_found', message: 'There is no exception E-99; it may have been deleted.' })
})
