import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fieldReader, readField, readTexts } from './event'
import type { EcsEvent } from './event'

test.each<readonly [field: string, event: EcsEvent, expected: unknown]>([
  ['a', { a: 1 }, 1],
  ['a.b', { a: { b: 1 } }, 1],
  ['a.b', { 'a.b': 1 }, 1],
  ['a.b.c', { a: { 'b.c': 1 } }, 1],
  ['a.b.c', { 'a.b': { c: 1 } }, 1],
  ['a.b.c', { a: { b: 5 }, 'a.b': { c: 1 } }, 1],
  ['a.b.c.d.e', { a: { b: { c: { d: { e: 1 } } } } }, 1],
  ['a.b', { a: [{ b: 1 }, { b: [2, 3] }, { c: 4 }, 5] }, [1, 2, 3]],
  ['a.b', { a: 'text' }, undefined],
  ['a.b', { a: { b: null } }, null],
  ['a.length', { a: 'text' }, undefined],
  ['a.length', { a: [1, 2] }, undefined],
  ['constructor', {}, undefined],
  ['__proto__.x', {}, undefined],
  ['a.toString', { a: {} }, undefined],
  ['a.toString', { a: { toString: 'own' } }, 'own'],
  ['a."];x', { a: { '"];x': 1 } }, 1],
  // An id that a sensor does not have.
  ['process.entity_id', { process: { entity_id: '' } }, undefined],
  ['process.parent.entity_id', { 'process.parent.entity_id': [''] }, undefined],
  ['process.session_leader.entity_id', { process: { session_leader: { entity_id: ['', 'x'] } } }, ['x']],
  ['process.entity_id', { process: { entity_id: [] } }, []],
  ['event.id', { event: { id: '' } }, undefined],
  ['agent.id', { agent: { id: '' } }, undefined],
  ['host.id', { host: { id: '' } }, undefined],
  ['process.name', { process: { name: '' } }, ''],
  ['user.id', { user: { id: '' } }, ''],
])('%s of %j is %j', (field, event, expected) => {
  expect(readField(event, field)).toEqual(expected)
  const read = fieldReader(field)
  // Often enough that the reader has been replaced by its generated form.
  for (let i = 0; i < 1_010; i++) read(event)
  expect(read(event)).toEqual(expected)
})

test('the generated reader reads what the first one read', () => {
  const leaf = fc.constantFrom(1, 'x', null, [1, { c: 2 }], [])
  const key = fc.constantFrom('a', 'b', 'c', 'a.b', 'b.c', 'a.b.c')
  const inner = fc.dictionary(key, leaf)
  const event = fc.dictionary(key, fc.oneof(leaf, inner, fc.array(inner, { maxLength: 2 }), fc.dictionary(key, inner)))
  for (const field of ['a', 'a.b', 'a.b.c', 'b.c']) {
    const seasoned = fieldReader(field)
    for (let i = 0; i < 1_010; i++) seasoned({})
    fc.assert(
      fc.property(event, (e) => {
        expect(seasoned(e)).toEqual(fieldReader(field)(e))
      }),
    )
  }
})

test('texts of a field are of what has one, however deep and however many', () => {
  const object = { toString: 1, valueOf: 2 }
  expect(readTexts({ a: ['x', 1, [true, [object, 'y']], null, object] }, 'a')).toEqual(['x', '1', 'true', 'y'])
  expect(readTexts({ a: object }, 'a')).toEqual([])
  expect(readTexts({ a: [Array.from({ length: 300_000 }, () => 1)] }, 'a')).toHaveLength(300_000)
})
