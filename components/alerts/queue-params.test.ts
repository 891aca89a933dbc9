import { describe, expect, test } from 'vitest'
import { loadQueueParams, serializeQueue, toFilter, toSort } from './queue-params'

const filterOf = (search: string) => toFilter(loadQueueParams(new URLSearchParams(search)))

describe('toFilter', () => {
  test.each([
    ['', { status: ['open', 'acknowledged'], overCap: false }],
    ['status=all', { overCap: false }],
    ['status=closed&verdict=false_positive,none&capped=true', { status: ['closed'], verdict: ['false_positive', null] }],
    ['status=all&host=a,b&assignee=none', { host: ['a', 'b'], assignee: [null], overCap: false }],
    ['status=all&case=C-3&q=%20web-01%20', { caseId: 3, text: 'web-01', overCap: false }],
    ['status=all&from=2026-11-03T10:00:00Z&to=nonsense', { from: '2026-11-03T10:00:00Z', overCap: false }],
    ['status=wrong&severity=high,wrong&case=x', { severity: ['high'], overCap: false }],
  ])('%s', (search, expected) => {
    expect(filterOf(search)).toEqual(expected)
  })

  test('a path with a comma survives the URL', () => {
    const params = loadQueueParams(new URLSearchParams('status=all'))
    const search = serializeQueue({ ...params, parent: ['/opt/a,b/c', 'none'] })
    expect(filterOf(search).parent).toEqual(['/opt/a,b/c', null])
  })
})

test('toSort', () => {
  expect(toSort(loadQueueParams(new URLSearchParams('sort=host&order=asc')))).toEqual({ by: 'host', descending: false })
  expect(toSort(loadQueueParams(new URLSearchParams('sort=bogus')))).toEqual({ by: 'time', descending: true })
})
