import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compile, search } from '@/lib/eql'
import { LIMITS } from '@/lib/limits'
import { SequenceMachine, compareHits, runSequence } from './sequence'
import type { SequenceHit, SequenceShape } from './sequence'
import { oracle } from './testing/sequence-oracle'

/** A shape of stages written as letters: `A B`, `A !B C`, `A*3`; `A B U` events may carry any of them. */
function shapeOf(text: string, maxspanMs: number | null = null): SequenceShape {
  const stages = text.split(' ').map((part, index) => ({
    index,
    missing: part.startsWith('!'),
    runs: Number(part.split('*')[1] ?? 1),
  }))
  return { stages, maxspanMs }
}

/** Events written as `A1 AB2.5 U3`: the stages an event satisfies and its time in seconds; arrival is the order written. */
function hitsOf(shape: string, text: string, tiebreakers: readonly (number | null)[] = []): SequenceHit<string>[] {
  const letters = shape.split(' ').map((p) => p.replace('!', '').split('*')[0])
  return text.split(' ').flatMap((name, order) => {
    const [, stages = '', time = '0'] = /^([A-Z]+)([\d.]+)$/.exec(name)!
    return Array.from(stages).flatMap((letter) =>
      (letter === 'U' ? [-1] : letters.flatMap((l, i) => (l === letter ? [i] : []))).map((stage) => ({
        stage,
        key: 'k',
        ts: Math.round(Number(time) * 1_000),
        tiebreaker: tiebreakers[order] ?? null,
        order,
        event: name,
      })),
    )
  })
}

function found(shape: string, events: string, maxspanMs: number | null = null, tiebreakers: readonly (number | null)[] = []): string {
  const result = runSequence(shapeOf(shape, maxspanMs), hitsOf(shape, events, tiebreakers))
  return result.matches.map((m) => `(${m.events.map((e) => e ?? '-').join(' ')})`).join(' ')
}

