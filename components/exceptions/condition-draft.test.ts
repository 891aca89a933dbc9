import { expect, test } from 'vitest'
import type { ExceptionEntry } from '@/lib/exceptions/schema'
import { OPERATOR_OPTIONS, emptyCondition, fromEntry, fromField, isComplete, toEntry, withOperator } from './condition-draft'

test.each<ExceptionEntry>([
  { type: 'match', field: 'a', operator: 'excluded', value: ' x', case_insensitive: true },
  { type: 'match_any', field: 'a', operator: 'included', value: ['x', 'y'], case_insensitive: false },
  { type: 'wildcard', field: 'a', operator: 'included', value: 'x*', case_insensitive: false },
  { type: 'exists', field: 'a', operator: 'excluded' },
])('an entry comes back as it was: $type', (entry) => {
  expect(toEntry(fromEntry(entry))).toEqual(entry)
  expect(isComplete(fromEntry(entry))).toBe(true)
})

test('a field of an alert becomes a condition on its value, or on any of its values', () => {
  const field = { field: 'host.name', highlighted: true, values: ['web-01'], own: [], positions: [0] }
  expect(toEntry(fromField(field))).toEqual({ type: 'match', field: 'host.name', operator: 'included', value: 'web-01', case_insensitive: true })
  expect(toEntry(fromField({ ...field, field: 'process.args', values: ['a', 'b'] }))).toEqual({ type: 'match_any', field: 'process.args', operator: 'included', value: ['a', 'b'], case_insensitive: false })
  expect(toEntry(fromField({ ...field, field: 'process.executable', values: ['/usr/bin/curl', '/bin/bash'], own: ['/usr/bin/curl'] }))).toMatchObject({ type: 'match', value: '/usr/bin/curl' })
})

test('what was typed survives a change of operator', () => {
  const one = fromEntry({ type: 'match', field: 'a', operator: 'included', value: 'x', case_insensitive: false })
  const several = withOperator({ ...emptyCondition(), field: 'a', value: 'x' }, 'match_any.excluded')
  expect(toEntry(several)).toMatchObject({ type: 'match_any', operator: 'excluded', value: ['x'] })
  expect(toEntry(withOperator(several, 'wildcard.included'))).toMatchObject({ type: 'wildcard', value: 'x' })
  expect(toEntry(withOperator(withOperator(one, 'exists.included'), 'match.included'))).toEqual(toEntry(one))
  expect(withOperator(one, 'nonsense')).toBe(one)
})

test('a condition without field or value is not complete', () => {
  expect(isComplete(emptyCondition())).toBe(false)
  expect(isComplete({ ...emptyCondition(), field: 'a' })).toBe(false)
  expect(isComplete({ ...emptyCondition(), field: 'a', type: 'exists' })).toBe(true)
  expect(isComplete({ ...emptyCondition(), field: 'a', type: 'match_any' })).toBe(false)
})

test('a text becomes the pattern that fits it, and a pattern of one text that text again', () => {
  const share = fromEntry({ type: 'match', field: 'a', operator: 'included', value: 'C:\\x', case_insensitive: false })
  const pattern = withOperator(share, 'wildcard.included')
  expect(toEntry(pattern)).toMatchObject({ type: 'wildcard', value: 'C:\\\\x' })
  expect(toEntry(withOperator(pattern, 'wildcard.excluded'))).toMatchObject({ operator: 'excluded', value: 'C:\\\\x' })
  expect(toEntry(withOperator(pattern, 'match.included'))).toEqual(toEntry(share))
  expect(toEntry(withOperator(pattern, 'match_any.included'))).toMatchObject({ value: ['C:\\x'] })
  expect(toEntry(withOperator(fromEntry({ type: 'match', field: 'a', operator: 'included', value: '/opt/*', case_insensitive: false }), 'wildcard.included'))).toMatchObject({ value: '/opt/*' })
})

test('operators read as in a sentence', () => {
  expect(OPERATOR_OPTIONS.map(({ label }) => label)).toEqual(['is', 'is not', 'is one of', 'is not one of', 'matches', 'does not match', 'exists', 'does not exist'])
})
