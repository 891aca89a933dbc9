import { describe, expect, it } from 'vitest'
import { formatDelta } from '@/components/ui/format-delta'

describe('formatDelta', () => {
  it.each([
    [0, '0 ms'],
    [0.412, '412 µs'],
    [3.4, '3.4 ms'],
    [12, '12 ms'],
    [99, '99 ms'],
    [410, '0.41 s'],
    [413, '0.413 s'],
    [1000, '1.00 s'],
    [1001, '1.001 s'],
    [59_900, '59.90 s'],
    [60_000, '1 min 00 s'],
    [245_000, '4 min 05 s'],
    [7_380_000, '2 h 03 min'],
    [273_600_000, '3 d 4 h'],
    [-12, '−12 ms'],
    [Number.NaN, '–'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDelta(ms)).toBe(text)
  })

  it('says the direction of a difference on request', () => {
    expect(formatDelta(12, { sign: true })).toBe('+12 ms')
    expect(formatDelta(-410, { sign: true })).toBe('−0.41 s')
  })
})
