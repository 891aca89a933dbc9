import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addAlertNote } from '@/lib/alerts/add-note'
import { assign } from '@/lib/alerts/assign'
import { setStatus } from '@/lib/alerts/set-status'
import { addAlerts } from '@/lib/cases/add-alerts'
import { createCase } from '@/lib/cases/create-case'
import { removeAlert } from '@/lib/cases/remove-alert'
import { seedStore } from '@/lib/cases/testing/seeded-store'
import type { SeededStore } from '@/lib/cases/testing/seeded-store'
import { TEST_TIME, imdsPair } from '@/lib/ecs/testing'
import { createException } from '@/lib/exceptions/create-exception'
import { deleteException } from '@/lib/exceptions/delete-exception'
import { setExceptionEnabled } from '@/lib/exceptions/set-enabled'
import { updateException } from '@/lib/exceptions/update-exception'
import { LIMITS } from '@/lib/limits'
import { readGuide } from '@/lib/triage/recount-checklists'
import { setItemState } from '@/lib/triage/set-item-state'
import { lastAct } from './last-act'
import { undoAct } from './undo-act'

let seeded: SeededStore
beforeEach(() => {
  seeded = seedStore()
  for (let i = 0; i < 3; i++) seeded.addAlert(imdsPair({ at: TEST_TIME + i * 60_000, pid: 4711 + i }), { checklist_total: 6 })
})
afterEach(() => seeded.close())

const ann = () => ({ ...seeded.context, actor: { name: 'ann' } })
const alertOf = (id: number) => seeded.context.db.alert.findUniqueOrThrow({ where: { id } })
const historyOf = async (id: number) => (await seeded.context.db.alertHistory.findMany({ where: { alertId: id }, orderBy: { id: 'asc' } })).slice(1)
const audit = async () => (await seeded.context.db.audit.findMany({ orderBy: { id: 'asc' } })).map(({ actor, action, entityId, detail }) => ({ actor, action, entityId, detail: JSON.parse(detail) as Record<string, unknown> }))

const EXCEPTION = {
  name: 'Nightly curl',
  reason: 'It is ours.',
  ruleId: null,
  stage: null,
  entries: [{ type: 'match', field: 'process.name', operator: 'included', value: 'curl', case_insensitive: false }],
  enabled: true,
  startsAt: null,
  expiresAt: null,
  alertId: null,
  closeMatchingAs: null,
} as const
const exception = (wanted: object = {}) => ({ ...EXCEPTION, entries: [...EXCEPTION.entries], ...wanted })

