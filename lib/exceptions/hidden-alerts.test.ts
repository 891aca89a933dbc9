import { afterEach, beforeEach, expect, test } from 'vitest'
import { createException } from './create-exception'
import { hiddenByException } from './hidden-alerts'
import { previewException } from './preview-exception'
import { getException, listExceptions } from './queries'
import type { ExceptionInput } from './schema'
import { setExceptionEnabled } from './set-enabled'
import { RULE_ID, openScene } from './testing/scene'
import type { Scene } from './testing/scene'
import { updateException } from './update-exception'

let scene: Scene
beforeEach(() => {
  scene = openScene()
})
afterEach(() => scene.close())

const parent = { executable: '/opt/nessus/sbin/nessusd' }
const nessus: ExceptionInput = {
  name: 'Nessus scans',
  reason: 'The scanner asks for metadata, ticket 12.',
  ruleId: RULE_ID,
  entries: [{ type: 'match', field: 'process.parent.executable', operator: 'included', value: '/opt/nessus/sbin/nessusd' }],
}

async function putIntoCase(alertId: number): Promise<void> {
  const at = new Date()
  await scene.context.db.case.create({ data: { title: 'Theft', severity: 'high', createdBy: 'ana', createdAt: at, updatedAt: at, alerts: { create: { alertId, addedBy: 'ana', addedAt: at } } } })
}

test('one that hides a true positive is refused by name until that is acknowledged', async () => {
  const closed = scene.raise({ parent }, { status: 'closed', verdict: 'true_positive' })
  const inCase = scene.raise({ parent })
  const harmless = scene.raise({ parent }, { status: 'closed', verdict: 'false_positive' })
  await putIntoCase(inCase)
  await putIntoCase(harmless)
  await expect(createException(scene.context, nessus)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(`A-${inCase} (in the case “Theft”), A-${closed} (true positive)`), details: { hides: [inCase, closed] } })
  await expect(createException(scene.context, { ...nessus, acknowledgedAlertIds: [closed] })).rejects.toMatchObject({ code: 'conflict', details: { hides: [inCase] } })
  expect(await listExceptions(scene.context)).toEqual([])
  expect(scene.revision()).toBe(0)
  await createException(scene.context, { ...nessus, acknowledgedAlertIds: [closed, inCase] })
  expect(await scene.audit()).toMatchObject([{ action: 'exception.create', detail: { after: { acknowledgedAlertIds: [closed, inCase] } } }])
})

test('a disabled one hides nothing; switching it on and changing it ask again', async () => {
  const id = scene.raise({ parent }, { status: 'closed', verdict: 'true_positive' })
  const saved = await createException(scene.context, { ...nessus, enabled: false })
  await expect(setExceptionEnabled(scene.context, { id: saved.id, enabled: true })).rejects.toMatchObject({ code: 'conflict', details: { hides: [id] } })
  const { closeMatchingAs: _, alertId: __, ...written } = { ...nessus, closeMatchingAs: null, alertId: null }
  await expect(updateException(scene.context, { ...written, ...saved, enabled: true })).rejects.toMatchObject({ code: 'conflict', details: { hides: [id] } })
  expect((await getException(scene.context, saved.id))?.version).toBe(1)
  await setExceptionEnabled(scene.context, { id: saved.id, enabled: true, acknowledgedAlertIds: [id] })
  expect((await getException(scene.context, saved.id))?.enabled).toBe(true)
})

test('the preview names them whatever its time, and they stay named where they are listed, also one found later', async () => {
  const later = scene.raise({ parent })
  await createException(scene.context, nessus)
  const [exception] = await listExceptions(scene.context)
  expect(exception?.hides).toEqual([])
  const at = new Date()
  await scene.context.db.alert.update({ where: { id: later }, data: { status: 'closed', verdict: 'true_positive', updatedAt: at } })
  expect((await listExceptions(scene.context))[0]?.hides).toEqual([later])
  expect((await getException(scene.context, 1))?.hides).toEqual([later])
  const impact = await previewException(scene.context, { ruleId: RULE_ID, stage: null, entries: nessus.entries }, { budgetMs: 0 })
  expect(impact.hides).toMatchObject({ alerts: [{ id: later, verdict: 'true_positive', cases: [] }], truncated: false })
  await scene.context.db.alert.update({ where: { id: later }, data: { verdict: 'false_positive', updatedAt: new Date(at.getTime() + 1) } })
  expect((await listExceptions(scene.context))[0]?.hides).toEqual([])
})

test('an expression’s alert is hidden by what fits its own record alone, not by the shell of its story', async () => {
  const id = scene.raise({}, { status: 'closed', verdict: 'true_positive' })
  const entries: ExceptionInput['entries'] = [{ type: 'exists', field: 'destination.ip', operator: 'included' }]
  const asked = async () => (await previewException(scene.context, { ruleId: null, stage: null, entries }, { budgetMs: 60_000 })).hides.alerts.map((alert) => alert.id)
  expect(await asked()).toEqual([id])
  await scene.context.db.rule.updateMany({ data: { language: 'secl' } })
  expect(await asked()).toEqual([])
})

test('of none it asks nothing', async () => {
  expect(await hiddenByException(scene.context, [])).toEqual(new Map())
})
