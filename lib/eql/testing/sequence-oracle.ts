/* oxlint-disable typescript/no-non-null-assertion -- only tests import this; an undefined must fail them */
import type { SequenceHit, SequenceShape } from '@/lib/eql/sequence'

/**
 * Sequences by brute force, written apart from the machine: stage after stage over all hits, every pending sequence kept,
 * as Elasticsearch's batch execution does it. Slow and plain on purpose.
 */
export function oracle(shape: SequenceShape, hits: readonly SequenceHit<string>[]): readonly string[] {
  const before = (a: SequenceHit<string>, b: SequenceHit<string>): boolean => {
    if (a.ts !== b.ts) return a.ts < b.ts
    if ((a.tsNs ?? 0) !== (b.tsNs ?? 0)) return (a.tsNs ?? 0) < (b.tsNs ?? 0)
    if (a.tiebreaker !== b.tiebreaker) {
      if (a.tiebreaker === null) return false
      if (b.tiebreaker === null) return true
      return a.tiebreaker < b.tiebreaker
    }
    return a.order < b.order
  }
  const nanos = (a: SequenceHit<string>): bigint => BigInt(a.ts) * 1_000_000n + BigInt(a.tsNs ?? 0)
  const slots = shape.stages.flatMap((s) => Array.from({ length: s.runs }, () => s))
  const positive = slots.filter((s) => !s.missing)
  const results: SequenceHit<string>[][] = []

  for (const key of new Set(hits.map((h) => h.key))) {
    const own = hits.filter((h) => h.key === key)
    const untils = own.filter((h) => h.stage === -1)
    let pending: SequenceHit<string>[][] = []
    for (const [rank, slot] of positive.entries()) {
      const arrivals = own.filter((h) => h.stage === slot.index).sort((a, b) => (before(a, b) ? -1 : 1))
      if (rank === 0) {
        pending = arrivals.map((h) => [h])
        continue
      }
      const next: SequenceHit<string>[][] = []
      for (const hit of arrivals) {
        const candidates = pending.filter((p) => before(p.at(-1)!, hit))
        if (candidates.length === 0) continue
        const newest = candidates.reduce((a, b) => (before(a.at(-1)!, b.at(-1)!) ? b : a))
        pending = pending.filter((p) => before(newest.at(-1)!, p.at(-1)!))
        if (shape.maxspanMs !== null && nanos(hit) - nanos(newest[0]!) > BigInt(shape.maxspanMs) * 1_000_000n) continue
        const earlier = untils.filter((u) => before(u, hit))
        const lastUntil = earlier.length === 0 ? null : earlier.reduce((a, b) => (before(a, b) ? b : a))
        if (lastUntil && !before(lastUntil, newest.at(-1)!)) continue
        next.push([...newest, hit])
      }
      pending = next
    }
    results.push(...pending.filter((p) => allowed(shape, slots, p, own)))
  }
  results.sort((a, b) => (before(a.at(-1)!, b.at(-1)!) ? -1 : before(b.at(-1)!, a.at(-1)!) ? 1 : a[0]!.key < b[0]!.key ? -1 : a[0]!.key > b[0]!.key ? 1 : 0))
  return results.map((r) => r.map((h) => h.event).join(' '))
}

/** The rule for missing events, by the letter of the specification. */
function allowed(
  shape: SequenceShape,
  slots: SequenceShape['stages'],
  sequence: readonly SequenceHit<string>[],
  own: readonly SequenceHit<string>[],
): boolean {
  const first = sequence[0]!
  const last = sequence.at(-1)!
  const maxspan = shape.maxspanMs ?? 0
  const leading: number[] = []
  const trailing: number[] = []
  let rank = -1
  for (const [i, slot] of slots.entries()) {
    if (!slot.missing) {
      rank++
      continue
    }
    const times = own.filter((h) => h.stage === slot.index).map((h) => h.ts)
    const isLeading = slots.slice(0, i).every((s) => s.missing)
    const isTrailing = slots.slice(i).every((s) => s.missing)
    if (isLeading) leading.push(...times.filter((t) => t < first.ts))
    else if (isTrailing) trailing.push(...times.filter((t) => t > last.ts))
    else if (times.some((t) => t > sequence[rank]!.ts && t < sequence[rank + 1]!.ts)) return false
  }
  const L = leading.length > 0 ? Math.max(...leading) : null
  const T = trailing.length > 0 ? Math.min(...trailing) : null
  if (L === null && T === null) return true
  const starts = slots[0]!.missing
  const ends = slots.at(-1)!.missing
  if (starts && ends) return L === null || T === null || T - L > maxspan
  if (starts) return L === null || last.ts - L > maxspan
  return T === null || T - first.ts > maxspan
}