describe('the rules of a sequence', () => {
  test.each([
    ['the most recent start wins', 'A B', 'A1 A2 B3', '(A2 B3)'],
    ['a start is used once', 'A B', 'A1 B2 B3 B4', '(A1 B2)'],
    ['a new start begins again', 'A B', 'A1 B2 A3 B4', '(A1 B2) (A3 B4)'],
    ['starts that nothing follows are left', 'A B', 'A1 A2 B3 A4 A5 A6 B7 A8 A9', '(A2 B3) (A6 B7)'],
    ['sequences end in the order they are answered', 'A B', 'A1 A2 B3 A4 B5', '(A2 B3) (A4 B5)'],
    ['three stages interleaved', 'A B C', 'A1 B2 A3 C4 B5 C6', '(A1 B2 C4) (A3 B5 C6)'],
    ['out of order', 'A B C', 'A1 C2 B3 A4 B5 C6', '(A4 B5 C6)'],
    ['an event of both stages never follows itself', 'A B', 'AB1 AB2 AB3', '(AB1 AB2) (AB2 AB3)'],
    ['until ends what is pending', 'A B', 'A1 U2 B3', ''],
    ['until does not undo', 'A B', 'A1 B2 U3', '(A1 B2)'],
    ['an event that completes and ends completes', 'A B', 'A1 BU2', '(A1 BU2)'],
    ['an event that starts and ends does not start', 'A B', 'AU1 B2', ''],
    ['until of one time only hits what is before it', 'A B', 'A1 U2 A3 B4', '(A3 B4)'],
    ['runs are as many stages', 'A*3', 'A1 A2 A3 A4', '(A1 A2 A3) (A2 A3 A4)'],
    ['runs within a sequence', 'A*2 B', 'A1 A2 B3 B4', '(A1 A2 B3)'],
  ])('%s', (_, shape, events, expected) => {
    expect(found(shape, events)).toBe(expected)
  })

  test('maxspan is inclusive, and measured from the first event to each', () => {
    expect(found('A B', 'A0 B3', 3_000)).toBe('(A0 B3)')
    expect(found('A B', 'A0 B3.001', 3_000)).toBe('')
    expect(found('A B C', 'A0 B2 C4', 3_000)).toBe('')
    expect(found('A B', 'A0 A2 B4', 3_000)).toBe('(A2 B4)')
  })

  test('matches are ordered by their last events, those of one event by key', () => {
    const hit = (stage: number, ts: number, key: string): SequenceHit<string> => ({ stage, key, ts, tiebreaker: null, order: ts, event: `${key}${ts}` })
    const hits = [hit(0, 1, 'p'), hit(0, 2, 'q'), hit(1, 3, 'q'), hit(1, 4, 'p'), hit(0, 5, 's'), hit(0, 5, 'r'), hit(1, 6, 's'), hit(1, 6, 'r')]
    expect(runSequence(shapeOf('A B'), hits).matches.map((m) => m.events.join(' '))).toEqual(['q2 q3', 'p1 p4', 'r5 r6', 's5 s6'])
  })

  test('maxspan counts nanoseconds', () => {
    const hit = (stage: number, ts: number, tsNs: number): SequenceHit<string> => ({ stage, key: '', ts, tsNs, tiebreaker: null, order: stage, event: String(stage) })
    const shape = shapeOf('A B', 1_000)
    expect(runSequence(shape, [hit(0, 0, 500), hit(1, 1_000, 500)]).matches).toHaveLength(1)
    expect(runSequence(shape, [hit(0, 0, 500), hit(1, 1_000, 501)]).matches).toHaveLength(0)
    expect(runSequence(shape, [hit(1, 5, 2), hit(0, 5, 1)]).matches).toHaveLength(1)
  })

  test('equal times: the tiebreaker decides, then having one, then arrival', () => {
    expect(found('A B', 'A1 B1', null, [1, 2])).toBe('(A1 B1)')
    expect(found('A B', 'A1 B1', null, [2, 1])).toBe('')
    expect(found('A B', 'A1 B1')).toBe('(A1 B1)')
    expect(found('A B', 'B1 A1')).toBe('')
    expect(found('A B', 'B1 A1', null, [null, 7])).toBe('(A1 B1)')
  })

  test('keys are apart', () => {
    const hits = hitsOf('A B', 'A1 B2').map((h, i) => ({ ...h, key: String(i) }))
    expect(runSequence(shapeOf('A B'), hits).matches).toEqual([])
  })

  test.each([
    ['between', 'A !B C', 'A1 C3', '(A1 - C3)'],
    ['between, and it happens', 'A !B C', 'A1 B2 C3', ''],
    ['between, at the very time', 'A !B C', 'A1 B1 C3', '(A1 - C3)'],
    ['before', '!A B C', 'B5 C6', '(- B5 C6)'],
    ['before, within maxspan of the end', '!A B C', 'A4 B5 C6', ''],
    ['before, out of maxspan', '!A B C', 'A1 B5 C6', '(- B5 C6)'],
    ['before, just within', '!A B C', 'A3 B5 C6', ''],
    ['after', 'A B !C', 'A1 B2', '(A1 B2 -)'],
    ['after, within maxspan of the start', 'A B !C', 'A1 B2 C4', ''],
    ['after, out of maxspan', 'A B !C', 'A1 B2 C4.001', '(A1 B2 -)'],
    ['both sides, both far enough apart', '!A B !C', 'A1 B2 C4.5', '(- B2 -)'],
    ['both sides, too near', '!A B !C', 'A1 B2 C4', ''],
    ['both sides, one of them', '!A B !C', 'A1 B2', '(- B2 -)'],
    ['with runs, that are as many places', 'A !B*2 C', 'A1 C3', '(A1 - - C3)'],
    ['with runs, and one of it happens', 'A !B*2 C', 'A1 B2 C3', ''],
    ['with runs at the end', 'A*2 !B*3', 'A1 A2 B4.001', '(A1 A2 - - -)'],
    ['with runs at the beginning', '!A*2 B', 'A1 B5', '(- - B5)'],
    ['one stage beside a missing one', 'A !B', 'A1 A2 B3', ''],
    ['one stage beside a missing one, each of its events by itself', 'A !B', 'A1 A2', '(A1 -) (A2 -)'],
  ])('missing events %s', (_, shape, events, expected) => {
    expect(found(shape, events, 3_000)).toBe(expected)
  })
})

