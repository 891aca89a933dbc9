/** What someone probably did not mean by a condition, said in the editor and by `exceptions preview` alike. Pure. */
import { unreachable } from '@/lib/invariant'
import { parseEscapedPattern } from '@/lib/lang/escaped-wildcard'
import type { ExceptionEntry } from './schema'

/** A hint about one condition, or null. The condition can be saved all the same. */
export function conditionHint(entry: ExceptionEntry): string | null {
  switch (entry.type) {
    case 'exists':
      return null
    case 'match':
      if (entry.value.includes('*')) return 'Here * is only a star. For any text choose “matches”.'
      return spaceHint(entry.value)
    case 'match_any':
      return entry.value.some((one) => one.includes('*')) ? 'Here * is only a star; patterns take a condition of their own with “matches”.' : null
    case 'wildcard': {
      if (entry.value === '') return null
      const { hasJoker, hasNeedlessEscape } = parseEscapedPattern(entry.value)
      if (hasNeedlessEscape) return 'In a pattern a backslash only makes the next character an ordinary one. Write \\\\ for a backslash.'
      return hasJoker ? spaceHint(entry.value) : 'Without * or ? this is the same as “is”.'
    }
    default:
      return unreachable(entry)
  }
}

function spaceHint(value: string): string | null {
  return value === value.trim() ? null : 'The value begins or ends with a space.'
}
