import { describe, expect, it } from 'vitest'
import { formatInstant, instantParts, isTimeZone } from '@/components/ui/format-instant'

describe('formatInstant', () => {
  it.each([
    ['2026-07-01T10:20:30.456Z', 'UTC', '2026-07-01 10:20:30.456 UTC'],
    ['2026-07-01T10:20:30.456789123Z', 'UTC', '2026-07-01 10:20:30.456 UTC'],
    ['2026-07-01T10:20:30.456Z', 'Europe/Berlin', '2026-07-01 12:20:30.456 +02:00'],
    ['2026-01-01T23:30:00Z', 'Europe/Berlin', '2026-01-02 00:30:00.000 +01:00'],
    ['2026-01-01T00:10:00Z', 'America/New_York', '2025-12-31 19:10:00.000 -05:00'],
    ['2026-01-01T00:10:00Z', 'Africa/Abidjan', '2026-01-01 00:10:00.000 +00:00'],
    ['never', 'UTC', '–'],
  ])('writes %s in %s', (value, zone, text) => {
    expect(formatInstant(value, zone)).toBe(text)
  })

  it('knows no instant beyond what a date can hold', () => {
    expect(instantParts(9e15, 'UTC')).toBeUndefined()
  })
})

describe('isTimeZone', () => {
  it('accepts a zone and refuses anything else', () => {
    expect(isTimeZone('Asia/Tokyo')).toBe(true)
    expect(isTimeZone('Mars/Olympus')).toBe(false)
    expect(isTimeZone('"><script>')).toBe(false)
  })
})
