import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seedStore } from '@/lib/cases/testing/seeded-store'
import type { SeededStore } from '@/lib/cases/testing/seeded-store'
import { TEST_TIME, imdsPair } from '@/lib/ecs/testing'
import { setItemState } from '@/lib/triage/set-item-state'
import { addAlertNote } from './add-note'
import { assign } from './assign'
import { setStatus } from './set-status'

let seeded: SeededStore
beforeEach(() => {
  seeded = seedStore()
  for (let i = 0; i < 3; i++) seeded.addAlert(imdsPair({ at: TEST_TIME + i * 60_000, pid: 4711 + i }), { checklist_total: 6 })
})
afterEach(() => seeded.close())

const alertOf = (id: number) => seeded.context.db.alert.findUniqueOrThrow({ where: { id } })
const historyOf = async (id: number) => (await seeded.context.db.alertHistory.findMany({ where: { alertId: id }, orderBy: { id: 'asc' } })).slice(1)
const audit = () => seeded.context.db.audit.findMany({ orderBy: { id: 'asc' } })

describe('setStatus', () => {
  test('closes with a verdict, a note, a line of history each and one audit row', async () => {
    seeded.setTime('2026-11-22T08:00:00.000Z')
    expect(await setStatus(seeded.context, { alertIds: [1, 2, 99], status: 'closed', verdict: 'false_positive', note: ' backup job ' })).toEqual({
      changed: [1, 2],
      unchanged: [],
      missing: [99],
      act: expect.any(Number),
    })
    expect(await alertOf(1)).toMatchObject({ status: 'closed', verdict: 'false_positive', closedAt: new Date('2026-11-22T08:00:00.000Z') })
    expect(await alertOf(3)).toMatchObject({ status: 'open', verdict: null })
    const [entry] = await historyOf(2)
    expect(entry).toMatchObject({ kind: 'status', actor: 'local analyst', text: 'Closed as false positive. backup job' })
    expect(JSON.parse(entry!.detail)).toEqual({ from: 'open', to: 'closed', verdict_before: null, verdict: 'false_positive', note: 'backup job' })
    const rows = await audit()
    expect(rows.map((row) => [row.action, row.entityType, row.entityId])).toEqual([['alert.close', 'alert', '2 alerts']])
    expect(JSON.parse(rows[0]!.detail)).toMatchObject({ alerts: ['A-1', 'A-2'], verdict: 'false_positive' })
  })

  test('reopening takes the verdict away', async () => {
    await setStatus(seeded.context, { alertIds: [1], status: 'closed', verdict: 'test' })
    await setStatus(seeded.context, { alertIds: [1], status: 'open' })
    expect(await alertOf(1)).toMatchObject({ status: 'open', verdict: null, closedAt: null })
    expect((await historyOf(1)).map((entry) => entry.text)).toEqual(['Closed as test.', 'Reopened.'])
    expect((await audit()).map((row) => [row.action, row.entityId])).toEqual([['alert.close', 'A-1'], ['alert.open', 'A-1']])
  })

  test('a changed verdict keeps the time of closing', async () => {
    await setStatus(seeded.context, { alertIds: [1], status: 'closed', verdict: 'test' })
    const { closedAt } = await alertOf(1)
    seeded.setTime('2026-11-23T08:00:00.000Z')
    await setStatus(seeded.context, { alertIds: [1], status: 'closed', verdict: 'duplicate' })
    expect(await alertOf(1)).toMatchObject({ verdict: 'duplicate', closedAt })
  })

  test('what is so already is left alone, but a note is kept', async () => {
    await setStatus(seeded.context, { alertIds: [1], status: 'acknowledged' })
    expect(await setStatus(seeded.context, { alertIds: [1, 1], status: 'acknowledged' })).toEqual({ changed: [], unchanged: [1], missing: [], act: null })
    await setStatus(seeded.context, { alertIds: [1], status: 'acknowledged', note: 'still looking' })
    expect((await historyOf(1)).map((entry) => [entry.kind, entry.text])).toEqual([['status', 'Acknowledged.'], ['note', 'still looking']])
    expect(await audit()).toHaveLength(2)
  })

  test('a true positive counts the response steps, and no other verdict does', async () => {
    await setStatus(seeded.context, { alertIds: [1, 2], status: 'closed', verdict: 'true_positive' })
    expect(await alertOf(2)).toMatchObject({ checklistDone: 0, checklistTotal: 13 })
    await setStatus(seeded.context, { alertIds: [2], status: 'open' })
    expect(await alertOf(2)).toMatchObject({ checklistTotal: 6 })
  })

  test.each([
    [{ alertIds: [1], status: 'closed' }, /verdict/],
    [{ alertIds: [1], status: 'open', verdict: 'test' }, /verdict/],
    [{ alertIds: [], status: 'open' }, /./],
    [{ alertIds: [1.5], status: 'open' }, /./],
  ] as const)('refuses %j', async (input, message) => {
    await expect(setStatus(seeded.context, { ...input, alertIds: [...input.alertIds] })).rejects.toMatchObject({ code: 'invalid', message })
    expect(await audit()).toEqual([])
    expect(await alertOf(1)).toMatchObject({ status: 'open' })
  })
})

