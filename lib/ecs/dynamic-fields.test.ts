import { describe, expect, test } from 'vitest'
import { parseMapping } from './mapping'

/** The type a field has once documents were taken in; undefined when it is not mapped. */
function typeAfter(mapping: object, documents: readonly Record<string, unknown>[], field: string): string | undefined {
  const parsed = parseMapping({ mappings: mapping })!
  for (const document of documents) parsed.complete(document)
  return parsed.lookup(field)?.type
}

describe('documents complete a mapping', () => {
  test.each<readonly [mapping: object, document: Record<string, unknown>, field: string, type: string | undefined]>([
    [{}, { a: 'text' }, 'a', 'keyword'],
    [{}, { a: 'text' }, 'a.keyword', 'keyword'],
    [{}, { a: '10.0.0.1' }, 'a', 'keyword'],
    [{}, { a: 5 }, 'a', 'long'],
    [{}, { a: 5.5 }, 'a', 'double'],
    [{}, { a: true }, 'a', 'boolean'],
    [{}, { a: '2026-03-01' }, 'a', 'date'],
    [{}, { a: '2026/03/01 10:00:00' }, 'a', 'date'],
    [{}, { a: '2026' }, 'a', 'keyword'],
    [{}, { a: '2026-03-01 or so' }, 'a', 'keyword'],
    [{ date_detection: false }, { a: '2026-03-01' }, 'a', 'keyword'],
    [{}, { a: [null, 5] }, 'a', 'long'],
    [{}, { a: null }, 'a', undefined],
    [{}, { a: [] }, 'a', undefined],
    [{}, { a: [null] }, 'a', undefined],
    [{}, { a: { b: [{ c: 1 }] } }, 'a.b.c', 'long'],
    [{ dynamic: true }, { a: 5 }, 'a', 'long'],
    [{ dynamic: 'true' }, { a: 5 }, 'a', 'long'],
    [{ dynamic: 'runtime' }, { a: 5 }, 'a', 'long'],
    [{ dynamic: false }, { a: 5 }, 'a', undefined],
    [{ dynamic: 'false' }, { a: { b: 5 } }, 'a.b', undefined],
    [{ dynamic: false, properties: { a: { dynamic: true } } }, { a: { b: 5 } }, 'a.b', 'long'],
    [{ properties: { a: { dynamic: false, properties: { c: { type: 'long' } } } } }, { a: { b: 5 } }, 'a.b', undefined],
    [{ properties: { a: { dynamic: false, properties: { c: { properties: {} } } } } }, { a: { c: { b: 5 } } }, 'a.c.b', undefined],
    [{ properties: { a: { enabled: false } } }, { a: { b: 5 } }, 'a.b', undefined],
    [{ properties: { a: { type: 'keyword' } } }, { a: 5 }, 'a', 'keyword'],
    [{ properties: { a: { type: 'flattened' } } }, { a: { b: 5 } }, 'a.b', 'keyword'],
    [{ properties: { a: { type: 'nested' } } }, { a: [{ b: 5 }] }, 'a.b', 'nested'],
    [{ runtime: { a: { type: 'ip' } } }, {}, 'a', 'ip'],
  ])('%j and %j map %s as %s', (mapping, document, field, type) => {
    expect(typeAfter(mapping, [document], field)).toBe(type)
  })

  test('the first value decides', () => {
    expect(typeAfter({}, [{ a: null }, { a: 'x' }, { a: 5 }], 'a')).toBe('keyword')
  })

  test('a strict mapping refuses a document with another field, and takes nothing of it', () => {
    const mapping = parseMapping({ mappings: { dynamic: 'strict', properties: { a: { type: 'keyword' }, free: { dynamic: true, properties: {} } } } })!
    expect(mapping.complete({ free: { x: 1 }, b: 5 })).toBe('the mapping is strict and lacks the field [b]')
    expect(mapping.lookup('free.x')).toBeUndefined()
    expect(mapping.complete({ a: 'x', b: null })).toBeNull()
    expect(mapping.complete({ a: 'x', free: { x: 1 } })).toBeNull()
    expect(mapping.lookup('free.x')?.type).toBe('long')
  })
})
