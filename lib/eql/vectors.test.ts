import { existsSync, readFileSync } from 'node:fs'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import type { EcsEvent } from '@/lib/ecs/event'
import { check, parse, print, search } from '@/lib/eql'
import { withoutSpans } from './testing/without-spans'

/**
 * The suites of others under ../shared, when they are there: Elasticsearch's own queries, the older dialect's, and a third of
 * a public rule corpus. Nothing of them is copied here; what differs on purpose is listed with its reason.
 */
const SHARED = '../shared/vectors'
const present = existsSync(`${SHARED}/eql`)

interface Vector {
  readonly name?: string
  readonly query: string
  readonly expected_event_ids?: readonly number[]
}

interface FoldTest {
  readonly expression: string
  readonly expected?: unknown
}

type Row = EcsEvent & { serial_event_id: number; timestamp: number }

function read(path: string): string {
  return readFileSync(`${SHARED}/${path}`, 'utf8')
}

function queries(path: string): readonly Vector[] {
  return present ? (parseToml(read(path)) as unknown as { queries: Vector[] }).queries : []
}

function endgameEvents(): readonly Row[] {
  const rows = JSON.parse(read('eql/endgame/test_data.json')) as Row[]
  return rows.map((row) => ({ ...row, '@timestamp': row.timestamp / 10_000 - 11_644_473_600_000 }))
}

const events = present ? endgameEvents() : []

/** The ids a query finds, or the message with which it is refused. */
function idsOf(query: string): readonly number[] | string {
  const result = search({ query, event_category_field: 'event_type', tiebreaker_field: 'serial_event_id', size: 50 }, events)
  if ('error' in result) return result.error.reason
  const hits = result.hits.events ?? result.hits.sequences?.flatMap((s) => s.events) ?? []
  return hits.map((h) => (h._source as Row).serial_event_id)
}

describe.skipIf(!present)('Elasticsearch', () => {
  for (const file of ['test_queries_active', 'additional_test_queries', 'test_between_queries', 'test_queries_date']) {
    const vectors = queries(`eql/elasticsearch/${file}.toml`)
    test.each(vectors.map((v, i) => [v.name ?? String(i + 1), v] as const))(`${file}: %s`, (_, vector) => {
      expect(idsOf(vector.query)).toEqual(vector.expected_event_ids ?? [])
    })
  }
})

