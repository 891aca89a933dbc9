import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EcsEvent } from '@/lib/ecs/event'
import { compile, explain, explainEvent } from '@/lib/eql'
import type { CompiledQuery, ConditionTrace } from '@/lib/eql'

function query(source: string): CompiledQuery {
  const result = compile(source)
  if (!result.ok) throw new Error(result.diagnostics[0]?.message)
  return result.query
}

/** A trace in one line: `+` true, `-` false, `.` not evaluated. */
function line(trace: ConditionTrace): string {
  const mark = { true: '+', false: '-', 'not-evaluated': '.' }[trace.verdict]
  if (trace.children.length === 0) return `${mark}${trace.text}`
  return `${mark}${trace.kind}(${trace.children.map(line).join(' | ')})`
}

const CURL: EcsEvent = {
  '@timestamp': '2026-03-01T10:00:00.000Z',
  event: { category: ['process'], type: ['start'] },
  host: { id: 'h1' },
  process: { name: 'curl', executable: '/tmp/x/curl', entity_id: 'c', args: ['curl', '-s'], parent: { entity_id: 'p1' } },
}
const CONNECT: EcsEvent = {
  '@timestamp': '2026-03-01T10:00:00.300Z',
  event: { category: ['network'], action: 'connection_attempted' },
  host: { id: 'h1' },
  process: { parent: { entity_id: 'p1' } },
  destination: { ip: '169.254.169.254' },
}
const RULE = `sequence by host.id, process.parent.entity_id with maxspan=1s
  [process where event.type == "start" and process.name : ("wget", "cu*") and not process.executable : "/opt/*"]
  [network where destination.ip == "169.254.169.254"]`

describe('one event', () => {
  test('the tree has the actual values, the entry that decided, and what was not asked', () => {
    const { condition, matched, keys } = explainEvent(query(RULE), 0, CURL)
    expect(matched).toBe(true)
    expect(line(condition)).toBe('+and(+event.category == "process" | +event.type == "start" | +process.name : ("wget", "cu*") | +not(-process.executable : "/opt/*"))')
    const name = condition.children[2]!
    expect([name.fields, name.decidedBy]).toEqual([[{ field: 'process.name', value: 'curl' }], '"cu*"'])
    expect(keys).toEqual([
      { field: 'host.id', value: 'h1' },
      { field: 'process.parent.entity_id', value: 'p1' },
    ])
  })

  test('terms after the deciding one are marked, and spans point into the source', () => {
    const { condition } = explainEvent(query('process where a == 1 and (b == 2 or c == 3)'), 0, { event: { category: 'process' }, b: 2 })
    expect(line(condition)).toBe('-and(+event.category == "process" | -a == 1 | .or(.b == 2 | .c == 3))')
    const { start, end } = condition.children[2]!.children[1]!.span
    expect('process where a == 1 and (b == 2 or c == 3)'.slice(start, end)).toBe('c == 3')
  })

  test.each<readonly [condition: string, event: EcsEvent, distance: number, conditions: readonly (readonly [string, boolean])[]]>([
    ['a == 1 and b == 2', { a: 1 }, 1, [['b == 2', true]]],
    ['a == 1 and b == 2', {}, 2, [['a == 1', true], ['b == 2', true]]],
    ['a == 1 or (b == 2 and c == 3)', {}, 1, [['a == 1', true]]],
    ['not (a : "x*" and b == 2)', { a: 'xy', b: 2 }, 1, [['a : "x*"', false]]],
    ['a != 1', { a: 1 }, 1, [['a != 1', true]]],
    ['a == 1 and not b in (1, 2)', { a: 1, b: 2 }, 1, [['b in (1, 2)', false]]],
  ])('the nearest miss of %s', (condition, event, distance, conditions) => {
    const { nearestMiss } = explainEvent(query(`any where ${condition}`), 0, event)
    expect(nearestMiss?.distance).toBe(distance)
    expect(nearestMiss?.conditions.map((c) => [c.trace.text, c.wanted])).toEqual(conditions)
  })

  test('a constant cannot be missed', () => {
    expect(explainEvent(query('any where a == 1 and false'), 0, {}).nearestMiss).toBeNull()
  })

  test('keys that are absent are named', () => {
    const { matched, missingKeys } = explainEvent(query(RULE), 0, { ...CURL, host: {} })
    expect([matched, missingKeys]).toEqual([false, ['host.id']])
  })

  test.each([
    ['destination.ip in ("10.0.0.0/8", "169.254.0.0/16")', '"169.254.0.0/16"'],
    ['cidrMatch(destination.ip, "10.0.0.0/8", "169.254.0.0/16")', '"169.254.0.0/16"'],
    ['event.action like~ ("x", "CONNECTION_*")', '"CONNECTION_*"'],
    ['string(event.action) regex ("x.*", "con.*")', '"con.*"'],
    ['event.action == "connection_attempted"', null],
  ])('%s is decided by %s', (condition, entry) => {
    expect(explainEvent(query(`any where ${condition}`), 0, CONNECT).condition.decidedBy).toBe(entry)
  })
})

