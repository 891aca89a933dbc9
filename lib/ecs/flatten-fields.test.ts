import { expect, test } from 'vitest'
import { flattenFields } from './flatten-fields'

test('leaves by dotted name, arrays in order, objects in arrays flattened', () => {
  const event = { b: { c: [1, 'x'], d: {} }, 'a.e': null, list: [{ k: 1 }, { k: 2 }], none: [], deep: { deeper: { deepest: true } } }
  expect(flattenFields(event, 10)).toEqual({
    fields: [
      { field: 'a.e', values: ['null'] },
      { field: 'b.c', values: ['1', 'x'] },
      { field: 'b.d', values: ['{}'] },
      { field: 'deep.deeper.deepest', values: ['true'] },
      { field: 'list.k', values: ['1', '2'] },
      { field: 'none', values: [] },
    ],
    cut: 0,
  })
})

test('an integer that no number holds has all its digits', () => {
  expect(flattenFields({ inode: 9223372036854775807n }, 10).fields).toEqual([{ field: 'inode', values: ['9223372036854775807'] }])
})

test('says how many fields it left out', () => {
  expect(flattenFields({ a: 1, b: 2, c: 3 }, 2)).toMatchObject({ cut: 1, fields: [{ field: 'a' }, { field: 'b' }] })
})

test('a field of very many values takes time in proportion', () => {
  // With each value copied for the next one this takes longer than a test may.
  const { fields } = flattenFields({ list: Array.from({ length: 200_000 }, (_, n) => n), objects: Array.from({ length: 100_000 }, () => ({ k: 'x' })) }, 10)
  expect(fields.map(({ field, values }) => [field, values.length])).toEqual([['list', 200_000], ['objects.k', 100_000]])
})
