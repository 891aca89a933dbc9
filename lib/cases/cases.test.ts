import { afterAll, beforeAll, expect, test } from 'vitest'
import { imdsPair } from '@/lib/ecs/testing'
import { isAppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { setItemState } from '@/lib/triage/set-item-state'
import { addAlerts } from './add-alerts'
import { addNote } from './add-note'
import { createCase } from './create-case'
import { caseOptions, getCase, listCases } from './queries'
import { removeAlert } from './remove-alert'
import { seedStore } from './testing/seeded-store'
import type { SeededStore } from './testing/seeded-store'
import { updateCase } from './update-case'

let seeded: SeededStore
beforeAll(() => {
  seeded = seedStore()
})
afterAll(() => seeded.close())

let pid = 5000
function newAlert(fields: Record<string, string> = {}): number {
  pid++
  return seeded.addAlert(imdsPair({ pid, at: Date.UTC(2026, 10, 21, 18) + pid }), fields)
}

async function refusal(run: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await run
  } catch (error) {
    if (isAppError(error)) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('it was not refused')
}

async function auditOf(id: number) {
  const rows = await seeded.context.db.audit.findMany({ where: { entityType: 'case', entityId: `C-${id}` }, orderBy: { id: 'asc' } })
  return rows.map((row) => ({ action: row.action, detail: JSON.parse(row.detail) as unknown }))
}

test('a case takes its alerts, the worst severity among them, and says so in the audit and in each alert', async () => {
  const first = newAlert()
  const second = newAlert({ severity: 'high' })
  const { id } = await createCase(seeded.context, { title: '  IMDS on web-01 ', alertIds: [second, first, first] })
  const row = await seeded.context.db.case.findUniqueOrThrow({ where: { id }, include: { alerts: true } })
  expect(row).toMatchObject({ title: 'IMDS on web-01', severity: 'high', status: 'open', tlp: 'amber', createdBy: 'local analyst', version: 1 })
  expect(row.alerts.map((link) => link.alertId).sort((a, b) => a - b)).toEqual([first, second])
  expect(await auditOf(id)).toEqual([
    { action: 'case.create', detail: { title: 'IMDS on web-01', severity: 'high', tlp: 'amber', alerts: [`A-${first}`, `A-${second}`] } },
  ])
  const history = await seeded.context.db.alertHistory.findMany({ where: { alertId: first, kind: 'case' } })
  expect(history.map((entry) => entry.text)).toEqual([`Added to C-${id}: IMDS on web-01`])
})

test('what is refused leaves nothing behind', async () => {
  const before = await seeded.context.db.case.count()
  const auditBefore = await seeded.context.db.audit.count()
  expect(await refusal(createCase(seeded.context, { title: ' ' }))).toEqual({ code: 'invalid', message: 'Give the case a title.' })
  expect(await refusal(createCase(seeded.context, { title: 'x', alertIds: [999_999] }))).toEqual({ code: 'not_found', message: 'There is no alert A-999999.' })
  const many = Array.from({ length: LIMITS.caseAlerts + 1 }, (_, i) => i + 1)
  expect((await refusal(createCase(seeded.context, { title: 'x', alertIds: many }))).code).toBe('too_large')
  expect(await refusal(addNote(seeded.context, { caseId: 999, body: 'x' }))).toEqual({ code: 'not_found', message: 'There is no case C-999.' })
  expect(await seeded.context.db.case.count()).toBe(before)
  expect(await seeded.context.db.audit.count()).toBe(auditBefore)
})

test('the limit holds for what a case already has', async () => {
  const alert = newAlert()
  const { id } = await createCase(seeded.context, { title: 'Full' })
  const link = seeded.store.writer.prepare("INSERT INTO case_alert (case_id, alert_id, added_by, added_at) VALUES (?, ?, 'test', 0)")
  seeded.store.writer.transaction(() => {
    for (let i = 0; i < LIMITS.caseAlerts; i++) {
      const copy = seeded.store.writer
        .prepare(
          `INSERT INTO alert (rule_id, rule_version_id, event_id, keys, severity, risk_score, reason, host_id, host_name, occurred_at, created_at, updated_at)
           SELECT rule_id, rule_version_id, -?, keys, severity, risk_score, reason, host_id, host_name, 0, 0, 0 FROM alert WHERE id = ?`,
        )
        .run(i + 1, alert)
      link.run(id, copy.lastInsertRowid)
    }
  })()
  expect(await refusal(addAlerts(seeded.context, { caseId: id, alertIds: [alert] }))).toEqual({
    code: 'too_large',
    message: `A case holds at most 1000 alerts; C-${id} has 1000 and these are 1 more. Put them into another case.`,
  })
  // What a case may hold can be read, and put into another in one go.
  const full = await getCase(seeded.context, id)
  expect(full).toMatchObject({ alerts: 1000, undecided: 1000 })
  expect(full?.openItems).toHaveLength(LIMITS.caseOpenItems)
  expect(full?.openItemCount).toBeGreaterThan(1000)
  const copy = await createCase(seeded.context, { title: 'Copy', alertIds: full!.alertList.map((one) => one.id) })
  expect(await getCase(seeded.context, copy.id)).toMatchObject({ alerts: 1000 })
})

test('a case reads as what happened, in order, with what is still open', async () => {
  const alert = newAlert()
  seeded.setTime('2026-11-21T21:00:00.000Z')
  const { id } = await createCase(seeded.context, { title: 'Reading', alertIds: [alert] })
  seeded.setTime('2026-11-21T21:10:00.000Z')
  await addNote(seeded.context, { caseId: id, body: 'First note' })
  const before = await getCase(seeded.context, id)
  expect(before?.timeline.map(({ kind, text }) => [kind, text])).toEqual([
    ['activity', 'web-01: curl (pid 4711), run by bash, connected to 169.254.169.254:80 410 ms later'],
    ['detection', 'Raised'],
    ['case', `Opened the case with A-${alert}`],
    ['note', 'First note'],
  ])
  expect(before?.audit.map((entry) => entry.text)).toEqual(['Added a note', `Opened the case with A-${alert}`])
  const [first, second] = before!.openItems
  await setItemState(seeded.context, { alertId: alert, itemKey: first!.itemKey, state: 'done', note: 'As usual.' })
  await setItemState(seeded.context, { alertId: alert, itemKey: second!.itemKey, state: 'follow_up', note: 'Ask again.' })
  const after = await getCase(seeded.context, id)
  expect(after?.openItemCount).toBe(before!.openItemCount - 1)
  expect(after?.openItems[0]).toMatchObject({ itemKey: second!.itemKey, state: 'follow_up', note: 'Ask again.' })
  expect(await getCase(seeded.context, 99_999)).toBeNull()
})

test('the list counts by status, and closed cases are not offered', async () => {
  const { id } = await createCase(seeded.context, { title: 'Done with' })
  await updateCase(seeded.context, { caseId: id, version: 1, status: 'closed' })
  const list = await listCases(seeded.context)
  expect(list.rows.map((row) => row.id)).toContain(id)
  expect(list.counts.open + list.counts.in_progress + list.counts.closed).toBe(list.total)
  expect((await listCases(seeded.context, { status: ['closed'] })).rows.every((row) => row.status === 'closed')).toBe(true)
  expect((await caseOptions(seeded.context)).map((option) => option.id)).not.toContain(id)
})

test('a change is made on the version it was seen at, once', async () => {
  const { id } = await createCase(seeded.context, { title: 'Draft' })
  seeded.setTime('2026-11-21T19:05:00.000Z')
  expect(await updateCase(seeded.context, { caseId: id, version: 1, title: 'Final', status: 'closed' })).toEqual({ version: 2 })
  expect((await refusal(updateCase(seeded.context, { caseId: id, version: 1, title: 'Mine' }))).code).toBe('conflict')
  expect(await updateCase(seeded.context, { caseId: id, version: 2, title: 'Final' })).toEqual({ version: 2 })
  const row = await seeded.context.db.case.findUniqueOrThrow({ where: { id } })
  expect(row).toMatchObject({ title: 'Final', status: 'closed', version: 2 })
  expect(row.closedAt?.toISOString()).toBe('2026-11-21T19:05:00.000Z')
  await updateCase(seeded.context, { caseId: id, version: 2, status: 'in_progress' })
  expect((await seeded.context.db.case.findUniqueOrThrow({ where: { id } })).closedAt).toBeNull()
  expect(await auditOf(id)).toEqual([
    expect.objectContaining({ action: 'case.create' }),
    { action: 'case.close', detail: { title: { before: 'Draft', after: 'Final' }, status: { before: 'open', after: 'closed' } } },
    { action: 'case.update', detail: { status: { before: 'closed', after: 'in_progress' } } },
  ])
})

test('adding twice adds once; removing leaves a line in the history', async () => {
  const alert = newAlert()
  const { id } = await createCase(seeded.context, { title: 'Members', alertIds: [alert] })
  const other = newAlert()
  expect(await addAlerts(seeded.context, { caseId: id, alertIds: [alert, other] })).toEqual({ added: 1, already: 1, act: expect.any(Number) })
  expect(await addAlerts(seeded.context, { caseId: id, alertIds: [alert, other] })).toEqual({ added: 0, already: 2, act: null })
  await removeAlert(seeded.context, { caseId: id, alertId: alert })
  expect(await refusal(removeAlert(seeded.context, { caseId: id, alertId: alert }))).toEqual({ code: 'not_found', message: `C-${id} does not hold A-${alert}.` })
  expect((await auditOf(id)).map((row) => row.action)).toEqual(['case.create', 'case.add_alerts', 'case.remove_alert'])
  const history = await seeded.context.db.alertHistory.findMany({ where: { alertId: alert, kind: 'case' }, orderBy: { id: 'asc' } })
  expect(history.map((entry) => entry.text)).toEqual([`Added to C-${id}: Members`, `Removed from C-${id}: Members`])
})

test('a note is kept as it was written, and the case counts as changed', async () => {
  const { id } = await createCase(seeded.context, { title: 'Notes' })
  seeded.setTime('2026-11-21T20:00:00.000Z')
  await addNote(seeded.context, { caseId: id, body: 'Called the owner: <b>not</b> a scanner.\nRole revoked.' })
  const row = await seeded.context.db.case.findUniqueOrThrow({ where: { id }, include: { notes: true } })
  expect(row.notes).toMatchObject([{ body: 'Called the owner: <b>not</b> a scanner.\nRole revoked.', actor: 'local analyst' }])
  expect(row.updatedAt.toISOString()).toBe('2026-11-21T20:00:00.000Z')
  expect((await auditOf(id)).at(-1)?.action).toBe('case.add_note')
})
