import { describe, expect, test } from 'vitest'
import { nextOutside, placeAt, resolvePlace } from './resolve-place'

const IDS = ['a', 'b', 'c', 'd', 'e']

describe('resolvePlace', () => {
  test.each([
    ['the same row', 'c', IDS, 'c'],
    ['rows that came above it', 'c', ['x', 'y', ...IDS], 'c'],
    ['it left: the next one', 'c', ['a', 'b', 'd', 'e'], 'd'],
    ['it and the next left', 'c', ['a', 'b', 'e'], 'e'],
    ['it was the last: the one before', 'e', ['a', 'b', 'c', 'd'], 'd'],
    ['all after it left', 'c', ['a', 'b'], 'b'],
    ['nothing of it is there any more', 'c', ['x', 'y'], undefined],
    ['an empty list', 'c', [], undefined],
  ])('%s', (_what, id, ids, expected) => {
    expect(resolvePlace(placeAt(id, IDS), ids)).toBe(expected)
  })

  test('nobody was anywhere', () => {
    expect(resolvePlace(undefined, IDS)).toBeUndefined()
  })

  test('keeps a hundred rows on either side', () => {
    const ids = Array.from({ length: 1_000 }, (_, i) => String(i))
    const place = placeAt('500', ids)
    expect(place.order).toHaveLength(201)
    expect(resolvePlace(place, ids.filter((id) => Number(id) < 400 || Number(id) > 550))).toBe('551')
  })
})

describe('nextOutside', () => {
  test.each([
    ['one row', 'b', ['b'], 'c'],
    ['several in a row', 'b', ['b', 'c'], 'd'],
    ['the cursor is not among them', 'a', ['c'], 'b'],
    ['to the end', 'd', ['d', 'e'], 'c'],
    ['all', 'b', IDS, undefined],
    ['a row that is not there', 'x', ['x'], undefined],
  ])('%s', (_what, from, done, expected) => {
    expect(nextOutside(IDS, from, new Set(done))).toBe(expected)
  })
})
