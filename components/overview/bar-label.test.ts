import { expect, test } from 'vitest'
import { barLabel, barSpan } from './bar-label'

const MINUTE = 60_000
const DAY = 86_400_000

test.each([
  ['2026-11-03T10:15:00.000Z', 5 * MINUTE, 'UTC', '10:15'],
  ['2026-11-03T00:00:00.000Z', 60 * MINUTE, 'UTC', '3 Nov'],
  ['2026-11-03T10:15:00.000Z', 5 * MINUTE, 'Europe/Berlin', '11:15'],
  ['2026-11-03T00:00:00.000Z', DAY, 'America/New_York', '3 Nov'],
  ['2026-11-01T00:00:00.000Z', 30 * DAY, 'UTC', 'Nov 2026'],
  ['not a date', DAY, 'UTC', '–'],
])('the bar of %s, %d wide, in %s is called %s', (from, barMs, zone, label) => {
  expect(barLabel(from, barMs, zone)).toBe(label)
})

test.each([
  ['2026-11-03T10:15:00.000Z', '2026-11-03T10:20:00.000Z', 5 * MINUTE, '2026-11-03 10:15 to 10:20 UTC'],
  ['2026-11-03T18:00:00.000Z', '2026-11-04T00:00:00.000Z', 360 * MINUTE, '2026-11-03 18:00 to 00:00 UTC'],
  ['2026-11-01T18:00:00.000Z', '2026-11-09T00:00:00.000Z', 360 * MINUTE, '2026-11-01 18:00 to 2026-11-09 00:00 UTC'],
  ['2026-11-03T00:00:00.000Z', '2026-11-04T00:00:00.000Z', DAY, '2026-11-03 UTC'],
  ['2026-11-02T00:00:00.000Z', '2026-11-09T00:00:00.000Z', 7 * DAY, '2026-11-02 to 2026-11-08 UTC'],
])('from %s to %s is %s', (from, to, barMs, span) => {
  expect(barSpan(from, to, barMs, 'UTC')).toBe(span)
})
