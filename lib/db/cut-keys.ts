import { LIMITS } from '@/lib/limits'

interface KeyedHit {
  readonly rule: number
  readonly stage: number
  readonly key: string
}

const NONE: readonly KeyedHit[] = []

/**
 * Of the hits of one event, one for each rule and stage under which it stands for as many keys as are made: there may be more,
 * under which it is not joined.
 */
export function cutKeys(hits: readonly KeyedHit[]): readonly KeyedHit[] {
  if (hits.length < LIMITS.eqlKeyCombinations) return NONE
  const counted = new Map<string, { readonly first: KeyedHit; n: number }>()
  for (const hit of hits) {
    const name = `${hit.rule} ${hit.stage}`
    const known = counted.get(name)
    if (known) known.n++
    else counted.set(name, { first: hit, n: 1 })
  }
  return [...counted.values()].filter(({ n }) => n >= LIMITS.eqlKeyCombinations).map(({ first }) => first)
}
