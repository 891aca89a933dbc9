import { afterAll, beforeAll, expect, test } from 'vitest'
import { createException } from './create-exception'
import { deleteException } from './delete-exception'
import { getException } from './queries'
import { openScene } from './testing/scene'
import type { Scene } from './testing/scene'

let scene: Scene
beforeAll(() => {
  scene = openScene()
})
afterAll(() => scene.close())

test('deletes it; the audit keeps all it was; again is refused', async () => {
  const { id } = await createException(scene.context, { name: 'gone soon', reason: 'r', ruleId: null, entries: [{ type: 'exists', field: 'process.name', operator: 'included' }] })
  await deleteException(scene.context, { id })
  expect(await getException(scene.context, id)).toBeNull()
  expect(scene.revision()).toBe(2)
  expect((await scene.audit())[1]).toMatchObject({ action: 'exception.delete', entityId: `E-${id}`, detail: { before: { name: 'gone soon', entries: [{ field: 'process.name' }] } } })
  await expect(deleteException(scene.context, { id })).rejects.toMatchObject({ code: 'not_found' })
  expect(scene.revision()).toBe(2)
})