const arbitraryShape = fc
  .record({
    parts: fc.array(fc.constantFrom('+', '+', '+', '!', '!*2', '*2', '*3'), { minLength: 1, maxLength: 4 }),
    maxspanMs: fc.constantFrom(0, 1, 2, 5, 20),
    unlimited: fc.boolean(),
  })
  .map(({ parts, maxspanMs, unlimited }): SequenceShape => {
    const stages = parts.map((p, index) => ({ index, missing: p.startsWith('!'), runs: Number(p.split('*')[1] ?? 1) }))
    const missing = stages.some((s) => s.missing)
    if (stages.every((s) => s.missing)) stages.push({ index: stages.length, missing: false, runs: 1 })
    return { stages, maxspanMs: unlimited && !missing ? null : maxspanMs }
  })

const arbitraryEvents = fc.array(
  fc.record({
    ts: fc.integer({ min: 0, max: 12 }),
    tsNs: fc.constantFrom(0, 0, 0, 1),
    tiebreaker: fc.constantFrom(null, null, 1, 2),
    key: fc.constantFrom('x', 'x', 'y'),
    stages: fc.uniqueArray(fc.integer({ min: -1, max: 3 }), { minLength: 1, maxLength: 3 }),
  }),
  { maxLength: 14 },
)

function toHits(events: readonly { ts: number; tsNs: number; tiebreaker: number | null; key: string; stages: number[] }[]): SequenceHit<string>[] {
  return events.flatMap(({ stages, ...rest }, order) => stages.map((stage) => ({ ...rest, stage, order, event: `${order}` })))
}

describe('properties', () => {
  test('batch answers what brute force answers', () => {
    fc.assert(
      fc.property(arbitraryShape, arbitraryEvents, (shape, events) => {
        const hits = toHits(events)
        const { matches, truncated } = runSequence(shape, hits)
        expect(truncated).toBe(0)
        expect(matches.map((m) => m.events.filter((e) => e !== null).join(' '))).toEqual(oracle(shape, hits))
      }),
      { numRuns: 8_000 },
    )
  })

  test('the incremental machine answers what batch answers, and the order of the hits given does not matter', () => {
    fc.assert(
      fc.property(arbitraryShape, arbitraryEvents, fc.integer(), (shape, events, seed) => {
        const hits = toHits(events)
        const batch = runSequence(shape, hits).matches.map((m) => m.events.join(' '))
        const machine = new SequenceMachine<string>(shape)
        const answered: string[] = []
        const sorted = hits.toSorted(compareHits)
        while (sorted.length > 0) {
          const first = sorted[0]!
          const group = sorted.splice(0, sorted.findIndex((h) => compareHits(h, first) !== 0) >>> 0)
          answered.push(...machine.push(group).map((m) => m.events.join(' ')))
        }
        answered.push(...machine.finish().map((m) => m.events.join(' ')))
        expect(answered.toSorted()).toEqual(batch.toSorted())
        const shuffled = hits.toSorted((a, b) => ((a.order * 7 + a.stage + seed) % 5) - ((b.order * 7 + b.stage + seed) % 5))
        expect(runSequence(shape, shuffled).matches.map((m) => m.events.join(' '))).toEqual(batch)
      }),
      { numRuns: 3_000 },
    )
  })
})

test('partial sequences beyond the cap are dropped, oldest first, and counted', () => {
  const machine = new SequenceMachine<number>(shapeOf('A B'), { maxPartials: 10 })
  for (let i = 0; i < 25; i++) machine.push([{ stage: 0, key: String(i), ts: i, tiebreaker: null, order: i, event: i }])
  expect(machine.truncated).toBe(15)
  expect(machine.push([{ stage: 1, key: '24', ts: 99, tiebreaker: null, order: 99, event: 99 }])).toHaveLength(1)
  expect(machine.push([{ stage: 1, key: '3', ts: 99, tiebreaker: null, order: 100, event: 100 }])).toHaveLength(0)
})

