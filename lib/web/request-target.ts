import { LIMITS } from '@/lib/limits'

/** Why a request's target is not served; null when it is. */
export interface TargetProblem {
  readonly status: 400 | 414
  readonly message: string
}

/** Visible ASCII, as RFC 3986 has it; everything else is sent percent-encoded. */
const CHARACTERS = /^[\u0021-\u007e]*$/
const BROKEN_ESCAPE = /%(?![0-9a-fA-F]{2})/
const DOTS = /^(?:\.|%2e){1,2}$/i

function isUtf8(part: string): boolean {
  try {
    decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}

/**
 * Whether a path with its query can be read in one way only. What routes, pages and actions do with a target that cannot be decoded
 * is theirs, and some of them fail on it: it is refused before they see it.
 */
export function targetProblem(target: string): TargetProblem | null {
  const bad = (message: string): TargetProblem => ({ status: 400, message })
  if (target.length > LIMITS.targetBytes) return { status: 414, message: `The address has more than ${LIMITS.targetBytes.toLocaleString('en')} characters.` }
  // The absolute form (`GET http://other/`) carries a second host that Next might prefer; `//other` reads as one in a redirect.
  if (!target.startsWith('/') || target.startsWith('//') || target.startsWith('/\\')) return bad('The request target must be a path.')
  if (!CHARACTERS.test(target) || target.includes('#')) return bad('The address has characters that must be percent-encoded.')
  if (BROKEN_ESCAPE.test(target)) return bad('The address has a percent sign that two hexadecimal digits do not follow. Write a percent sign as %25.')
  const [path = '', ...query] = target.split('?')
  if (!isUtf8(path) || !isUtf8(query.join('?'))) return bad('The address has percent-encoded bytes that are not UTF-8.')
  if (/%00/.test(target)) return bad('The address has a NUL character.')
  if (path.split('/').some((segment) => DOTS.test(segment))) return bad('The path has a segment of dots. Name what it leads to.')
  return null
}
