import { asRefusal } from '@/lib/errors'

/** On the global object: what Next reports errors to and what answers pages are modules of their own. */
const REFUSALS = Symbol.for('linklocal.page-refusals')
const KEPT = 100
/** Digests are Next's, of what was thrown. */
const DIGEST = /^[\w@:-]{1,80}$/

function known(): Map<string, string> {
  const found: unknown = Reflect.get(globalThis, REFUSALS)
  if (found instanceof Map) return found as Map<string, string>
  const made = new Map<string, string>()
  Reflect.set(globalThis, REFUSALS, made)
  return made
}

/** A page that threw gets a digest alone in the browser. What it threw is kept under it, where it is meant for users. */
export function keepRefusal(error: unknown): void {
  const refusal = asRefusal(error)
  if (refusal === null || !(error instanceof Error) || !('digest' in error)) return
  const refusals = known()
  refusals.delete(String(error.digest))
  refusals.set(String(error.digest), refusal.message)
  const oldest = refusals.keys().next().value
  if (refusals.size > KEPT && oldest !== undefined) refusals.delete(oldest)
}

/** Why a page could not be shown, for its user; null for what is found in the log alone. */
export function refusalOf(digest: string): string | null {
  return DIGEST.test(digest) ? (known().get(digest) ?? null) : null
}