describe('sequences and samples over events', () => {
  const event = (time: number, category: string, rest: object = {}) => ({ '@timestamp': time, event: { category }, ...rest })
  const ids = (query: string, events: readonly object[], more: object = {}) => {
    const result = search({ query, ...more }, events as Record<string, unknown>[])
    if ('error' in result) return result.error.reason
    return result.hits.sequences?.map((s) => [s.join_keys, s.events.map((e) => (e.missing ? null : Number(e._id)))])
  }

  test('null keys are ignored without ? and join each other with it', () => {
    const events = [event(1, 'a'), event(2, 'b'), event(3, 'a', { k: 1 }), event(4, 'b', { k: 1 })]
    expect(ids('sequence by k [a where true] [b where true]', events)).toEqual([[[1], [2, 3]]])
    expect(ids('sequence by ?k [a where true] [b where true]', events)).toEqual([
      [[null], [0, 1]],
      [[1], [2, 3]],
    ])
  })

  test('keys compare by type, keys of both levels are one tuple', () => {
    expect(ids('sequence by k [a where true] [b where true]', [event(1, 'a', { k: 1 }), event(2, 'b', { k: '1' })])).toEqual([])
    expect(ids('sequence by k [a where true] by x [b where true] by y', [event(1, 'a', { k: 1, x: 'q' }), event(2, 'b', { k: 1, y: 'q' })])).toEqual([[[1, 'q'], [0, 1]]])
    expect(ids('sequence by k [a where true] [b where true]', [event(1, 'a', { k: [1] }), event(2, 'b', { k: 1 })])).toEqual([[[1], [0, 1]]])
  })

  test('a missing event keeps its place in the answer', () => {
    expect(ids('sequence with maxspan=1s [a where true] ![b where true]', [event(1, 'a')])).toEqual([[[], [0, null]]])
  })

  test('size, result_position and pipes', () => {
    const events = Array.from({ length: 6 }, (_, i) => event(i, i % 2 === 0 ? 'a' : 'b'))
    const query = 'sequence [a where true] [b where true]'
    expect(ids(query, events, { size: 2 })).toEqual([[[], [2, 3]], [[], [4, 5]]])
    const interleaved = [event(1, 'a', { k: 'p' }), event(2, 'a', { k: 'q' }), event(3, 'b', { k: 'q' }), event(4, 'b', { k: 'p' })]
    expect(ids('sequence by k [a where true] [b where true]', interleaved)).toEqual([[['q'], [1, 2]], [['p'], [0, 3]]])
    expect(ids('sequence by k [a where true] [b where true]', interleaved, { size: 1 })).toEqual([[['p'], [0, 3]]])
    expect(ids('sequence by k [a where true] [b where true]', interleaved, { size: 1, result_position: 'head' })).toEqual([[['q'], [1, 2]]])
    expect(ids('sequence by k [a where true] [b where true] | head 1', interleaved)).toEqual([[['q'], [1, 2]]])
    expect(ids(query, events, { size: 2, result_position: 'head' })).toEqual([[[], [0, 1]], [[], [2, 3]]])
    expect(ids(`${query} | head 1`, events)).toEqual([[[], [0, 1]]])
    expect(ids(`${query} | tail 1`, events)).toEqual([[[], [4, 5]]])
    expect(ids(`${query} | head 2 | tail 1`, events)).toEqual([[[], [2, 3]]])
    expect(ids(query, events, { size: 0 })).toEqual([])
  })

  test('samples', () => {
    const events = [event(5, 'b', { h: 'x' }), event(1, 'a', { h: ['x', 'y'] }), event(2, 'a', { h: 'x' }), event(3, 'b', { h: 'z' }), event(4, 'b', { h: 'y' })]
    const query = 'sample by h [a where true] [b where true]'
    expect(ids(query, events)).toEqual([[['x'], [1, 0]], [['y'], [1, 4]]])
    expect(ids(query, events, { max_samples_per_key: 5 })).toEqual([[['x'], [1, 0]], [['x'], [2, 0]], [['y'], [1, 4]]])
    expect(ids(query, events, { size: 1 })).toEqual([[['x'], [1, 0]]])
    expect(ids(query, events, { size: 1, result_position: 'head' })).toEqual([[['x'], [1, 0]]])
    expect(ids(query, events, { size: 0 })).toEqual([])
    expect(ids(query, events, { size: 2, max_samples_per_key: 5 })).toEqual([[['x'], [1, 0]], [['x'], [2, 0]]])
    expect(ids('sample by h [any where true] [a where true]', [event(1, 'a', { h: 'x' })])).toEqual([])
  })

  test('the compiled query tells what the detector needs', () => {
    const result = compile('sequence by host.id, user.id with maxspan=5m [process where process.name == "a"] by process.pid ![file where true] by process.pid until [network where true] by process.pid')
    expect(result.ok && [result.query.kind, result.query.maxspanMs, result.query.keyFields, result.query.stages.map((s) => [s.index, s.missing, s.category]), result.query.until?.index]).toEqual([
      'sequence',
      300_000,
      ['host.id', 'user.id', 'process.pid'],
      [[0, false, 'process'], [1, true, 'file']],
      -1,
    ])
  })
})

