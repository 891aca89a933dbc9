import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EcsEvent } from '@/lib/ecs/event'
import { TEST_TIME } from '@/lib/ecs/testing'
import { around } from './around'
import { buildProcessTree } from './build'
import { findInTree } from './find'
import { flattenTree, indexTree } from './flatten'
import type { ProcessTree } from './model'

/** Few ids, so that cycles, reused pids, two parents of one process and ends before starts all happen. */
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '__proto__', '')
const pid = fc.constantFrom(1, 2, 3, 4, '5', 0, -1, null)
const arbitraryEvent: fc.Arbitrary<EcsEvent> = fc.record(
  {
    '@timestamp': fc.oneof(
      fc.integer({ min: 0, max: 20 }).map((n) => new Date(TEST_TIME + n).toISOString()),
      fc.constantFrom<unknown>('never', null, {}, 1e300),
    ),
    host: fc.constantFrom<unknown>({ id: 'h' }, { id: 'h', name: 'web' }, { id: 'i' }, null),
    event: fc.record({
      category: fc.constantFrom<unknown>(['process'], ['network'], 'process', 7),
      action: fc.constantFrom<unknown>('exec', 'fork', 'end', 'connection_attempted', 'disconnect_received', ['fork', 'exec', 'end'], 'already_running', 'uid_change', null),
      sequence: fc.constantFrom(1, 2, 3, undefined),
    }),
    process: fc.record(
      {
        entity_id: id,
        pid,
        name: fc.constantFrom('sh', 'curl'),
        start: fc.constantFrom<unknown>('2026-11-03T09:59:59Z', 'x', 3),
        args: fc.constantFrom<unknown>(['a', null, ['b']], 'a', {}),
        previous: fc.constantFrom<unknown>([{ executable: '/bin/sh' }], 'x'),
        tty: fc.constantFrom<unknown>({ char_device: { major: 136, minor: 1 } }, '/dev/pts/0', 4),
        parent: fc.record({ entity_id: id, pid }, { requiredKeys: [] }),
        Ext: fc.record({ ancestry: fc.array(id, { maxLength: 4 }) }),
      },
      { requiredKeys: [] },
    ),
    destination: fc.record({ ip: fc.constantFrom<unknown>('169.254.169.254', '::1', 5, null), port: fc.constantFrom<unknown>(80, 'x') }),
  },
  { requiredKeys: [] },
)
const arbitraryEvents = fc.array(arbitraryEvent, { maxLength: 40 }).map((events) => events.map((event, i) => ({ event, id: `e${i}` })))
const arbitraryOptions = fc.record({ maxNodes: fc.constantFrom(1, 3, 2000), maxDepth: fc.constantFrom(1, 2, 100), maxConnections: fc.constantFrom(1, 50) })
const arbitraryFocus = fc.record({ entityIds: fc.array(id, { maxLength: 2 }), eventIds: fc.constantFrom([], ['e0'], ['e3', 'nobody']) })

function checkShape(tree: ProcessTree): void {
  const index = indexTree(tree)
  expect(index.size, 'every node once').toBe(tree.nodes.length)
  const seen = new Set<string>()
  for (const node of tree.nodes) {
    expect(tree.roots.includes(node.key)).toBe(node.parent === null)
    expect(node.parent === null || seen.has(node.parent), 'every node after its parent').toBe(true)
    for (const child of node.children) expect(index.get(child)?.parent).toBe(node.key)
    seen.add(node.key)
  }
  const reached = tree.nodes.reduce((n, node) => n + node.children.length, tree.roots.length)
  expect(reached).toBe(tree.nodes.length)
  for (const key of tree.focus) expect(index.has(key)).toBe(true)
  expect(tree.nodes.length + tree.missing.length, 'never blank').toBeGreaterThan(0)
}

test('any events give a forest in which every node is once, whatever the caps', () => {
  fc.assert(
    fc.property(arbitraryEvents, arbitraryFocus, arbitraryOptions, (events, focus, options) => {
      const tree = buildProcessTree(events, focus, options)
      checkShape(tree)
      expect(tree.nodes.length).toBeLessThanOrEqual(options.maxNodes)
      expect(JSON.parse(JSON.stringify(tree))).toEqual(tree)
    }),
    { numRuns: 1000 },
  )
})

test('the order in which the events come changes nothing', () => {
  const shuffled = arbitraryEvents.chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })))
  fc.assert(
    fc.property(shuffled, arbitraryFocus, arbitraryOptions, ([events, other], focus, options) => {
      expect(buildProcessTree(other, focus, options)).toEqual(buildProcessTree(events, focus, options))
    }),
    { numRuns: 1000 },
  )
})

test('fully opened, the rows hold every process once, with levels and positions that agree', () => {
  fc.assert(
    fc.property(arbitraryEvents, arbitraryFocus, (events, focus) => {
      const tree = buildProcessTree(events, focus)
      const rows = flattenTree(tree, { expanded: new Set(tree.nodes.map((n) => n.key)), forks: true })
      const processes = rows.filter((row) => row.kind === 'process')
      expect(processes.map((row) => row.id)).toEqual(tree.nodes.map((n) => n.key))
      expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length)
      for (const [i, row] of rows.entries()) {
        expect(row.posInSet).toBeLessThanOrEqual(row.setSize)
        expect(row.guides.length).toBe(Math.max(0, row.level - 2))
        expect(row.level).toBeLessThanOrEqual((rows[i - 1]?.level ?? 0) + 1)
      }
      for (const node of tree.nodes) {
        const found = around(tree, node.key, 2)
        expect(found?.siblings.length).toBeLessThanOrEqual(2)
        expect(found?.siblings).not.toContain(node)
      }
      expect(findInTree(tree, 'curl').length).toBe(tree.nodes.filter((n) => n.name === 'curl' || n.commandLine?.includes('curl')).length)
    }),
    { numRuns: 500 },
  )
})