describe('a verdict', () => {
  test('goes back to what was before, with history and audit', async () => {
    await setStatus(seeded.context, { alertIds: [1], status: 'acknowledged' })
    await setStatus(seeded.context, { alertIds: [1, 2], status: 'closed', verdict: 'true_positive', note: 'curl by hand' })
    expect(await lastAct(seeded.context)).toMatchObject({ text: '2 alerts closed as true positive' })
    seeded.setTime('2026-11-21T20:00:00.000Z')
    expect(await undoAct(seeded.context)).toMatchObject({ text: '2 alerts closed as true positive', alertIds: [1, 2], alerts: 2, left: 0, note: null })
    expect(await alertOf(1)).toMatchObject({ status: 'acknowledged', verdict: null, closedAt: null, checklistTotal: 6, updatedAt: new Date('2026-11-21T20:00:00.000Z') })
    expect(await alertOf(2)).toMatchObject({ status: 'open', verdict: null, closedAt: null })
    expect((await historyOf(1)).at(-1)).toMatchObject({ kind: 'status', actor: 'local analyst', text: 'Undone: acknowledged again.', at: new Date('2026-11-21T20:00:00.000Z') })
    expect((await audit()).at(-1)).toMatchObject({ action: 'alert.undo', entityId: '2 alerts', detail: { undid: 'alert.close', alerts: ['A-1', 'A-2'] } })
    expect(await lastAct(seeded.context)).toMatchObject({ text: 'A-1 acknowledged' })
  })

  test('reopening is undone to the verdict and the time of closing', async () => {
    await setStatus(seeded.context, { alertIds: [1], status: 'closed', verdict: 'benign_true_positive' })
    const { closedAt } = await alertOf(1)
    seeded.setTime('2026-11-21T21:00:00.000Z')
    await setStatus(seeded.context, { alertIds: [1], status: 'open' })
    await undoAct(seeded.context)
    expect(await alertOf(1)).toMatchObject({ status: 'closed', verdict: 'benign_true_positive', closedAt })
    expect((await historyOf(1)).at(-1)).toMatchObject({ text: 'Undone: closed as benign true positive again.' })
  })

  test('one after the other, back to the beginning, then there is nothing left', async () => {
    await setStatus(seeded.context, { alertIds: [1], status: 'acknowledged' })
    await assign(seeded.context, { alertIds: [1], assignee: 'ann' })
    await setStatus(seeded.context, { alertIds: [1], status: 'closed', verdict: 'test' })
    await undoAct(seeded.context)
    await undoAct(seeded.context)
    await undoAct(seeded.context)
    expect(await alertOf(1)).toMatchObject({ status: 'open', verdict: null, assignee: null })
    await expect(undoAct(seeded.context)).rejects.toMatchObject({ code: 'not_found', message: /nothing to undo/ })
  })

  test('is refused when somebody changed it since: who, what, when; those left alone, the others go back', async () => {
    const { act } = await setStatus(seeded.context, { alertIds: [1, 2, 3], status: 'closed', verdict: 'false_positive' })
    seeded.setTime('2026-11-21T19:10:00.000Z')
    await setStatus(ann(), { alertIds: [2], status: 'closed', verdict: 'true_positive', note: 'look again' })
    await expect(undoAct(seeded.context, { act: act ?? 0 })).rejects.toMatchObject({
      code: 'conflict',
      message: 'ann changed A-2 at 2026-11-21 19:10:00 UTC: Verdict changed to true positive. look again Nothing was undone.',
      details: { conflict: { alertIds: [2], changes: [{ alertId: 2, actor: 'ann', at: '2026-11-21T19:10:00.000Z' }] } },
    })
    expect(await alertOf(1)).toMatchObject({ status: 'closed' })
    expect(await undoAct(seeded.context, { act: act ?? 0, leaveChanged: true })).toMatchObject({ alerts: 2, left: 1 })
    expect(await alertOf(1)).toMatchObject({ status: 'open' })
    expect(await alertOf(2)).toMatchObject({ status: 'closed', verdict: 'true_positive' })
    expect((await audit()).at(-1)).toMatchObject({ detail: { left: ['A-2'] } })
  })

  test('of the same person on another page counts as a change; one that was undone does not', async () => {
    const first = await setStatus(seeded.context, { alertIds: [1], status: 'acknowledged' })
    const second = await setStatus(seeded.context, { alertIds: [1], status: 'closed', verdict: 'test' })
    await expect(undoAct(seeded.context, { act: first.act ?? 0 })).rejects.toMatchObject({ code: 'conflict' })
    await undoAct(seeded.context, { act: second.act ?? 0 })
    await undoAct(seeded.context, { act: first.act ?? 0 })
    expect(await alertOf(1)).toMatchObject({ status: 'open' })
  })

  test('is undone once, by the one who gave it, for a day', async () => {
    const { act } = await setStatus(seeded.context, { alertIds: [1], status: 'acknowledged' })
    await expect(undoAct(ann(), { act: act ?? 0 })).rejects.toMatchObject({ code: 'forbidden', message: /^local analyst did that/ })
    await expect(undoAct(ann())).rejects.toMatchObject({ code: 'not_found' })
    await undoAct(seeded.context, { act: act ?? 0 })
    await expect(undoAct(seeded.context, { act: act ?? 0 })).rejects.toMatchObject({ code: 'conflict', message: /undone already/ })
    await setStatus(seeded.context, { alertIds: [2], status: 'acknowledged' })
    seeded.setTime('2026-11-22T19:00:01.000Z')
    await expect(undoAct(seeded.context)).rejects.toMatchObject({ code: 'not_found' })
    expect(await lastAct(seeded.context)).toBeNull()
    expect(await alertOf(2)).toMatchObject({ status: 'acknowledged' })
  })

  test('what changed nothing is no act', async () => {
    await setStatus(seeded.context, { alertIds: [1], status: 'acknowledged' })
    expect(await setStatus(seeded.context, { alertIds: [1], status: 'acknowledged' })).toMatchObject({ act: null })
    expect(await seeded.context.db.act.count()).toBe(1)
  })
})