describe('samples in the order of their keys', () => {
  test.each<readonly [name: string, key: string, field: (value: unknown) => object, values: readonly unknown[], ordered: readonly unknown[]]>([
    ['text by its bytes, null first', '?k', (k) => ({ k }), ['doom', '\uff00', '\u{1f600}', 'GTA', null], [null, 'GTA', 'doom', '\uff00', '\u{1f600}']],
    ['numbers by value', 'process.pid', (pid) => ({ process: { pid } }), [10, 9, -1, 100], [-1, 9, 10, 100]],
    ['addresses by value', 'destination.ip', (ip) => ({ destination: { ip } }), ['10.0.0.2', '9.0.0.1', 'fe80::1', '10.0.0.10'], ['9.0.0.1', '10.0.0.2', '10.0.0.10', 'fe80::1']],
    ['booleans', 'process.interactive', (interactive) => ({ process: { interactive } }), [true, false], [false, true]],
  ])('%s', (_, key, field, values, ordered) => {
    const events = values.flatMap((value, i) => ['a', 'b'].map((category) => ({ '@timestamp': i, event: { category }, ...field(value) })))
    const result = search({ query: `sample by ${key} [a where true] [b where true]` }, events)
    expect('hits' in result && result.hits.sequences?.map((s) => s.join_keys[0])).toEqual(ordered)
  })
})

describe('a condition on a join key holds for every term', () => {
  const matched = (query: string, event: object) => {
    const result = compile(query)
    if (!result.ok) return result.diagnostics
    const { stages, until } = result.query
    return [...stages, ...(until ? [until] : [])].map((stage) => stage.matches(event as Record<string, unknown>))
  }
  test.each<readonly [query: string, event: object, expected: readonly boolean[]]>([
    ['sequence by k [any where k == "y"] [any where true]', { k: 'x' }, [false, false]],
    ['sequence by k [any where k == "y"] [any where true]', { k: ['x', 'y'] }, [true, true]],
    ['sequence by k [any where true] [any where not k == "x"]', { k: ['x', 'y'] }, [false, false]],
    ['sequence [any where length(a) == 1] by a [any where true] by b', { a: 'p', b: 'long' }, [true, false]],
    ['sequence by k with maxspan=1s [any where k : "y*"] ![any where true]', { k: 'x' }, [false, false]],
    ['sequence by k with maxspan=1s ![any where k : "y*"] [any where true]', { k: 'x' }, [false, false]],
    ['sequence by k [any where k == "y"] [any where true] until [any where true]', { k: 'x' }, [false, false, true]],
    ['sequence by k [any where true] [any where true] until [any where k == "y"]', { k: 'x' }, [true, true, false]],
    ['sequence by k [any where k == "y" or k == "z"] [any where true]', { k: 'x' }, [false, true]],
    ['sequence by k [any where a == 1 and (k == "y" and a == 1)] [any where true]', { k: 'x', a: 1 }, [false, false]],
    ['sequence by k [any where concat(k, a) == "x1"] [any where true]', { k: 'x', a: 2 }, [false, true]],
    ['sequence by k, j [any where k == "y" and j == 2] [any where true]', { k: 'y', j: 3 }, [false, false]],
    ['sample by k [any where k == "y"] [any where true]', { k: 'x' }, [false, true]],
  ])('%s with %j', (query, event, expected) => {
    expect(matched(query, event)).toEqual(expected)
  })
})

