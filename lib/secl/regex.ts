import { RE2JS } from 're2js'
import { LIMITS } from '@/lib/limits'
import type { MatcherResult } from './pattern'

/**
 * A regular expression as Go's `regexp` reads it: RE2's syntax, found anywhere in the text, in time proportional to the
 * text. Look-arounds and back-references are refused.
 */
export function compileRegex(pattern: string, ignoreCase = false): MatcherResult {
  if (pattern.length > LIMITS.seclRegexLength) {
    return { ok: false, message: `the regular expression has ${pattern.length} characters; at most ${LIMITS.seclRegexLength} are accepted` }
  }
  try {
    const compiled = RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
    return { ok: true, test: (text) => compiled.test(text) }
  } catch (error) {
    // The library throws only on syntax; its message names the part that is wrong.
    return { ok: false, message: `the regular expression is refused: ${error instanceof Error ? error.message : String(error)}` }
  }
}
