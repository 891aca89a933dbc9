import { expect, test } from 'vitest'
import { conditionHint } from './condition-hints'
import type { ExceptionEntry } from './schema'

const of = (type: 'match' | 'wildcard', value: string): ExceptionEntry => ({ type, field: 'a', operator: 'included', value, case_insensitive: false })

test.each<[ExceptionEntry, RegExp]>([
  [of('wildcard', 'x'), /same as/],
  [of('wildcard', '\\*'), /same as/],
  [of('wildcard', 'C:\\Users\\*'), /backslash/],
  [of('wildcard', '/opt/* '), /space/],
  [of('match', '/opt/*'), /only a star/],
  [{ type: 'match_any', field: 'a', operator: 'included', value: ['*'], case_insensitive: false }, /only a star/],
  [of('match', 'x '), /space/],
])('%j', (entry, hint) => {
  expect(conditionHint(entry)).toMatch(hint)
})

test.each<ExceptionEntry>([of('wildcard', '/opt/*'), of('wildcard', 'C:\\\\Users\\\\*'), of('match', 'C:\\Users'), { type: 'exists', field: 'a', operator: 'included' }])('none for %j', (entry) => {
  expect(conditionHint(entry)).toBeNull()
})
