import { describe, expect, test } from 'vitest'
import { TEST_TIME, execEvent, forkEvent, networkEvent } from '@/lib/ecs/testing'
import { around } from './around'
import { buildProcessTree } from './build'
import { findInTree } from './find'
import { flattenTree, focusPath, isPassingFork, indexTree, type TreeRow, type TreeView } from './flatten'

const T = TEST_TIME
const MANY = 70

const events = [
  execEvent({ entityId: 'init', name: 'systemd', pid: 1, parent: null, at: T }),
  execEvent({ entityId: 'shell', name: 'bash', pid: 10, at: T + 1, parent: { entityId: 'init', pid: 1 } }),
  forkEvent({ entityId: 'fork', pid: 11, at: T + 2, parent: { entityId: 'shell', pid: 10 } }),
  execEvent({ entityId: 'curl', name: 'curl', pid: 11, at: T + 3, parent: { entityId: 'shell', pid: 10 }, commandLine: 'curl -s http://169.254.169.254/latest' }),
  networkEvent({ entityId: 'curl', pid: 11, at: T + 9, parent: { entityId: 'shell', pid: 10 } }),
  execEvent({ entityId: 'id', name: 'id', pid: 12, at: T + 20, parent: { entityId: 'shell', pid: 10 } }),
  execEvent({ entityId: 'cron', name: 'cron', pid: 20, at: T + 2, parent: { entityId: 'init', pid: 1 } }),
  ...Array.from({ length: MANY }, (_, i) =>
    execEvent({ entityId: `job${i}`, name: 'job', pid: 100 + i, at: T + 100 + i, parent: { entityId: 'cron', pid: 20 } }),
  ),
].map((event, i) => ({ event, id: `e${i}` }))

const tree = buildProcessTree(events, { entityIds: ['curl'] })

function rows(view: Partial<TreeView> = {}): readonly TreeRow[] {
  return flattenTree(tree, { expanded: focusPath(tree), ...view })
}
const sketch = (list: readonly TreeRow[]) => list.map((row) => `${row.level} ${row.posInSet}/${row.setSize} ${row.id}`)

test('opens on the focus and what is above it; connections stand before children', () => {
  expect(sketch(rows())).toEqual(['1 1/1 init', '2 1/2 shell', '3 1/2 curl', '4 1/1 curl · 0', '3 2/2 id', '2 2/2 cron'])
})

test('knows which rows can be opened and which are', () => {
  const flags = rows().flatMap((row) => (row.kind === 'process' ? [[row.id, row.hasChildren, row.expanded]] : []))
  expect(flags).toEqual([['init', true, true], ['shell', true, true], ['curl', true, true], ['id', false, false], ['cron', true, false]])
})

test('draws lines only where they go on', () => {
  expect(rows().map((row) => [row.id, row.guides, row.last])).toEqual([
    ['init', [], true],
    ['shell', [], false],
    ['curl', [true], false],
    ['curl · 0', [true, true], true],
    ['id', [true], true],
    ['cron', [], true],
  ])
})

describe('forks', () => {
  test('that only became another program are hidden until asked for', () => {
    expect(isPassingFork(indexTree(tree).get('fork')!)).toBe(true)
    expect(sketch(rows({ forks: true }))).toContain('3 1/3 fork')
    expect(sketch(rows())).not.toContain('3 1/3 fork')
  })

  test('in the focus are shown', () => {
    const focused = buildProcessTree(events, { entityIds: ['fork'] })
    expect(flattenTree(focused, { expanded: focusPath(focused) }).map((row) => row.id)).toContain('fork')
  })
})

describe('many children', () => {
  const open = new Set(['init', 'cron'])

  test('are behind one row that says how many', () => {
    const list = rows({ expanded: open })
    expect(list.filter((row) => row.id.startsWith('job'))).toHaveLength(50)
    expect(list.at(-1)).toMatchObject({ kind: 'more', id: 'cron · more', level: 3, hidden: 20, cut: 0 })
    expect(list.at(-2)).toMatchObject({ posInSet: 50, setSize: 70, last: false })
  })

  test('come when more are asked for', () => {
    const list = rows({ expanded: open, shownChildren: new Map([['cron', 100]]) })
    expect(list.filter((row) => row.id.startsWith('job'))).toHaveLength(MANY)
    expect(list.some((row) => row.kind === 'more')).toBe(false)
  })

  test('never hide the focus', () => {
    const late = buildProcessTree(events, { entityIds: ['job65'] })
    const list = flattenTree(late, { expanded: focusPath(late) })
    expect(list.map((row) => row.id)).toContain('job65')
    expect(list.at(-1)).toMatchObject({ kind: 'more', hidden: 19 })
  })

  test('that a cap kept out are said too', () => {
    const capped = buildProcessTree(events, { entityIds: ['curl'] }, { maxNodes: 10 })
    const list = flattenTree(capped, { expanded: open })
    expect(list.at(-1)).toMatchObject({ kind: 'more', hidden: 0, cut: 66 })
  })
})

test('without a focus the roots are open', () => {
  expect([...focusPath(buildProcessTree(events, { entityIds: [] }))]).toEqual(['init'])
})

describe('around a process', () => {
  test('are its ancestors from the root, its siblings and what is below', () => {
    const found = around(tree, 'curl')!
    expect(found.ancestors.map((n) => n.key)).toEqual(['init', 'shell'])
    expect(found.siblings.map((n) => n.key)).toEqual(['fork', 'id'])
    expect(around(tree, 'shell')?.descendants.map((n) => n.key)).toEqual(['fork', 'curl', 'id'])
  })

  test('many siblings are cut to the nearest', () => {
    const found = around(tree, 'job40', 4)!
    expect(found.siblings.map((n) => n.key)).toEqual(['job38', 'job39', 'job41', 'job42'])
    expect(found.cutSiblings).toBe(MANY - 5)
    expect(around(tree, 'job69', 4)?.siblings.map((n) => n.key)).toEqual(['job65', 'job66', 'job67', 'job68'])
  })

  test('nobody is null', () => {
    expect(around(tree, 'nobody')).toBeNull()
  })
})

test.each([
  ['curl', ['curl']],
  ['LATEST', ['curl']],
  ['169.254.169.254:', []],
  ['bash ubuntu', ['shell', 'fork']],
  ['  ', []],
])('find %s', (text, keys) => {
  expect(findInTree(tree, text).filter((key) => !key.startsWith('job'))).toEqual(keys)
})
