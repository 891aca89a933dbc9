import fc from 'fast-check'
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

  test('the usual spelling reads as the same time with a written-out zone', () => {
    const digits = (max: number, width = 2): fc.Arbitrary<string> => fc.integer({ min: 0, max }).map((n) => String(n).padStart(width, '0'))
    const parts = fc.record({
      year: digits(9999, 4),
      month: digits(13),
      day: digits(32),
      hour: digits(25),
      minute: digits(61),
      second: digits(61),
      fraction: fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{0,11}$/)),
    })
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 4 }), (times) => {
        for (const { year, month, day, hour, minute, second, fraction } of times) {
          const local = `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}`
          expect(parseTimestamp(`${local}Z`)).toEqual(parseTimestamp(`${local}+00:00`))
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test.each(['1762164000T10:00:00Z', '2026-11-03T10:00:00.Z', '2026-11-03T10:00:60Z', '2026-11-03T1a:00:00Z', '2026-11-03T10:00:00x12Z', '2026/11/03T10:00:00Z'])(
    'refuses %s, near the usual spelling',
    (text) => {
      expect(parseTimestamp(text)).toBeNull()
    },
  )

  test('orders below the millisecond', () => {
    const a = parseTimestamp('2026-11-03T10:00:00.0000001Z')!
    const b = parseTimestamp('2026-11-03T10:00:00.0000002Z')!
    expect(compareTimestamps(a, b)).toBeLessThan(0)
  })
})