describe('several values in a join key', () => {
  type Values = Readonly<Record<string, unknown>>
  const run = (query: string, events: readonly Values[]) => {
    const result = search({ query }, events.map((event, i) => ({ '@timestamp': i + 1, ...event })))
    if ('error' in result) return result.error.reason
    return result.hits.sequences?.map((s) => `${s.join_keys.join('+')}: ${s.events.map((e) => (e.missing ? '-' : e._id)).join(' ')}`)
  }
  const a = (rest: Values): Values => ({ event: { category: 'a' }, ...rest })
  const b = (rest: Values): Values => ({ event: { category: 'b' }, ...rest })
  const u = (rest: Values): Values => ({ event: { category: 'u' }, ...rest })
  const TWO = 'sequence by k [a where true] [b where true]'

  test.each<readonly [name: string, query: string, events: readonly Values[], found: readonly string[]]>([
    ['each value is a key', TWO, [a({ k: ['a', 'b'] }), b({ k: 'b' })], ['b: 0 1']],
    ['in the later stage too', TWO, [a({ k: 'b' }), b({ k: ['a', 'b'] })], ['b: 0 1']],
    ['several keys complete at one event, in the order of the keys', TWO, [a({ k: ['b', 'a'] }), b({ k: ['a', 'c', 'b'] })], ['a: 0 1', 'b: 0 1']],
    ['duplicates are one', TWO, [a({ k: ['a', 'a'] }), b({ k: ['a', 'a', 'a'] })], ['a: 0 1']],
    ['nulls in a list drop out', TWO, [a({ k: ['a', null] }), b({ k: [null, 'a'] })], ['a: 0 1']],
    ['an empty list is no value', TWO, [a({ k: [] }), b({ k: [] })], []],
    ['a list of nulls is none either', TWO, [a({ k: [null] }), b({ k: null })], []],
    ['no value is a key where it is optional', 'sequence by ?k [a where true] [b where true]', [a({ k: [] }), b({}), a({ k: [null] }), b({ k: null })], [': 0 1', ': 2 3']],
    ['with a value beside it null is none', 'sequence by ?k [a where true] [b where true]', [a({ k: ['a', null] }), b({}), b({ k: 'a' })], ['a: 0 2']],
    ['every combination of two fields', 'sequence by k, j [a where true] [b where true]', [a({ k: [1, 2], j: ['x', 'y'] }), b({ k: [1, 2], j: ['y', 'z'] })], ['1+y: 0 1', '2+y: 0 1']],
    ['of the fields of a sequence and of its terms', 'sequence by k [a where true] by p [b where true] by q', [a({ k: ['x', 'y'], p: [1, 2] }), b({ k: 'y', q: [2, 3] })], ['y+2: 0 1']],
    ['keys are apart from each other', TWO, [a({ k: ['a', 'b'] }), b({ k: 'a' }), a({ k: 'b' }), b({ k: ['a', 'b'] })], ['a: 0 1', 'b: 2 3']],
    ['until ends the keys it has', `${TWO} until [u where true]`, [a({ k: ['a', 'b', 'c'] }), u({ k: ['a', 'c'] }), b({ k: ['a', 'b', 'c'] })], ['b: 0 2']],
    ['a gap with another value is none', 'sequence by k with maxspan=1m [a where true] ![u where true] [b where true]', [a({ k: ['a', 'b'] }), u({ k: ['a', 'x'] }), b({ k: ['a', 'b'] })], ['b: 0 - 2']],
    ['a gap needs every key of the sequence', 'sequence by k, j with maxspan=1m [a where true] ![u where true] [b where true]', [a({ k: 1, j: 2 }), u({ k: [1, 9], j: [3] }), b({ k: 1, j: 2 })], ['1+2: 0 - 2']],
    ['a gap at the end', 'sequence by k with maxspan=1m [a where true] ![u where true]', [a({ k: ['a', 'b'] }), u({ k: 'a' })], ['b: 0 -']],
    ['with runs', 'sequence by k [a where true] with runs=2', [a({ k: ['a', 'b'] }), a({ k: ['b', 'c'] }), a({ k: ['c'] })], ['b: 0 1', 'c: 1 2']],
    ['an event takes part under one key here and under another there', 'sequence by k [any where event.category != "b"] [any where event.category != "a"]', [a({ k: 'x' }), u({ k: ['x', 'y'] }), b({ k: 'y' })], ['x: 0 1', 'y: 1 2']],
    ['a condition on the key holds for every term', 'sequence by k [a where k == "y"] [b where true]', [a({ k: ['x', 'y'] }), b({ k: 'x' }), b({ k: ['x', 'y'] })], ['x: 0 2', 'y: 0 2']],
    ['one name dotted and nested', 'sequence by k.j [a where true] [b where true]', [a({ 'k.j': 1, 'k': { j: 2 } }), b({ k: { j: 1 } })], ['1: 0 1']],
    ['addresses in one spelling', 'sequence by source.ip [a where true] [b where true]', [a({ source: { ip: ['::ffff:10.0.0.1', '10.0.0.1', 'fe80::1'] } }), b({ source: { ip: ['10.0.0.1', 'FE80:0::1'] } })], ['10.0.0.1: 0 1', 'fe80::1: 0 1']],
    ['types stay apart', TWO, [a({ k: [1, '2'] }), b({ k: ['1', 2] })], []],
  ])('%s', (_, query, events, found) => {
    expect(run(query, events)).toEqual(found)
  })

  test('as many combinations as the limit allows are joined, the same of the same values, and the answer says so', () => {
    const many = Array.from({ length: LIMITS.eqlKeyCombinations + 5 }, (_, i) => `v${String(i).padStart(5, '0')}`)
    const result = search({ query: TWO, size: 10_000 }, [{ '@timestamp': 1, ...a({ k: many }) }, { '@timestamp': 2, ...b({ k: many.toReversed() }) }])
    expect(result).toMatchObject({ is_partial: true, warnings: expect.arrayContaining([expect.stringMatching(/^truncated: 2 events have 1000 combinations of join keys or more/)]) as unknown })
    expect('hits' in result && result.hits.sequences).toHaveLength(LIMITS.eqlKeyCombinations)
    const sample = search({ query: 'sample by k [a where true] [b where true]', size: 1 }, [{ '@timestamp': 1, ...a({ k: many }) }, { '@timestamp': 2, ...b({ k: 'v00000' }) }])
    expect(sample).toMatchObject({ is_partial: true, hits: { sequences: [{ join_keys: ['v00000'] }] } })
  })
})

