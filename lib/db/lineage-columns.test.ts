import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PreparedLineage } from './event-batch'
import { LineageReader, LineageWriter } from './lineage-columns'

const text = fc.option(fc.constantFrom('', 'a', '/usr/bin/b', '\u0000'))
const pid = fc.integer({ min: 1, max: 2 ** 32 - 1 })
const ms = fc.integer({ min: 0, max: 2 ** 48 })
const program = { executable: text, name: text }

const lineage: fc.Arbitrary<PreparedLineage> = fc.record({
  lacking: fc.option(fc.record({ lacks: fc.integer({ min: 1, max: 15 }), hostId: fc.constant('h'), pid: fc.option(pid), entityId: text, parentPid: fc.option(pid), parentEntityId: text, starts: fc.boolean() })),
  categories: fc.array(fc.constantFrom('process', 'network', 'file'), { maxLength: 3 }),
  asked: fc.array(fc.record({ pid, ms }), { maxLength: 4 }),
  told: fc.array(
    fc.record({
      pid,
      kind: fc.constantFrom('exec' as const, 'fork' as const, 'start' as const, 'end' as const, 'seen' as const),
      ms,
      rank: fc.integer({ min: -(2 ** 51), max: 2 ** 52 }),
      ...program,
      entityId: text,
      parent: fc.option(fc.record({ pid: fc.option(pid), entityId: text, ...program })),
    }),
    { maxLength: 3 },
  ),
  isSettled: fc.boolean(),
  underPids: fc.boolean(),
})

test('what was written of events is read of them, and nothing of those between', () => {
  fc.assert(
    fc.property(fc.array(fc.option(lineage), { maxLength: 40 }), (given) => {
      const strings: string[] = []
      const writer = new LineageWriter((found) => (strings.includes(found) ? strings.indexOf(found) : strings.push(found) - 1))
      for (const [at, of] of given.entries()) if (of !== null) writer.add(at, of)
      const reader = new LineageReader(writer.pack(), strings)
      expect(given.map((_, at) => reader.take(at, 'h'))).toEqual(given)
    }),
  )
})
