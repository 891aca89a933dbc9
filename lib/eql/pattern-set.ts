import { foldAscii } from '@/lib/lang/ascii-fold'
import { compileShape, wildcardShape } from '@/lib/lang/wildcard'
import type { TextTest, WildcardShape } from '@/lib/lang/wildcard'
import { invariant } from '@/lib/invariant'
import type { MatchOp } from './ast'
import { compileLuceneRegex } from './lucene-regex'

/** The list on the right of `:`, `like` or `regex`, compiled: one question to a text, whatever the length of the list. */
export interface PatternSet {
  readonly test: TextTest
  /** Which entry of the list accepts the text, or -1: what an explanation shows. */
  readonly which: (text: string) => number
  /** What the patterns are, folded if case is ignored; null for regular expressions. */
  readonly shapes: readonly WildcardShape[] | null
  readonly ignoreCase: boolean
}

export function compilePatterns(op: MatchOp, patterns: readonly string[]): PatternSet {
  const ignoreCase = op === ':' || op === 'like~' || op === 'regex~'
  return op === 'regex' || op === 'regex~' ? regexSet(patterns, ignoreCase) : wildcardSet(patterns, ignoreCase)
}

function regexSet(patterns: readonly string[], ignoreCase: boolean): PatternSet {
  const automata = patterns.map((p) => {
    const compiled = compileLuceneRegex(p, { ignoreCase })
    invariant(compiled.ok, 'the checker lets no bad pattern through')
    return compiled.automaton
  })
  const which = (text: string) => automata.findIndex((a) => a.test(text))
  return { test: (text) => which(text) >= 0, which, shapes: null, ignoreCase }
}

function wildcardSet(patterns: readonly string[], ignoreCase: boolean): PatternSet {
  const shapes = patterns.map((p) => wildcardShape(ignoreCase ? foldAscii(p) : p))
  const exact = new Set<string>()
  const tests: TextTest[] = []
  for (const shape of shapes) {
    if (shape.kind === 'exact') exact.add(shape.text)
    else tests.push(compileShape(shape))
  }
  const [only] = exact
  const [first] = tests
  let folded: TextTest
  if (tests.length === 0) folded = exact.size === 1 && only !== undefined ? (text) => text === only : (text) => exact.has(text)
  else if (exact.size === 0) folded = tests.length === 1 && first ? first : (text) => someTest(tests, text)
  else folded = (text) => exact.has(text) || someTest(tests, text)
  return {
    test: ignoreCase ? (text) => folded(foldAscii(text)) : folded,
    which: (text) => {
      const seen = ignoreCase ? foldAscii(text) : text
      return shapes.findIndex((s) => compileShape(s)(seen))
    },
    shapes,
    ignoreCase,
  }
}

function someTest(tests: readonly TextTest[], text: string): boolean {
  for (const test of tests) if (test(text)) return true
  return false
}
