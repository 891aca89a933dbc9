import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readStored } from '@/lib/ecs/normalizers/registry'
import { compileEntries } from './match'
import { rawFilter } from './raw-filter'
import type { ExceptionEntry } from './schema'

const is = (value: string): ExceptionEntry => ({ type: 'match', field: 'x', operator: 'included', value, case_insensitive: false })

test.each<[string, ExceptionEntry, string, boolean]>([
  ['the text is there', is('curl'), '{"x":"curl"}', true],
  ['the text is not', is('curl'), '{"x":"wget"}', false],
  ['a record with escapes is let through', is('/bin/sh'), '{"x":"\\/bin\\/sh"}', true],
  ['any of several', { type: 'match_any', field: 'x', operator: 'included', value: ['a1', 'b2'], case_insensitive: false }, '{"x":"b2"}', true],
  ['the longest part of a pattern', { type: 'wildcard', field: 'x', operator: 'included', value: '/usr/*/cu?l', case_insensitive: false }, '{"x":"/opt"}', false],
  ['what is escaped in a pattern is text', { type: 'wildcard', field: 'x', operator: 'included', value: '/opt/\\*x/*', case_insensitive: false }, '{"x":"/opt/*x/y"}', true],
  ['a negation says nothing', { ...is('curl'), operator: 'excluded' }, '{"x":"wget"}', true],
  ['any case says nothing', { ...is('curl'), case_insensitive: true } as ExceptionEntry, '{"x":"CURL"}', true],
  ['a number has other spellings', is('1000'), '{"x":1e3}', true],
  ['an address has other spellings', { ...is('::1'), field: 'host.ip' }, '{"host":{"ip":"0:0:0:0:0:0:0:1"}}', true],
])('%s', (_name, entry, raw, expected) => {
  expect(rawFilter([entry])(Buffer.from(raw))).toBe(expected)
})

test('a record that matches is never filtered out', () => {
  const scalar = fc.oneof(fc.string({ maxLength: 4, unit: 'binary' }), fc.double(), fc.boolean(), fc.constantFrom('curl', 'CURL', '\\', '"', 'é', '1e3', Infinity))
  const spell = fc.constantFrom<(json: string) => string>(
    (json) => json,
    (json) => json.replaceAll('/', '\\/'),
    (json) => json.replaceAll('c', '\\u0063'),
  )
  fc.assert(
    fc.property(scalar, scalar, spell, fc.boolean(), fc.constantFrom('', '*', '?', '\\'), (value, other, spelled, same, joker) => {
      const json = JSON.stringify({ '@timestamp': '2026-01-01T00:00:00Z', host: { id: 'h' }, x: [value] })
      const raw = Buffer.from(spelled(json))
      const text = String(same ? value : other)
      fc.pre(text !== '')
      const entries: ExceptionEntry[] = [joker === '' ? is(text) : { type: 'wildcard', field: 'x', operator: 'included', value: joker + text.slice(1), case_insensitive: false }]
      const isMatch = compileEntries(entries)(readStored('ecs', raw))
      expect(isMatch && !rawFilter(entries)(raw)).toBe(false)
    }),
    { numRuns: 2_000 },
  )
})
