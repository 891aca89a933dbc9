import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '@/lib/db/open'
import type { Database } from '@/lib/db/open'
import { runSequence } from '@/lib/eql'
import { ruleSchema } from '@/lib/rules/schema'
import { compileDetector, orderOf } from './engine'
import type { DetectorRule } from './engine'
import { loadHits } from './load-hits'
import type { Hit } from './schema'

let dir: string
let db: Database

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'linklocal-load-hits-'))
  db = openDatabase(dir, path.join(process.cwd(), 'prisma', 'migrations'))
})

afterAll(() => {
  db.close()
  rmSync(dir, { recursive: true })
})

const UNTIL = -1
const QUERIES = {
  'two steps': 'sequence by host.id with maxspan=1s [process where true] [network where true]',
  'three steps': 'sequence by host.id with maxspan=1s [process where true] [network where true] [file where true]',
  'repeated steps': 'sequence by host.id with maxspan=1s [process where true] with runs=2 [network where true]',
  'until': 'sequence by host.id with maxspan=1s [process where true] [network where true] until [file where true]',
  'no limit of time': 'sequence by host.id [process where true] [network where true]',
  'something that must not come before': 'sequence by host.id with maxspan=1s ![file where true] [process where true] [network where true]',
  'something that must not come between': 'sequence by host.id with maxspan=1s [process where true] ![file where true] [network where true]',
  'something that must not come after': 'sequence by host.id with maxspan=1s [process where true] [network where true] ![file where true]',
} as const

function ruleOf(query: string) {
  const document = ruleSchema.parse({ rule_id: 'r', name: 'r', description: 'r', type: 'eql', language: 'eql', query, severity: 'low', risk_score: 1 })
  const detector = compileDetector([{ id: 1, versionId: 1, document }])
  const rule = detector.rules.get(1)
  if (!rule) throw new Error(detector.problems[0]?.message)
  return { detector, rule }
}

/** The stage of each kind of event, by its place in the query. */
function stagesOf(rule: DetectorRule, query: string): Readonly<Record<string, number>> {
  const places = [...query.matchAll(/\[(process|network|file)/g)].map((match) => match[1] ?? '')
  return Object.fromEntries(places.map((kind, at) => [kind, query.includes('until') && at === places.length - 1 ? UNTIL : at]))
}

const kinds = fc.constantFrom('process', 'network', 'file')
const world = fc.array(fc.record({ kind: kinds, at: fc.integer({ min: 0, max: 24 }) }), { minLength: 6, maxLength: 30 })

function store(events: readonly { kind: string; at: number }[], stages: Readonly<Record<string, number>>): Hit[] {
  db.exec('DELETE FROM rule_hit; DELETE FROM event; INSERT OR IGNORE INTO host (id, host_id, name) VALUES (1, \'h\', \'h\')')
  return events.flatMap(({ kind, at }, i): Hit[] => {
    const stage = stages[kind]
    if (stage === undefined) return []
    const identity = Buffer.from(String(i).padStart(20, '0'))
    const ts = 1_000_000 + at * 150
    const eventId = i + 1
    db.prepare('INSERT INTO event (id, identity, ts, host, import_id, block, block_at) VALUES (?, ?, ?, 1, 1, 1, 0)').run(eventId, identity, ts)
    db.prepare(`INSERT INTO rule_hit (rule_id, "key", ts, ts_ns, event_id, stage) VALUES (1, 'k', ?, 0, ?, ?)`).run(ts, eventId, stage)
    return [{ eventId, identity: identity.toString('hex').toUpperCase(), stage, ts, tsNs: 0, sequence: null }]
  })
}

const textOf = (match: { readonly events: readonly ({ readonly eventId: number } | null)[] }): string => match.events.map((event) => event?.eventId ?? '-').join(' ')

describe.each(Object.entries(QUERIES))('%s: what is decided about an event', (_name, query) => {
  const { detector, rule } = ruleOf(query)
  const stages = stagesOf(rule, query)

  test('is the same whichever part of a dense key is loaded for it', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 2, max: 6 }), fc.nat(24), fc.nat(24), (events, reach, one, other) => {
        const hits = store(events, stages)
        const whole = orderOf(hits)
        const expected = new Map(detector.join(rule, hits, whole, reach).map((match) => [match.completing, textOf(match)]))
        const cut = detector.cutShort(rule, hits, detector.completingIds(rule, hits), whole, reach)
        const [from, to] = [Math.min(one, other), Math.max(one, other)].map((at) => 1_000_000 + at * 150) as [number, number]
        const decided = new Set<number>()
        for (const loaded of loadHits(db, rule, 'k', from, to, reach)) {
          const ids = detector.completingIds(rule, loaded.hits, loaded.decideFrom, loaded.decideTo)
          const found = new Map(detector.join(rule, loaded.hits, undefined, reach).map((match) => [match.completing, textOf(match)]))
          const short = detector.cutShort(rule, loaded.hits, ids, undefined, reach)
          for (const id of ids) {
            decided.add(id)
            expect([id, found.get(id), short.has(id)]).toEqual([id, expected.get(id), cut.has(id)])
          }
        }
        // Whatever changed between the two times is decided about.
        expect(detector.completingIds(rule, hits, from, to).filter((id) => !decided.has(id))).toEqual([])
      }),
      { numRuns: 80 },
    )
  })
})

describe.each((['two steps', 'three steps', 'repeated steps', 'until', 'no limit of time', 'something that must not come between'] as const).map((name) => [name, QUERIES[name]] as const))(
  '%s: a match in a dense key',
  (_name, query) => {
    const { detector, rule } = ruleOf(query)
    const stages = stagesOf(rule, query)

    test('is what the newest events up to its last one give by themselves', () => {
      fc.assert(
        fc.property(world, fc.integer({ min: 2, max: 6 }), (events, reach) => {
          const hits = store(events, stages)
          const order = orderOf(hits)
          const found = new Map(detector.join(rule, hits, order, reach).map((match) => [match.completing, textOf(match)]))
          if (rule.program.language !== 'eql') throw new Error('an EQL rule')
          for (const id of detector.completingIds(rule, hits)) {
            const rank = order.get(id) ?? 0
            const newest = hits.filter((hit) => (order.get(hit.eventId) ?? 0) <= rank && (order.get(hit.eventId) ?? 0) > rank - reach)
            const { matches } = runSequence(
              rule.program.query,
              newest.map((hit) => ({ stage: hit.stage, key: '', ts: hit.ts, tiebreaker: null, order: order.get(hit.eventId) ?? 0, event: { eventId: hit.eventId } })),
            )
            const own = matches.find((match) => match.events.findLast((event) => event !== null)?.eventId === id)
            expect([id, found.get(id)]).toEqual([id, own && textOf(own)])
          }
        }),
        { numRuns: 80 },
      )
    })
  },
)

test('only an event with more before it within the span than a match reaches over is cut short', () => {
  const { detector, rule } = ruleOf(QUERIES['two steps'])
  const hits = store([0, 1, 2, 3, 20, 21].map((at) => ({ kind: at === 3 || at === 21 ? 'network' : 'process', at })), { process: 0, network: 1 })
  // At 450 ms three events within the second before it; at 3,150 ms one.
  expect([...detector.cutShort(rule, hits, [4, 6], orderOf(hits), 3)]).toEqual([4])
  expect([...detector.cutShort(rule, hits, [4, 6], orderOf(hits), 4)]).toEqual([])
  expect([...detector.cutShort(rule, hits, [4, 6], orderOf(hits), 1)]).toEqual([4, 6])
})