describe('a sequence', () => {
  test('a match has its steps with times and keys', () => {
    const told = explain(query(RULE), [CURL, CONNECT])
    expect(told.matched).toBe(true)
    expect(told.matches[0]?.steps.map((s) => [s.stage, s.event, s.sinceFirstMs, s.sincePreviousMs])).toEqual([
      [0, 0, 0, null],
      [1, 1, 300, 300],
    ])
    expect(told.matches[0]?.keys.map((k) => k.value)).toEqual(['h1', 'p1'])
    expect(told.stages.map((s) => s.candidates)).toEqual([[0], [1]])
  })

  const shifted = (time: string, event: EcsEvent): EcsEvent => ({ ...event, '@timestamp': `2026-03-01T${time}Z` })
  test.each<readonly [why: string, rule: string, events: readonly EcsEvent[], summary: string]>([
    ['too late', RULE, [CURL, shifted('10:00:01.250', CONNECT)], 'Every stage found events, but stage 2 came 1.25 s after the first event, maxspan is 1 s.'],
    [
      'one condition',
      RULE,
      [CURL, { ...CONNECT, destination: { ip: '169.254.169.123' } }],
      'No event satisfies stage 2; the nearest fails one condition only: destination.ip == "169.254.169.254" (its destination.ip is "169.254.169.123").',
    ],
    ['an absent field', RULE, [CURL, { ...CONNECT, destination: {} }], 'No event satisfies stage 2; the nearest fails one condition only: destination.ip == "169.254.169.254" (it has no destination.ip).'],
    ['another key', RULE, [CURL, { ...CONNECT, host: { id: 'h2' } }], 'Every stage found events, but none with the same host.id, process.parent.entity_id.'],
    ['no key', RULE, [CURL, { ...CONNECT, host: {} }], 'An event satisfies stage 2 but has no host.id to be joined by.'],
    ['the wrong order', RULE, [CURL, shifted('09:59:59.900', CONNECT)], 'Every stage found events, but not in the order asked for: stage 2, stage 1.'],
    [
      'until',
      `${RULE} until [file where true]`,
      [CURL, shifted('10:00:00.100', { ...CONNECT, event: { category: 'file' } }), CONNECT],
      'Every stage found events, but until was met 100 ms after stage 1.',
    ],
    [
      'what must not happen',
      'sequence with maxspan=1s [process where true] ![file where true] [network where true]',
      [CURL, shifted('10:00:00.100', { event: { category: 'file' } }), CONNECT],
      'Every stage found events, but an event of stage 2, which must not happen, was there.',
    ],
  ])('%s', (_, rule, events, summary) => {
    const told = explain(query(rule), events)
    expect(told.matched).toBe(false)
    expect(told.summary).toBe(summary)
  })
})

test('the trace says what the compiled query says, whatever the event', () => {
  const rules = [RULE, 'any where not (a == 1 or b : "x*") and c != null', 'process where a in (1, 2) or length(b) > 3'].map(query)
  const value = fc.oneof(fc.constantFrom('x', 'xyz', 1, 2, true, null, 'start', 'curl'), fc.array(fc.constantFrom('x', 1, 'long enough')))
  fc.assert(
    fc.property(fc.constantFrom(...rules), fc.dictionary(fc.constantFrom('a', 'b', 'c', 'event', 'process'), value), fc.boolean(), (rule, fields, categorised) => {
      const event: EcsEvent = categorised ? { ...fields, event: { category: 'process', type: 'start' } } : fields
      for (const stage of rule.stages) {
        const told = explainEvent(rule, stage.index, event)
        expect(told.condition.value).toBe(stage.matches(event))
        expect(told.nearestMiss === null).toBe(told.condition.value)
      }
    }),
  )
})
