import { expect, test } from 'vitest'
import { expiresAt, expiryOf, fromInputValue, toInputValue } from './expiry'

const NOW = Date.UTC(2026, 10, 3, 10, 30)

test('days count from the moment of saving', () => {
  expect(expiresAt({ kind: 'days', days: 7 }, NOW)).toBe('2026-11-10T10:30:00.000Z')
  expect(expiresAt({ kind: 'never' }, NOW)).toBeNull()
})

test('a moment goes through the input and back', () => {
  const iso = '2026-12-24T18:05:00.000Z'
  expect(expiryOf(iso)).toEqual({ kind: 'at', at: iso })
  expect(expiryOf(null)).toEqual({ kind: 'never' })
  expect(toInputValue(iso, false)).toBe('2026-12-24T18:05')
  for (const local of [false, true]) expect(fromInputValue(toInputValue(iso, local), local)).toBe(iso)
  expect(fromInputValue('', false)).toBe('')
  expect(toInputValue('nonsense', false)).toBe('')
})
