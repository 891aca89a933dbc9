import { foldAscii } from '@/lib/lang/ascii-fold'
import { starTest } from './pattern'
import type { MatcherResult, TextTest } from './pattern'

/** `**` as an element of its own in the middle of a pattern. */
export const DEEP_PATTERN = 'deep-pattern'

/**
 * A pattern of a path, element by element: `*` is any run within one element, `**` as the last element is any number of
 * elements, at least one. A leading `*` element is `/*`. Without a star the path must be the pattern.
 */
export function compileGlob(pattern: string, ignoreCase = false): MatcherResult {
  const elements = pattern.split('/')
  const misplaced = elements.some((e, i) => (e === '**' && i + 1 < elements.length) || (e !== '**' && e.includes('**')))
  if (misplaced) {
    // Published policies have `/a/**/b`, which agents that read them may know and the language as it is specified does not.
    const deep = elements.every((e, i) => !e.includes('**') || (e === '**' && i > 0))
    return { ok: false, message: '[**] is allowed only at the end of patterns, as an element of its own', ...(deep ? { code: DEEP_PATTERN } : {}) }
  }
  if (!pattern.includes('*')) {
    const folded = ignoreCase ? foldAscii(pattern) : pattern
    return { ok: true, test: ignoreCase ? (path) => foldAscii(path) === folded : (path) => path === folded }
  }
  return { ok: true, test: globTest(elements, ignoreCase) }
}

function globTest(elements: readonly string[], ignoreCase: boolean): TextTest {
  const rooted = elements[0] === '*'
  const deep = elements.at(-1) === '**'
  const count = elements.length
  const tests = elements.map((e) => (e === '*' || e === '**' ? null : starTest(e, ignoreCase)))
  return (path) => {
    const text = rooted ? path.slice(1) : path
    if (text === '') return false
    let start = 0
    for (let i = 0; i < count; i++) {
      const last = i + 1 === count
      const slash = text.indexOf('/', start)
      // Once the elements before it match, `**` takes whatever is left.
      if (last && deep) return slash >= 0 || start < text.length
      if (last !== slash < 0) return false
      const part = slash < 0 ? text.slice(start) : text.slice(start, slash)
      // A path that ends in a slash has an empty last element: a directory's content as a whole, which only `*` stands for.
      if (last && part === '') return elements[i] === '*'
      const test = tests[i]
      if (test && !test(part)) return false
      start = slash + 1
    }
    return true
  }
}
