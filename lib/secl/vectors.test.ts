import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadPolicy, parse, parseMacro, parsePolicy, print, runRequest } from '@/lib/secl'
import { compileGlob } from './glob'
import { compilePattern } from './pattern'
import { compileRegex } from './regex'
import { withoutSpans } from './testing/without-spans'

/** The vectors of others under ../shared, when they are there. Nothing of them is copied here. */
const SHARED = '../shared/vectors/secl'
const present = existsSync(SHARED)

interface Vector {
  readonly group: string
  readonly mode: 'eval' | 'compiles' | 'error_column' | 'glob' | 'glob_valid' | 'pattern' | 'matcher'
  readonly expr: string
  readonly expected: boolean | number
  readonly needs?: Readonly<Record<string, unknown>>
  readonly type?: 'scalar' | 'pattern' | 'glob' | 'regexp'
  readonly pattern: string
  readonly input: string
  readonly case_insensitive?: boolean
}

const vectors = present ? (JSON.parse(readFileSync(`${SHARED}/secl_vectors_half.json`, 'utf8')) as { vectors: Vector[] }).vectors : []
const NOW = 1_790_000_000_000_000_000n

function answer(vector: Vector): boolean | number | string {
  const compile = { scalar: null, pattern: compilePattern, glob: compileGlob, regexp: compileRegex }
  switch (vector.mode) {
    case 'eval':
    case 'compiles':
    case 'error_column': {
      const response = runRequest({ expr: vector.expr, needs: vector.needs }, NOW)
      if (vector.mode === 'compiles') return !('error' in response)
      if (vector.mode === 'error_column') return 'error' in response ? response.error.column : 'no error'
      return 'error' in response ? response.error.message : response.result
    }
    case 'glob':
    case 'pattern':
    case 'matcher': {
      const kind = vector.mode === 'matcher' ? (vector.type ?? 'scalar') : vector.mode
      const make = compile[kind]
      if (!make) return vector.case_insensitive ? vector.pattern.toLowerCase() === vector.input.toLowerCase() : vector.pattern === vector.input
      const matcher = make(vector.pattern, vector.case_insensitive ?? false)
      return matcher.ok ? matcher.test(vector.input) : matcher.message
    }
    case 'glob_valid':
      return compileGlob(vector.pattern).ok
    default:
      return 'unknown mode'
  }
}

describe.skipIf(!present)('the reference implementation', () => {
  test.each(vectors.map((v, i) => [`${i} ${v.group}: ${v.expr ?? `${v.pattern} ~ ${v.input}`}`, v] as const))('%s', (_, vector) => {
    expect(answer(vector)).toBe(vector.expected)
  })
})

describe.skipIf(!present)('the default policy', () => {
  const { policy } = present ? parsePolicy(readFileSync(`${SHARED}/default.policy`, 'utf8')) : { policy: null }
  const loaded = policy ? loadPolicy(policy) : { rules: [], macros: [] }
  const states = (wanted: string) => loaded.rules.filter((r) => r.state === wanted)

  test('all 369 expressions have a state, and none is an error', () => {
    expect([loaded.rules.length, loaded.macros.length]).toEqual([319, 50])
    expect([...loaded.rules, ...loaded.macros].filter((e) => e.state === 'error')).toEqual([])
    expect(loaded.macros.filter((m) => m.state !== 'loaded')).toEqual([])
  })

  test('every one of them is printed and read again as the same tree', () => {
    const sources = [...(policy?.rules ?? []), ...(policy?.macros ?? [])].flatMap((e) => (e.ok && e.value.expression ? [e.value.expression] : []))
    expect(sources).toHaveLength(369)
    for (const source of sources) {
      const read = source.trimStart().startsWith('[') ? parseMacro : parse
      const { expr, diagnostics } = read(source)
      expect([source, diagnostics]).toEqual([source, []])
      expect(withoutSpans(read(print(expr!)).expr)).toEqual(withoutSpans(expr))
    }
  })

  test('what is not loaded says why and where', () => {
    for (const rule of states('unsupported')) expect([rule.id, rule.reason, rule.column]).toEqual([rule.id, expect.any(String), expect.any(Number)])
    for (const rule of states('filtered')) expect([rule.id, rule.reason]).toEqual([rule.id, expect.any(String)])
    expect(states('loaded').length).toBeGreaterThan(100)
  })

  test('no expression mixes && and || without parentheses', () => {
    expect(loaded.rules.filter((r) => r.diagnostics.some((d) => d.code === 'mixed-operators'))).toEqual([])
  })
})