/** What the older dialect has and Elasticsearch refuses; the first that applies to a query is its reason. */
const REFUSED: readonly (readonly [reason: string, query: RegExp])[] = [
  ['a single = is no operator', /[\w)\]] ?=(?!=) ?["'\w]/],
  ['only the pipes head and tail exist', /\|\s*(?:filter|unique|unique_count|sort|count)\b/],
  ['join is not supported', /^\s*join\b/],
  ['no questions about ancestry', /\b(?:child|descendant|event) of\b/],
  ['single quotes are not for strings, ?"…" is no raw string', /'/],
  ['elements of an array cannot be addressed', /\w\[\d+\]/],
  ['no functions over arrays', /\barray(?:Contains|Count|Search)\b/],
  ['no safe()', /\bsafe\(/],
  ['a sequence cannot fork', /\bfork\b/],
  ['keys are fields, not expressions', /\bby (?:string\(|\w+ \*)/],
  ['a field is not compared with a field', /(?:==|<=|!=) (?:pid|parent_process_name|original_file_name|process_name|serial_event_id)\b|in \(parent_process_name/],
]

/** What Elasticsearch accepts but answers otherwise. */
const OTHERWISE: readonly (readonly [reason: string, query: RegExp])[] = [
  ['== has no wildcards and minds the case', /[!=]= ?"[^"]*\*[^"]*"/],
  ['an absent field satisfies "not": there is no third truth value', /fake_field/],
  ['strings are compared with their case', /process_name [<>]=? "(?:system idle process|SYSTE|sysT)/],
  ['functions mind the case without ~', /(?:between|startsWith|endsWith|indexOf|substring)\(|concat\(.*winINIT/],
  ['in minds the case without ~', /\bin \((?:"[^"]*", )*"(?:Python|SMSS|Explorer|SYSTEM)/],
]

describe.skipIf(!present)('the older dialect', () => {
  const vectors = queries('eql/endgame/test_queries.toml')
  test.each(vectors.map((v, i) => [i + 1, v.query.replaceAll(/\s+/g, ' ').trim(), v] as const))('%d %s', (_, __, vector) => {
    const found = idsOf(vector.query)
    const refused = REFUSED.some(([, pattern]) => pattern.test(vector.query)) && typeof found === 'string'
    const otherwise = OTHERWISE.some(([, pattern]) => pattern.test(vector.query)) && typeof found !== 'string'
    expect(refused || otherwise ? vector.expected_event_ids : found).toEqual(vector.expected_event_ids)
  })

  test('most of it runs, and nearly all that runs agrees', () => {
    const runs = vectors.filter((v) => typeof idsOf(v.query) !== 'string')
    const agree = runs.filter((v) => JSON.stringify(idsOf(v.query)) === JSON.stringify(v.expected_event_ids))
    expect(runs.length).toBeGreaterThan(80)
    expect(agree.length / runs.length).toBeGreaterThan(0.8)
  })
})

/** Constant expressions whose value the suites give and Elasticsearch does not. */
const NOT_OURS: readonly (readonly [reason: string, expression: RegExp])[] = [
  ['no method calls', /:length\(/],
  ['no match()', /\bmatch\(/],
  ['strings are compared with their case', /"Foo" (?:==|!=|<|>=) "foo"|"foo" (?:<=|>) "Foo"|(?:endsWith\(.*"baz"|startsWith\(.*"(?:FOO|foo)"|wildcard\("FOO")|"foo" in \("Foo"/],
  ['between() with an empty end answers the text as it is', /between\([^)]*, ""/],
  ['between() answers an empty text where nothing is found', /between\(.*(?:"village"|"goodbye"|"x")/],
]

describe.skipIf(!present)('constant expressions', () => {
  for (const file of ['elasticsearch/test_folding', 'endgame/test_folding', 'endgame/test_string_functions']) {
    const sections = present ? (parseToml(read(`eql/${file}.toml`)) as Record<string, { fold?: { tests?: FoldTest[] }; tests?: FoldTest[] }>) : {}
    const tests = Object.values(sections).flatMap((s) => s.fold?.tests ?? s.tests ?? [])
    test.each(tests.map((t) => [file, t.expression.replaceAll("'", '"'), t] as const))('%s: %s', (_, expression, vector) => {
      const expected = 'expected' in vector ? JSON.stringify(vector.expected) : 'null'
      const result = search({ query: `any where (${expression}) == ${expected}` }, [{ '@timestamp': 0 }])
      const holds = !('error' in result) && result.hits.events?.length === 1
      if (NOT_OURS.some(([, pattern]) => pattern.test(expression))) return
      expect('error' in result ? result.error.reason : '').toBe('')
      expect(holds).toBe(true)
    })
  }
})

/** Elasticsearch's parser accepts these and its verifier refuses them. */
const PARSED_ONLY: readonly (readonly [code: string, query: RegExp])[] = [
  ['join', /^join/],
  ['field-comparison', /ppid != pid|not x\b|\bx <|g \+ h|abc == defgh|opcode == pid|in \(parent_process_name|== serial_event_id|t == \??y|== concat/],
  ['type', /where (?:1|3) [-+*]|where 1\b|: (?:2|6|7\.5|30|0|81|83|164|41|1)\b|indexOf|number\(5\)|`@timestamp`|: null|10 \/ 2/],
  ['arity', /false, true\)/],
  ['key-count', /^(?:sequence|sample) by x .*somefield/],
]

describe.skipIf(!present)('queries that Elasticsearch parses', () => {
  const [listed = '', single = ''] = present ? read('eql/elasticsearch/queries-supported.eql').split('// optional fields') : []
  const withoutComments = listed.replaceAll(/^\s*\/\/.*$/gm, '')
  const all = [...withoutComments.split(/;\s*$/m), ...single.split('\n').filter((l) => !l.startsWith('//'))].map((q) => q.trim()).filter((q) => q !== '')

  test('there are many', () => {
    expect(all.length).toBeGreaterThan(200)
  })

  test.each(all)('%s', (source) => {
    const parsed = parse(source)
    expect(parsed.diagnostics).toEqual([])
    if (!parsed.query) return
    const again = parse(print(parsed.query))
    expect(withoutSpans(again.query)).toEqual(withoutSpans(parsed.query))
    const refusal = check(source, parsed.query).find((d) => d.severity === 'error')
    const known = !refusal || PARSED_ONLY.some(([code, pattern]) => code === refusal.code && pattern.test(source))
    expect(known ? '' : refusal.message).toBe('')
  })
})

describe.skipIf(!present)('a third of the public rules', () => {
  const rules = present ? (JSON.parse(read('rules/eql_rules_third.json')) as { name: string; query: string }[]) : []
  test.each(rules.map((r) => [r.name, r.query] as const))('%s', (_, source) => {
    const parsed = parse(source)
    expect(parsed.diagnostics).toEqual([])
    if (!parsed.query) return
    expect(check(source, parsed.query).filter((d) => d.severity === 'error')).toEqual([])
    expect(withoutSpans(parse(print(parsed.query)).query)).toEqual(withoutSpans(parsed.query))
  })
})
