import { describe, expect, it } from 'vitest'
import { formatAge } from '@/components/ui/format-age'

const now = Date.UTC(2026, 0, 15, 12)

describe('formatAge', () => {
  it.each([
    [0, 'just now'],
    [4999, 'just now'],
    [12_000, '12 s ago'],
    [59_999, '59 s ago'],
    [60_000, '1 min ago'],
    [7_199_999, '1 h ago'],
    [86_400_000 * 2, '2 d ago'],
    [86_400_000 * 100, '3 mo ago'],
    [86_400_000 * 800, '2 y ago'],
    [-12_000, 'just now'],
    [-119_999, 'just now'],
    [-7_200_000, '2 h ahead of this clock'],
    [Number.NaN, '–'],
  ])('calls a distance of %d ms "%s"', (distance, text) => {
    expect(formatAge(now - distance, now)).toBe(text)
  })

  it('says of what is planned when it comes', () => {
    expect([12_000, 86_400_000 * 3, -60_000].map((ahead) => formatAge(now + ahead, now, true))).toEqual(['in 12 s', 'in 3 d', '1 min ago'])
  })
})