describe('assign', () => {
  test('to somebody, and to nobody', async () => {
    expect(await assign(seeded.context, { alertIds: [1, 2, 77], assignee: ' Ann ' })).toEqual({ changed: [1, 2], unchanged: [], missing: [77], act: expect.any(Number) })
    expect(await assign(seeded.context, { alertIds: [1, 3], assignee: null })).toEqual({ changed: [1], unchanged: [3], missing: [], act: expect.any(Number) })
    expect((await alertOf(2)).assignee).toBe('Ann')
    expect((await historyOf(1)).map((entry) => [entry.kind, entry.text])).toEqual([
      ['assignee', 'Assigned to Ann.'],
      ['assignee', 'No longer assigned to Ann.'],
    ])
    expect((await audit()).map((row) => [row.action, row.entityId])).toEqual([['alert.assign', '2 alerts'], ['alert.assign', 'A-1']])
  })

  test('refuses an empty name', async () => {
    await expect(assign(seeded.context, { alertIds: [1], assignee: '  ' })).rejects.toMatchObject({ code: 'invalid' })
    expect(await audit()).toEqual([])
  })
})

describe('addAlertNote', () => {
  test('stands in the history and in the audit', async () => {
    await addAlertNote(seeded.context, { alertId: 3, note: ' asked the owner \n' })
    expect((await historyOf(3)).map((entry) => [entry.kind, entry.actor, entry.text])).toEqual([['note', 'local analyst', 'asked the owner']])
    expect((await audit()).map((row) => [row.action, row.entityId])).toEqual([['alert.add_note', 'A-3']])
  })

  test('refuses an empty note and an alert that does not exist', async () => {
    await expect(addAlertNote(seeded.context, { alertId: 3, note: ' ' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(addAlertNote(seeded.context, { alertId: 9, note: 'x' })).rejects.toMatchObject({ code: 'not_found' })
    expect(await audit()).toEqual([])
  })
})

describe('setItemState', () => {
  const ITEM = { alertId: 1, itemKey: '' }
  beforeEach(async () => {
    const { readGuide } = await import('@/lib/triage/recount-checklists')
    ITEM.itemKey = (await readGuide(seeded.context.db, (await alertOf(1)).ruleVersionId))[0]?.key ?? ''
  })

  test('progress follows: done and not applicable count, follow-up does not', async () => {
    expect(await setItemState(seeded.context, { ...ITEM, state: 'done', note: 'curl, by hand' })).toEqual({ done: 1, total: 6 })
    expect(await setItemState(seeded.context, { ...ITEM, state: 'not_applicable' })).toEqual({ done: 1, total: 6 })
    expect(await seeded.context.db.checklistItem.findMany()).toMatchObject([{ state: 'not_applicable', note: 'curl, by hand', actor: 'local analyst' }])
    expect(await setItemState(seeded.context, { ...ITEM, state: 'follow_up' })).toEqual({ done: 0, total: 6 })
    expect(await alertOf(1)).toMatchObject({ checklistDone: 0, checklistTotal: 6 })
    expect((await historyOf(1)).map((entry) => entry.kind)).toEqual(['checklist', 'checklist', 'checklist'])
    expect((await audit()).map((row) => `${row.action} ${row.entityId}`)).toEqual(['alert.checklist A-1', 'alert.checklist A-1', 'alert.checklist A-1'])
  })

  test('clearing takes state and note away; repeating changes nothing', async () => {
    await setItemState(seeded.context, { ...ITEM, state: 'done', note: 'x' })
    await setItemState(seeded.context, { ...ITEM, state: 'done' })
    expect(await setItemState(seeded.context, { ...ITEM, state: null })).toEqual({ done: 0, total: 6 })
    expect(await seeded.context.db.checklistItem.count()).toBe(0)
    expect(await audit()).toHaveLength(2)
  })

  test.each([
    [{ alertId: 1, itemKey: 'investigation-00000000', state: 'done' }, 'not_found'],
    [{ alertId: 50, itemKey: 'x', state: 'done' }, 'not_found'],
    [{ alertId: 1, itemKey: '', state: 'done' }, 'invalid'],
  ] as const)('refuses %j', async (input, code) => {
    await expect(setItemState(seeded.context, input)).rejects.toMatchObject({ code })
    expect(await audit()).toEqual([])
  })
})
