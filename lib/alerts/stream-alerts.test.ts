import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedStore } from '@/lib/cases/testing/seeded-store'
import type { SeededStore } from '@/lib/cases/testing/seeded-store'
import { TEST_TIME, imdsPair } from '@/lib/ecs/testing'
import { getAlert } from './queries'
import { streamAlerts } from './stream-alerts'

let seeded: SeededStore
beforeAll(() => {
  seeded = seedStore()
  // One more than a page; the second half happened before the first.
  for (let i = 0; i < 251; i++) seeded.addAlert(imdsPair({ at: TEST_TIME + ((i * 7) % 251) * 1000, pid: 5000 + i }), i === 3 ? { status: 'closed', verdict: 'test' } : {})
})
afterAll(() => seeded.close())

test('every alert once, oldest first, over pages', () => {
  const all = [...streamAlerts(seeded.store.reader, {})].flat()
  expect(all).toHaveLength(251)
  const times = all.map(({ summary }) => summary.occurredAt)
  expect(times).toEqual(times.toSorted())
  expect(new Set(all.map(({ summary }) => summary.id)).size).toBe(251)
})

test('says of an alert what the detail says', async () => {
  const [[record] = []] = [...streamAlerts(seeded.store.reader, { status: ['closed'] })]
  const alert = await getAlert(seeded.context, 4)
  const { events, history, keys, ruleVersionId: _, kinship: __, missingEvents, recordsRemovedAt, ...summary } = alert!
  expect(record).toEqual({ summary, keys, events, missingEvents, recordsRemovedAt, history: history.length })
})

test('nothing, where nothing matches', () => {
  expect([...streamAlerts(seeded.store.reader, { ruleId: ['none'] })].flat()).toEqual([])
})
