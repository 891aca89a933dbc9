import { expect, test } from 'vitest'
import { hasMovedOn, rememberPlace } from './list-place'

test('who moved on since the place was read is not taken back to it', () => {
  const ids = ['a', 'b', 'c']
  expect(hasMovedOn('/list', undefined)).toBe(false)
  rememberPlace('/list', 'a', ids)
  expect(hasMovedOn('/list', undefined)).toBe(true)
})
