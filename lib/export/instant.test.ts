import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareInstants, isoInstant } from './instant'

test.each([
  [0, 0, '1970-01-01T00:00:00.000Z'],
  [1, 500_000, '1970-01-01T00:00:00.0015Z'],
  [451, 537_900, '1970-01-01T00:00:00.4515379Z'],
  [999, 1, '1970-01-01T00:00:00.999000001Z'],
])('%d ms and %d ns', (ms, ns, text) => {
  expect(isoInstant(ms, ns)).toBe(text)
})

test('texts are in the order of their times, whatever their digits', () => {
  const instant = fc.tuple(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 999_999 }))
  fc.assert(
    fc.property(instant, instant, ([ms, ns], [otherMs, otherNs]) => {
      expect(Math.sign(compareInstants(isoInstant(ms, ns), isoInstant(otherMs, otherNs)))).toBe(Math.sign(ms - otherMs || ns - otherNs))
    }),
  )
})