test('a job of several parts goes back whole, thousands at once', async () => {
  for (let i = 0; i < 3_000; i++) seeded.addAlert(imdsPair({ at: TEST_TIME + i * 1000, pid: 9000 + i }))
  const ids = Array.from({ length: 3_000 }, (_, i) => i + 4)
  const first = await setStatus(seeded.context, { alertIds: ids.slice(0, 2_000), status: 'closed', verdict: 'benign_true_positive' })
  await setStatus(seeded.context, { alertIds: ids.slice(2_000), status: 'closed', verdict: 'benign_true_positive', partOf: first.act ?? 0 })
  expect(await undoAct(seeded.context)).toMatchObject({ alerts: 3_000, text: '3,000 alerts closed as benign true positive' })
  expect(await seeded.context.db.alert.count({ where: { status: 'open' } })).toBe(3_003)
  expect(await seeded.context.db.alertHistory.count({ where: { text: 'Undone: open again.' } })).toBe(3_000)
})

test('acts beyond the cap are dropped, the oldest first', async () => {
  const { db } = seeded.context
  const old = { actor: 'local analyst', at: new Date('2026-11-21T18:00:00Z'), action: 'x', entityType: 'alert', entityId: 'A-1', text: 'x', entryFrom: 1, entryTo: 0 }
  await db.act.createMany({ data: Array.from({ length: LIMITS.undoActs }, () => old) })
  await setStatus(seeded.context, { alertIds: [1], status: 'acknowledged' })
  expect(await db.act.count()).toBe(LIMITS.undoActs)
})

