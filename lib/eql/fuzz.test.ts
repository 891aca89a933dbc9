import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compile, compileRuleSet, explain, openSearch, parse, print, search } from '@/lib/eql'
import { eventArbitrary, queryArbitrary } from './testing/query-arbitrary'
import { withoutSpans } from './testing/without-spans'

/** No input may throw: an author's mistake is a diagnostic, and odd data is no match. */

/** Parses, checks and compiles; a failure must have said why, at a place inside the text. */
function survives(source: string): boolean {
  const result = compile(source)
  const lines = source.split(/\r\n|\r|\n/).length
  for (const d of result.diagnostics) {
    if (d.message === '' || d.line < 1 || d.line > lines || d.column < 1 || d.length < 1 || d.offset > source.length) throw new Error(`a diagnostic out of place: ${JSON.stringify(d)}`)
  }
  if (!result.ok && !result.diagnostics.some((d) => d.severity === 'error')) throw new Error('refused without a reason')
  return result.ok
}

/** Small and fast, so that many inputs fit in a test run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}

const PIECES = [
  'process', 'any', 'where', 'sequence', 'sample', 'by', 'with', 'maxspan', '=', 'runs', 'until', 'and', 'or', 'not', 'in', 'in~', 'like', 'regex', ':', '==', '!=', '<', '>=', '+', '-', '*', '/', '%',
  '(', ')', '[', ']', '![', ',', '.', '|', 'head', 'tail', 'count', '?', '"x*"', '"', "'y'", '"""r"""', '`q`', '`', '1', '2.5', '1s', 'true', 'null', 'a', 'process.name', 'length', 'concat', 'cidrMatch', '\n', '\t', ' ', '//c\n', '/*', '*/', '\\', '\u0000', '\u{1F600}', 'é', '!', '&&', '=~', '~', '#', '^',
]

describe('a hundred thousand inputs', () => {
  test('words of the language in any order', () => {
    const next = random(1)
    let fine = 0
    for (let i = 0; i < 58_000; i++) {
      let source = next() < 0.5 ? 'process where ' : ''
      for (let n = Math.floor(next() * 14); n >= 0; n--) source += PIECES[Math.floor(next() * PIECES.length)]! + (next() < 0.7 ? ' ' : '')
      if (survives(source)) fine++
    }
    expect(fine).toBeGreaterThan(0)
  })

  test('bytes', () => {
    const next = random(2)
    for (let i = 0; i < 30_000; i++) {
      let source = ''
      for (let n = Math.floor(next() * 40); n > 0; n--) source += String.fromCharCode(Math.floor(next() * (next() < 0.9 ? 128 : 65_536)))
      survives(source)
    }
    expect(survives('any where true')).toBe(true)
  })

  test('a real rule with pieces cut out, doubled and put in', () => {
    const rule = 'sequence by host.id, process.parent.entity_id with maxspan=1s\n[process where event.type == "start" and process.name : ("curl", "py*") and not (process.pid + 1 > 4 or length(process.name) in (1, 2))]\n[network where cidrMatch(destination.ip, "10.0.0.0/8")] with runs=2\nuntil [any where a regex """x{1,3}"""] | head 5'
    const next = random(3)
    for (let i = 0; i < 9_000; i++) {
      let source = rule
      for (let n = Math.floor(next() * 3); n >= 0; n--) {
        const at = Math.floor(next() * source.length)
        const length = Math.floor(next() * 8)
        const put = next() < 0.5 ? PIECES[Math.floor(next() * PIECES.length)]! : source.slice(at, at + length * 2)
        source = source.slice(0, at) + put + source.slice(at + length)
      }
      survives(source)
    }
    expect(survives('any where true')).toBe(true)
  })

  test('queries by the grammar, printed and parsed again, run and explained', () => {
    fc.assert(
      fc.property(queryArbitrary, fc.array(eventArbitrary, { maxLength: 3 }), (source, events) => {
        survives(source)
        const { query } = parse(source)
        if (!query) return
        const printed = print(query)
        expect(withoutSpans(parse(printed).query)).toEqual(withoutSpans(query))
        expect(print(parse(printed).query!)).toBe(printed)
        const result = compile(source)
        if (!result.ok) return
        search({ query: source }, events)
        explain(result.query, events)
      }),
      { numRuns: 4_000 },
    )
  })
})

test('a set of rules answers what its rules answer one by one', () => {
  fc.assert(
    fc.property(fc.array(queryArbitrary, { minLength: 1, maxLength: 12 }), fc.array(eventArbitrary, { maxLength: 6 }), (sources, events) => {
      const rules = sources.flatMap((source, i) => {
        const result = compile(source)
        return result.ok ? [{ id: String(i), query: result.query }] : []
      })
      const set = compileRuleSet(rules)
      for (const event of events) {
        const expected = rules.flatMap(({ id, query }) =>
          [...query.stages, ...(query.until ? [query.until] : [])].flatMap((stage) => {
            const keys = stage.matches(event) ? stage.keys(event) : []
            return keys.map((one) => ({ rule: id, stage: stage.index, keys: one }))
          }),
        )
        expect(set.match(event)).toEqual(expected)
      }
    }),
    { numRuns: 600 },
  )
})

test('events as deep as they please', () => {
  let deep: unknown = 'x'
  for (let i = 0; i < 50_000; i++) deep = [deep]
  let objects: unknown = 'x'
  for (let i = 0; i < 50_000; i++) objects = { a: objects }
  const opened = openSearch({ query: 'any where a == "x" or a.b : "x*" or a == null or length(a) > 1' })
  if ('error' in opened) throw new Error(opened.error.reason)
  for (const a of [deep, objects]) opened.add({ '@timestamp': 1, a }, { index: 'i', id: '1' })
  expect(opened.finish().timed_out).toBe(false)
})
