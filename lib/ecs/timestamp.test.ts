import { describe, expect, test } from 'vitest'
import { compareTimestamps, parseTimestamp } from './timestamp'

describe('parseTimestamp', () => {
  test.each([
    ['2026-11-03T10:00:00Z', Date.UTC(2026, 10, 3, 10), 0],
    ['2026-11-03T10:00:00.123Z', Date.UTC(2026, 10, 3, 10) + 123, 0],
    ['2026-11-03T10:00:00.1234567Z', Date.UTC(2026, 10, 3, 10) + 123, 456_700],
    ['2026-11-03T10:00:00.123456789+02:00', Date.UTC(2026, 10, 3, 8) + 123, 456_789],
    ['2026-11-03T10:00:00-0530', Date.UTC(2026, 10, 3, 15, 30), 0],
    ['2026-11-03', Date.UTC(2026, 10, 3), 0],
    ['1762164000123', 1762164000123, 0],
    [1762164000123.5, 1762164000123, 500_000],
  ])('%s', (text, ms, ns) => {
    expect(parseTimestamp(text)).toEqual({ ms, ns })
  })

  test.each(['', 'yesterday', '2026-02-30T00:00:00Z', '2026-11-03T25:00:00Z', '2026-11-03T10:61:00Z', Number.NaN, null, {}, '99999999999999999999'])(
    'refuses %s',
    (value) => {
      expect(parseTimestamp(value)).toBeNull()
    },
  )

  test('orders below the millisecond', () => {
    const a = parseTimestamp('2026-11-03T10:00:00.0000001Z')!
    const b = parseTimestamp('2026-11-03T10:00:00.0000002Z')!
    expect(compareTimestamps(a, b)).toBeLessThan(0)
  })
})