describe('what is undone beside verdicts', () => {
  test('an assignee', async () => {
    await assign(seeded.context, { alertIds: [1], assignee: 'ann' })
    await assign(seeded.context, { alertIds: [1, 2], assignee: 'bob' })
    await undoAct(seeded.context)
    expect(await alertOf(1)).toMatchObject({ assignee: 'ann' })
    expect(await alertOf(2)).toMatchObject({ assignee: null })
    expect((await historyOf(1)).at(-1)?.text).toBe('Undone: assigned to ann again.')
    expect((await historyOf(2)).at(-1)?.text).toBe('Undone: assigned to nobody again.')
  })

  test('a note stays and is marked as withdrawn', async () => {
    const { id } = await addAlertNote(seeded.context, { alertId: 3, note: 'wrong alert' })
    await undoAct(seeded.context)
    const entries = await historyOf(3)
    expect(entries.map(({ kind }) => kind)).toEqual(['note', 'withdrawn'])
    expect(JSON.parse(entries[1]!.detail)).toMatchObject({ note: id })
  })

  test('a tick of the checklist, with the note and name it replaced', async () => {
    const itemKey = (await readGuide(seeded.context.db, (await alertOf(1)).ruleVersionId))[0]?.key ?? ''
    await setItemState(ann(), { alertId: 1, itemKey, state: 'follow_up', note: 'ask the owner' })
    await setItemState(seeded.context, { alertId: 1, itemKey, state: 'done', note: 'asked' })
    await undoAct(seeded.context)
    expect(await seeded.context.db.checklistItem.findMany()).toMatchObject([{ state: 'follow_up', note: 'ask the owner', actor: 'ann' }])
    expect(await alertOf(1)).toMatchObject({ checklistDone: 0 })
    await undoAct(ann())
    expect(await seeded.context.db.checklistItem.count()).toBe(0)
  })

  test('alerts put into a case, and one taken out', async () => {
    const { id: caseId } = await createCase(ann(), { title: 'Theft' })
    await addAlerts(ann(), { caseId, alertIds: [1] })
    await addAlerts(seeded.context, { caseId, alertIds: [1, 2, 3] })
    await undoAct(seeded.context)
    expect(await seeded.context.db.caseAlert.findMany()).toMatchObject([{ alertId: 1, addedBy: 'ann' }])
    await removeAlert(seeded.context, { caseId, alertId: 1 })
    await undoAct(seeded.context)
    expect(await seeded.context.db.caseAlert.findMany()).toMatchObject([{ alertId: 1, addedBy: 'ann' }])
    expect((await historyOf(1)).at(-1)?.text).toBe('Undone: in C-1 again.')
    expect((await audit()).filter(({ action }) => action === 'case.undo')).toHaveLength(2)
  })

  test('a case that was opened, unless somebody worked on it since', async () => {
    const { id: caseId, act } = await createCase(seeded.context, { title: 'Theft', alertIds: [1] })
    await addAlerts(ann(), { caseId, alertIds: [2] })
    await expect(undoAct(seeded.context, { act })).rejects.toMatchObject({ code: 'conflict', message: /C-1 was worked on/ })
    expect(await seeded.context.db.caseAlert.count()).toBe(2)
    await undoAct(ann())
    await undoAct(seeded.context, { act })
    expect(await seeded.context.db.case.count()).toBe(0)
  })

  test('an exception with the alerts it closed', async () => {
    const { closedAlertIds } = await createException(seeded.context, exception({ alertId: 1, closeMatchingAs: 'false_positive' }))
    expect(closedAlertIds).toEqual([1, 2, 3])
    const revision = await seeded.context.db.$queryRaw<{ value: bigint }[]>`SELECT value FROM revision WHERE name = 'exceptions'`
    expect(await undoAct(seeded.context)).toMatchObject({ alerts: 3, text: 'exception E-1 “Nightly curl” made, with 3 alerts closed' })
    expect(await seeded.context.db.exception.count()).toBe(0)
    expect(await seeded.context.db.alert.count({ where: { status: 'open' } })).toBe(3)
    const after = await seeded.context.db.$queryRaw<{ value: bigint }[]>`SELECT value FROM revision WHERE name = 'exceptions'`
    expect(Number(after[0]?.value)).toBe(Number(revision[0]?.value) + 1)
  })

  test('an edit, a switch and a deletion of an exception; refused once somebody changed it', async () => {
    const { id } = await createException(ann(), exception())
    const edited = await updateException(seeded.context, { ...exception({ name: 'Edited' }), id, version: 1 })
    await setExceptionEnabled(ann(), { id, enabled: false })
    await expect(undoAct(seeded.context, { act: edited.act })).rejects.toMatchObject({ code: 'conflict', message: /^ann changed E-1 at / })
    await undoAct(ann())
    await expect(undoAct(seeded.context, { act: edited.act })).rejects.toMatchObject({ code: 'conflict' })
    await deleteException(seeded.context, { id })
    await undoAct(seeded.context)
    expect(await seeded.context.db.exception.findMany()).toMatchObject([{ id, name: 'Edited', enabled: true, createdBy: 'ann' }])
  })

  test('what an exception held back while it stood is raised', async () => {
    await createException(seeded.context, exception())
    await seeded.context.db.excludedMatch.createMany({ data: [777, 778].map((eventId) => ({ exceptionId: 1, ruleId: 1, eventId, at: new Date('2026-11-21T19:00:00Z') })) })
    expect((await undoAct(seeded.context)).note).toBe('2 matches that it held back are raised as alerts.')
  })
})
