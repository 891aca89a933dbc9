import { afterEach, beforeEach, expect, test } from 'vitest'
import { newestEntry } from '@/lib/audit/record-act'
import { seedStore } from '@/lib/cases/testing/seeded-store'
import type { SeededStore } from '@/lib/cases/testing/seeded-store'
import { TEST_TIME, imdsPair } from '@/lib/ecs/testing'
import { readGuide } from '@/lib/triage/recount-checklists'
import { setItemState } from '@/lib/triage/set-item-state'
import { undoAct } from '@/lib/undo/undo-act'
import { assign } from './assign'
import { setStatus } from './set-status'

let seeded: SeededStore
let entry = 0
beforeEach(async () => {
  seeded = seedStore()
  for (let i = 0; i < 3; i++) seeded.addAlert(imdsPair({ at: TEST_TIME + i * 60_000, pid: 4711 + i }), { checklist_total: 6 })
  entry = await newestEntry(seeded.context.db)
})
afterEach(() => seeded.close())

const ann = () => ({ ...seeded.context, actor: { name: 'ann' } })
const alertOf = (id: number) => seeded.context.db.alert.findUniqueOrThrow({ where: { id } })
const benign = (alertIds: number[], seen: { entry: number; rows?: Record<string, number>; tab?: string }) =>
  setStatus(seeded.context, { alertIds, status: 'closed', verdict: 'benign_true_positive', seen })

test('a verdict on what the page no longer shows is refused with who, what and when, and can be meant', async () => {
  seeded.setTime('2026-11-21T19:05:00.000Z')
  await setStatus(ann(), { alertIds: [2], status: 'closed', verdict: 'true_positive', note: 'It was an attack.' })
  const refusal = benign([1, 2], { entry })
  await expect(refusal).rejects.toMatchObject({ code: 'conflict', message: 'ann changed A-2 at 2026-11-21 19:05:00 UTC: Closed as true positive. It was an attack.' })
  const { details } = (await refusal.catch((error: unknown) => error)) as { details: { conflict: { entry: number; alertIds: number[] } } }
  expect(details.conflict.alertIds).toEqual([2])
  // All or none.
  expect(await alertOf(1)).toMatchObject({ status: 'open' })
  expect(await benign([1, 2], { entry: details.conflict.entry })).toMatchObject({ changed: [1, 2] })
  // Meant over that one, not over the next.
  await setStatus(ann(), { alertIds: [2], status: 'open' })
  await expect(benign([2], { entry: details.conflict.entry })).rejects.toMatchObject({ code: 'conflict' })
})

test('what the same page did, what concerns something else, and what was undone again do not count', async () => {
  await setStatus(seeded.context, { alertIds: [1], status: 'acknowledged', seen: { entry, tab: 'one' } })
  await assign(ann(), { alertIds: [1], assignee: 'ann' })
  expect(await benign([1], { entry, tab: 'one' })).toMatchObject({ changed: [1] })
  await setStatus(ann(), { alertIds: [2], status: 'acknowledged' })
  await undoAct(ann())
  expect(await benign([2], { entry, tab: 'one' })).toMatchObject({ changed: [2] })
  await expect(benign([1], { entry, tab: 'two' })).rejects.toMatchObject({ code: 'conflict' })
})

test('an undo of what the page showed counts', async () => {
  await setStatus(ann(), { alertIds: [1], status: 'closed', verdict: 'test' })
  const later = await newestEntry(seeded.context.db)
  await undoAct(ann())
  await expect(benign([1], { entry: later })).rejects.toMatchObject({ code: 'conflict', message: /Undone: open again/ })
})

test('rows that were shown later than the page', async () => {
  await setStatus(ann(), { alertIds: [1], status: 'acknowledged' })
  const later = await newestEntry(seeded.context.db)
  await setStatus(ann(), { alertIds: [2], status: 'acknowledged' })
  expect(await benign([1], { entry, rows: { 1: later } })).toMatchObject({ changed: [1] })
  await expect(benign([2], { entry, rows: { 1: later } })).rejects.toMatchObject({ code: 'conflict' })
})

test('an assignee minds another assignee, a step another state of the same step', async () => {
  await assign(ann(), { alertIds: [1], assignee: 'ann' })
  await expect(assign(seeded.context, { alertIds: [1], assignee: 'bob', seen: { entry } })).rejects.toMatchObject({ code: 'conflict', message: /Assigned to ann/ })
  const [first, second] = await readGuide(seeded.context.db, (await alertOf(1)).ruleVersionId)
  await setItemState(ann(), { alertId: 1, itemKey: first?.key ?? '', state: 'done' })
  await expect(setItemState(seeded.context, { alertId: 1, itemKey: first?.key ?? '', state: 'follow_up', seen: { entry } })).rejects.toMatchObject({ code: 'conflict' })
  await setItemState(seeded.context, { alertId: 1, itemKey: second?.key ?? '', state: 'done', seen: { entry } })
})
