import { afterEach, beforeEach, expect, test } from 'vitest'
import { seedStore } from '@/lib/cases/testing/seeded-store'
import type { SeededStore } from '@/lib/cases/testing/seeded-store'
import { TEST_TIME, imdsPair } from '@/lib/ecs/testing'
import { LIMITS } from '@/lib/limits'
import { AlertWriter } from './alert-writer'
import { AlertDescriber } from './describe-alerts'
import { SetAside } from './set-aside'

let seeded: SeededStore
beforeEach(() => {
  seeded = seedStore()
})
afterEach(() => seeded.close())

const ROLE_PATH = '/latest/meta-data/iam/security-credentials/web-prod-role'
const pair = (i = 0) => imdsPair({ at: TEST_TIME + i * 60_000, pid: 5000 + i, commandLine: `curl http://169.254.169.254${ROLE_PATH}` })
const enqueue = () => seeded.store.writer.exec('INSERT INTO describe_queue SELECT id FROM alert')
const clock = () => new Date('2026-11-22T00:00:00Z')
const describer = () => {
  const { writer } = seeded.store
  return new AlertDescriber(writer, new AlertWriter(writer), new SetAside(writer, clock, () => undefined), clock)
}
const queued = () => seeded.store.writer.prepare<[], number>('SELECT count(*) FROM describe_queue').pluck().get()
const alertRow = (id: number) => seeded.store.writer.prepare<[number], Record<string, unknown>>('SELECT * FROM alert WHERE id = ?').get(id)

test('reads from the records what an alert asked for, and tells of the sentence that changed', () => {
  const id = seeded.addAlert(pair(), { status: 'closed', verdict: 'true_positive' })
  const before = alertRow(id)
  enqueue()
  expect(describer().step()).toBe(true)
  expect(alertRow(id)).toEqual({
    ...before,
    reason: expect.stringMatching(/ for the credentials of web-prod-role$/) as string,
    imds_provider: 'aws',
    imds_host: '169.254.169.254',
    imds_path: ROLE_PATH,
    imds_path_class: 'credentials',
    imds_role: 'web-prod-role',
    imds_version: 'v1',
  })
  const history = seeded.store.writer.prepare<[number], { kind: string; detail: string }>('SELECT kind, detail FROM alert_history WHERE alert_id = ? ORDER BY id').all(id)
  expect(history.map((entry) => entry.kind)).toEqual(['raised', 'relinked'])
  expect(JSON.parse(history[1]?.detail ?? '')).toEqual({ before: before?.['reason'] })
  expect(describer().step()).toBe(false)
})

test('works the queue off in slices, newest first, and goes on where another process stopped', () => {
  const ids = Array.from({ length: LIMITS.describeSlice + 1 }, (_, i) => seeded.addAlert(pair(i)))
  enqueue()
  expect(describer().step()).toBe(true)
  expect(queued()).toBe(1)
  expect(alertRow(ids[0] ?? 0)?.['imds_role']).toBeNull()
  expect(alertRow(ids[1] ?? 0)?.['imds_role']).toBe('web-prod-role')
  expect(describer().step()).toBe(true)
  expect(alertRow(ids[0] ?? 0)?.['imds_role']).toBe('web-prod-role')
  expect(queued()).toBe(0)
})

test('leaves an alert as it is when a record of it is no longer stored, and one that is gone', () => {
  const id = seeded.addAlert(pair())
  const before = alertRow(id)
  seeded.store.writer.exec('DELETE FROM event WHERE id = (SELECT event_id FROM alert_event WHERE position = 0); INSERT INTO describe_queue VALUES (999)')
  enqueue()
  expect(describer().step()).toBe(true)
  expect(alertRow(id)).toEqual(before)
  expect(queued()).toBe(0)
})
