import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withoutDots } from './dotted-names'
import { readField, readText } from './event'

describe('one name dotted and nested', () => {
  test.each<readonly [document: string, field: string, values: unknown]>([
    ['{"foo.bar":666,"foo":{"bar":333}}', 'foo.bar', [333, 666]],
    ['{"foo":{"bar":333},"foo.bar":666}', 'foo.bar', [333, 666]],
    ['{"foo.bar":666}', 'foo.bar', 666],
    ['{"a.b":{"c":1},"a":{"b.c":2}}', 'a.b.c', [2, 1]],
    ['{"a.b.c":3,"a.b":{"c":1},"a":{"b.c":2,"b":{"c":0}}}', 'a.b.c', [0, 2, 1, 3]],
    ['{"a":{"b":[1,2]},"a.b":[3]}', 'a.b', [1, 2, 3]],
    ['{"a":{"b":null},"a.b":1}', 'a.b', [1, null]],
    ['{"a":{"b":[]},"a.b":1}', 'a.b', [1]],
    ['{"a":[{"b":1},{"b":2}],"a.b":3}', 'a.b', [1, 2, 3]],
    ['{"a":[{"b.c":1,"b":{"c":2}}]}', 'a.b.c', [2, 1]],
    ['{"a.b":5,"a":{"b.z":1}}', 'a.b', [5, { z: 1 }]],
    ['{"a.b":5,"a":{"b.z":1}}', 'a.b.z', [1]],
    ['{"a":7,"a.b":1}', 'a', [7, { b: 1 }]],
    ['{"a..b":1,".":2}', 'a', undefined],
    ['{"__proto__.x":1,"a.__proto__":2}', 'a.__proto__', 2],
    ['{"constructor.name":"x","constructor":{"name":"y"}}', 'constructor.name', ['y', 'x']],
  ])('%s has of %s %j', (json, field, values) => {
    expect(readField(withoutDots(JSON.parse(json) as Record<string, unknown>), field)).toEqual(values)
  })

  test('the first value is a value, never what stands below it or nothing', () => {
    expect(readText(withoutDots({ 'a.b': 'x', 'a': { 'b.z': 1 } }), 'a.b')).toBe('x')
    expect(readText(withoutDots({ 'a.b': 'x', 'a': { b: null } }), 'a.b')).toBe('x')
  })

  test('a document without such names is the same object, and none is changed', () => {
    const plain = { a: { b: [1, { c: 2 }] } }
    expect(withoutDots(plain)).toBe(plain)
    const shared = { id: 'x' }
    const document = { host: shared, 'host.id': 'y' }
    expect(withoutDots(document)).toEqual({ host: { id: ['x', 'y'] } })
    expect(document).toEqual({ host: { id: 'x' }, 'host.id': 'y' })
  })

  test('a name of very many parts stands for itself', () => {
    const name = Array.from({ length: 21 }, () => 'a').join('.')
    expect(withoutDots({ [name]: 1 })).toEqual({ [name]: 1 })
  })
})

/** Every value of a document under its full name, as Elasticsearch indexes it. */
function leaves(value: unknown, name: string, into: Map<string, unknown[]>): Map<string, unknown[]> {
  if (Array.isArray(value)) for (const item of value) leaves(item, name, into)
  else if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) leaves(inner, name === '' ? key : `${name}.${key}`, into)
  else if (value !== null && name !== '') into.set(name, [...(into.get(name) ?? []), value])
  return into
}

test('every field has the values that all its spellings have together', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'a.b', 'b.c', 'a.b.c', 'c.a')
  const { document } = fc.letrec<{ document: Record<string, unknown>; value: unknown }>((tie) => ({
    document: fc.dictionary(key, tie('value'), { maxKeys: 5 }),
    value: fc.oneof({ maxDepth: 4 }, fc.integer(), fc.constant(null), fc.array(tie('value'), { maxLength: 3 }), tie('document')),
  }))
  const sorted = (values: readonly unknown[]): readonly unknown[] => values.toSorted((x, y) => Number(x) - Number(y))
  fc.assert(
    fc.property(document, (written) => {
      const read = withoutDots(written)
      for (const [field, values] of leaves(written, '', new Map())) {
        const found = [readField(read, field)].flat(20).filter((value) => typeof value === 'number')
        expect([field, sorted(found)]).toEqual([field, sorted(values)])
      }
      expect(withoutDots(read)).toEqual(read)
      const backwards = Object.fromEntries(Object.entries(written).toReversed())
      expect(withoutDots(backwards)).toEqual(read)
    }),
    { numRuns: 3_000 },
  )
})