test('with several keys an event a rule answers what each key answers alone', () => {
  const events = fc.array(fc.record({ category: fc.constantFrom('a', 'b', 'u', 'g'), k: fc.oneof(fc.constant('x'), fc.array(fc.constantFrom('x', 'y', 'z', null, 'x'), { maxLength: 4 })) }), { maxLength: 12 })
  const queries = fc.constantFrom(
    'sequence by k with maxspan=5ms [a where true] [b where true] until [u where true]',
    'sequence by k with maxspan=5ms [a where true] ![g where true] [b where true]',
    'sequence by k with maxspan=5ms [a where true] with runs=2 ![g where true]',
    'sequence by k with maxspan=5ms ![g where true] [a where true] [b where true] until [u where true]',
  )
  const found = (query: string, list: readonly { category: string; k: unknown }[]): string[] => {
    const result = search({ query, size: 1_000 }, list.map(({ category, k }, i) => ({ '@timestamp': i, 'event': { category }, k })))
    return 'hits' in result ? result.hits.sequences!.map((s) => `${JSON.stringify(s.join_keys)} ${s.events.map((e) => e._id).join(' ')}`) : [result.error.reason]
  }
  fc.assert(
    fc.property(queries, events, (query, list) => {
      // Of one key at a time: events without it keep their place in time and take no part.
      const alone = ['x', 'y', 'z'].flatMap((key) => found(query, list.map(({ category, k }) => ({ category, k: [k].flat().includes(key) ? key : null }))))
      expect(found(query, list).toSorted()).toEqual(alone.toSorted())
    }),
    { numRuns: 2_000 },
  )
})
