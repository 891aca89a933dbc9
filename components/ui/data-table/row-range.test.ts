import { describe, expect, it } from 'vitest'
import { selectRange, stepFrom, toggleAll, toggleRow } from '@/components/ui/data-table/row-range'

const ids = ['a', 'b', 'c', 'd']

describe('selection', () => {
  it('toggles one row', () => {
    expect([...toggleRow(new Set(['a']), 'b')]).toEqual(['a', 'b'])
    expect([...toggleRow(new Set(['a']), 'a')]).toEqual([])
  })

  it.each([
    ['b', 'd', true, ['b', 'c', 'd']],
    ['d', 'b', true, ['b', 'c', 'd']],
    [undefined, 'c', true, ['c']],
    ['gone', 'c', true, ['c']],
    ['a', 'gone', true, []],
  ])('selects from %s to %s', (from, to, on, expected) => {
    expect([...selectRange(new Set(), ids, from, to, on)]).toEqual(expected)
  })

  it('takes a range away', () => {
    expect([...selectRange(new Set(ids), ids, 'b', 'c', false)]).toEqual(['a', 'd'])
  })

  it('selects all shown, then none of them, and leaves the rest alone', () => {
    expect([...toggleAll(new Set(['z', 'a']), ids)]).toEqual(['z', 'a', 'b', 'c', 'd'])
    expect([...toggleAll(new Set(['z', ...ids]), ids)]).toEqual(['z'])
  })
})

describe('stepFrom', () => {
  it.each([
    [undefined, 1, 'a'],
    [undefined, -1, 'd'],
    ['a', 1, 'b'],
    ['d', 1, 'd'],
    ['a', -1, 'a'],
    ['gone', 1, 'a'],
  ] as const)('leads from %s by %d to %s', (cursor, step, expected) => {
    expect(stepFrom(ids, cursor, step)).toBe(expected)
  })
})
