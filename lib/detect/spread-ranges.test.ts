import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spreadRanges } from './spread-ranges'
import type { RangeRow } from './spread-ranges'

const row = fc.record<RangeRow>({
  host: fc.constantFrom(1, 2),
  pid: fc.constantFrom(1, 2),
  version: fc.constant(1),
  from_ts: fc.integer({ min: 0, max: 20 }),
  to_ts: fc.integer({ min: 0, max: 20 }),
  import_id: fc.constantFrom(null, 1, 2),
})

/** The times of each pid that are covered. */
function covered(ranges: readonly { readonly host: number; readonly pid: number; readonly from: number; readonly to: number }[]): string[] {
  const all = ranges.flatMap(({ host, pid, from, to }) => Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => `${host} ${pid} ${from + at}`))
  return all.sort()
}

test('covers the same times once, with every row', () => {
  fc.assert(
    fc.property(fc.array(row.filter(({ from_ts: from, to_ts: to }) => from <= to)), (rows) => {
      const ranges = spreadRanges(rows)
      const single = covered(rows.map(({ host, pid, from_ts: from, to_ts: to }) => ({ host, pid, from, to })))
      expect(covered(ranges)).toEqual([...new Set(single)])
      expect(new Set(ranges.flatMap((range) => range.rows))).toEqual(new Set(rows))
    }),
  )
})

test('names the latest import that told of them', () => {
  const of = (from: number, importId: number | null): RangeRow => ({ host: 1, pid: 1, version: 1, from_ts: from, to_ts: 9, import_id: importId })
  expect(spreadRanges([of(1, null), of(3, 4), of(2, 5)])).toMatchObject([{ from: 1, to: 9, importId: 5 }])
})
