import { compareText } from '@/lib/lang/text-order'
import { LIMITS } from '@/lib/limits'
import { UNTIL_STAGE } from './compile'
import type { CompiledQuery } from './compile'

/**
 * An event that satisfies a stage. Its place in time is (ts, tsNs, tiebreaker, order): milliseconds, the nanoseconds within
 * the millisecond, the source's own counter (an event with one comes before an event without), and the order of arrival.
 * Hits of one event carry the same four.
 */
export interface SequenceHit<E> {
  /** The term's index; -1 is `until`. */
  readonly stage: number
  readonly key: string
  readonly ts: number
  readonly tsNs?: number
  readonly tiebreaker: number | string | null
  readonly order: number
  readonly event: E
}

export interface SequenceMatch<E> {
  /** One a position: a term with `runs` takes several, a missing event is null (as often as its `runs` say). */
  readonly events: readonly (E | null)[]
  readonly hits: readonly (SequenceHit<E> | null)[]
  readonly key: string
}

export interface SequenceResult<E> {
  readonly matches: readonly SequenceMatch<E>[]
  /** Partial sequences that were forgotten for want of room: if not 0, matches may be missing. */
  readonly truncated: number
}

export function compareHits<E>(a: SequenceHit<E>, b: SequenceHit<E>): number {
  return a.ts - b.ts || (a.tsNs ?? 0) - (b.tsNs ?? 0) || compareTiebreakers(a.tiebreaker, b.tiebreaker) || a.order - b.order
}

export function compareTiebreakers(a: number | string | null, b: number | string | null): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : 1
  return typeof a === 'number' ? -1 : 1
}

/** Why a partial sequence came to nothing; reported to an observer for explanations, costs nothing without one. */
export type SequenceRejection<E> =
  | { readonly reason: 'maxspan'; readonly partial: readonly SequenceHit<E>[]; readonly hit: SequenceHit<E>; readonly deltaMs: number }
  | { readonly reason: 'until'; readonly partial: readonly SequenceHit<E>[]; readonly hit: SequenceHit<E> }
  | { readonly reason: 'superseded'; readonly partial: readonly SequenceHit<E>[]; readonly hit: SequenceHit<E> }
  | { readonly reason: 'missing-event'; readonly partial: readonly SequenceHit<E>[]; readonly hit: SequenceHit<E> }
  | { readonly reason: 'no-start'; readonly partial: readonly SequenceHit<E>[]; readonly hit: SequenceHit<E> }

export interface SequenceOptions<E> {
  readonly maxPartials?: number
  /**
   * How far events may lie apart, by `order`: a second span, of events instead of time, that bounds the work where a key is
   * dense. With it `order` has to be dense in time: 0 for the oldest event, one more for each that follows.
   */
  readonly maxReach?: number
  readonly onRejected?: (rejection: SequenceRejection<E>) => void
  /** The order of the matches that one event completes under several keys; by the keys' texts when absent. */
  readonly compareKeys?: (a: string, b: string) => number
}

/** What the machine needs of a query. */
export type SequenceShape = Pick<CompiledQuery, 'maxspanMs'> & {
  readonly stages: readonly { readonly index: number; readonly missing: boolean; readonly runs: number }[]
}

interface KeyState<E> {
  /** The newest partial sequence that ends at each positive position; older ones can never be taken again. */
  readonly partials: (readonly SequenceHit<E>[] | undefined)[]
  /** Times and events of forbidden terms, by term, in order of time. */
  readonly forbidden: Map<number, SequenceHit<E>[]>
  /** Complete but for what must not happen after them. */
  waiting: (readonly SequenceHit<E>[])[]
}

/**
 * The incremental machine. Hits are pushed in order of their place in time, all hits of one event in one call; what they
 * complete is answered. With missing events a match is known only when time has passed by: `advance` and `finish` tell it.
 */
export class SequenceMachine<E> {
  /** Partial sequences forgotten because there were more than the cap. */
  truncated = 0
  private readonly keys = new Map<string, KeyState<E>>()
  private held = 0
  private readonly positions: readonly Position[]
  /** Term index to the positive positions it fills, last first: an event must not follow itself. */
  private readonly positionsOf = new Map<number, number[]>()
  private readonly positive: readonly number[]
  private readonly missingTerms: readonly number[]
  private readonly maxspanMs: number | null
  private readonly maxPartials: number
  private readonly maxReach: number
  private readonly onRejected: ((rejection: SequenceRejection<E>) => void) | undefined

  constructor(shape: SequenceShape, options: SequenceOptions<E> = {}) {
    this.maxspanMs = shape.maxspanMs
    this.maxPartials = options.maxPartials ?? LIMITS.eqlPartialSequences
    this.maxReach = options.maxReach ?? Number.POSITIVE_INFINITY
    this.onRejected = options.onRejected
    this.positions = shape.stages.flatMap((s) => Array.from({ length: s.runs }, () => ({ stage: s.index, missing: s.missing })))
    this.positive = this.positions.flatMap((p, i) => (p.missing ? [] : [i]))
    this.missingTerms = shape.stages.flatMap((s) => (s.missing ? [s.index] : []))
    for (const [rank, position] of this.positive.entries()) {
      const stage = this.positions[position]?.stage ?? 0
      this.positionsOf.set(stage, [rank, ...(this.positionsOf.get(stage) ?? [])])
    }
  }

  /** Takes all hits of one event, under all of its keys. */
  push(hits: readonly SequenceHit<E>[]): readonly SequenceMatch<E>[] {
    const complete: SequenceMatch<E>[] = []
    const forward: { readonly rank: number; readonly hit: SequenceHit<E> }[] = []
    for (const hit of hits) {
      for (const rank of this.positionsOf.get(hit.stage) ?? []) forward.push({ rank, hit })
      if (this.missingTerms.includes(hit.stage)) this.forbid(hit)
    }
    forward.sort((a, b) => b.rank - a.rank)
    for (const { rank, hit } of forward) this.step(rank, hit, complete)
    for (const hit of hits) if (hit.stage === UNTIL_STAGE) this.until(hit)
    const first = hits[0]
    if (first) {
      if (this.missingTerms.length > 0) complete.push(...this.settle(first.ts))
      this.evict(hits, first)
    }
    return complete
  }

  /** Says that no event before `ts` (milliseconds) will come any more; answers the matches that this decides. */
  advance(ts: number): readonly SequenceMatch<E>[] {
    return this.settle(ts)
  }

  /** Says that no more events will come. */
  finish(): readonly SequenceMatch<E>[] {
    return this.settle(Number.POSITIVE_INFINITY)
  }

  private step(rank: number, hit: SequenceHit<E>, complete: SequenceMatch<E>[]): void {
    let sequence: readonly SequenceHit<E>[]
    if (rank === 0) sequence = [hit]
    else {
      const state = this.keys.get(hit.key)
      const partial = state?.partials[rank - 1]
      if (!state || !partial) {
        this.onRejected?.({ reason: 'no-start', partial: [], hit })
        return
      }
      state.partials[rank - 1] = undefined
      this.held--
      const first = partial[0] ?? hit
      if ((this.maxspanMs !== null && exceeds(first, hit, this.maxspanMs)) || hit.order - first.order >= this.maxReach) {
        this.onRejected?.({ reason: 'maxspan', partial, hit, deltaMs: hit.ts - first.ts })
        return
      }
      sequence = [...partial, hit]
    }
    if (rank === this.positive.length - 1) {
      if (this.missingTerms.length === 0) complete.push(this.toMatch(sequence))
      else {
        this.stateOf(hit.key).waiting.push(sequence)
        this.held++
      }
      return
    }
    const state = this.stateOf(hit.key)
    const older = state.partials[rank]
    if (older) this.onRejected?.({ reason: 'superseded', partial: older, hit })
    else this.held++
    state.partials[rank] = sequence
  }

  private until(hit: SequenceHit<E>): void {
    const state = this.keys.get(hit.key)
    if (!state) return
    for (const [rank, partial] of state.partials.entries()) {
      if (!partial) continue
      this.onRejected?.({ reason: 'until', partial, hit })
      state.partials[rank] = undefined
      this.held--
    }
  }

  private forbid(hit: SequenceHit<E>): void {
    const { forbidden } = this.stateOf(hit.key)
    const list = forbidden.get(hit.stage) ?? []
    const span = this.maxspanMs ?? 0
    // Nothing that still waits began more than one span ago, and what precedes it matters for one span more.
    while (list[0] && list.length > 64 && exceeds(list[0], hit, 2 * span)) {
      list.shift()
      this.held--
    }
    list.push(hit)
    this.held++
    forbidden.set(hit.stage, list)
  }

  private stateOf(key: string): KeyState<E> {
    let state = this.keys.get(key)
    if (state) return state
    state = { partials: [], forbidden: new Map(), waiting: [] }
    this.keys.set(key, state)
    return state
  }

  /** Forgets what time has made impossible, oldest keys first, and what is beyond the cap. */
  private evict(hits: readonly SequenceHit<E>[], now: SequenceHit<E>): void {
    for (const { key } of hits) {
      const state = this.keys.get(key)
      if (!state) continue
      // Keys stay in order of their last use, so that the front of the map is what is oldest.
      this.keys.delete(key)
      if (state.waiting.length > 0 || state.forbidden.size > 0 || state.partials.some(Boolean)) this.keys.set(key, state)
    }
    for (const [key, old] of this.keys) {
      const full = this.held > this.maxPartials
      if (!full && !this.expired(old, now)) break
      const size = sizeOf(old)
      if (full) this.truncated += size
      this.held -= size
      this.keys.delete(key)
    }
  }

  private expired(state: KeyState<E>, now: SequenceHit<E>): boolean {
    const { maxspanMs } = this
    // An observer wants to be told of what came too late, so nothing is forgotten early for it.
    if (maxspanMs === null || this.onRejected || state.waiting.length > 0) return false
    for (const list of state.forbidden.values()) if (list.some((h) => !exceeds(h, now, 2 * maxspanMs))) return false
    return state.partials.every((p) => !p?.[0] || exceeds(p[0], now, maxspanMs))
  }

  private settle(ts: number): readonly SequenceMatch<E>[] {
    if (this.missingTerms.length === 0) return []
    const decided: SequenceMatch<E>[] = []
    for (const state of this.keys.values()) {
      if (state.waiting.length === 0) continue
      const still: (readonly SequenceHit<E>[])[] = []
      for (const sequence of state.waiting) {
        const end = (sequence[0]?.ts ?? 0) + (this.maxspanMs ?? 0)
        if (ts <= end) still.push(sequence)
        else {
          const offender = this.offender(sequence, state)
          if (offender) this.onRejected?.({ reason: 'missing-event', partial: sequence, hit: offender })
          else decided.push(this.toMatch(sequence))
        }
      }
      this.held -= state.waiting.length - still.length
      state.waiting = still
    }
    return decided
  }

  /** The forbidden event that spoils a sequence, or null. Only milliseconds count here. */
  private offender(sequence: readonly SequenceHit<E>[], state: KeyState<E>): SequenceHit<E> | null {
    const first = sequence[0]
    const last = sequence.at(-1)
    if (!first || !last) return null
    let rank = -1
    let before: SequenceHit<E> | null = null
    let after: SequenceHit<E> | null = null
    for (const position of this.positions) {
      if (!position.missing) {
        rank++
        continue
      }
      const events = state.forbidden.get(position.stage) ?? []
      if (rank < 0) {
        const latest = events.findLast((e) => e.ts < first.ts && last.order - e.order < this.maxReach)
        if (latest && (!before || latest.ts > before.ts)) before = latest
      } else if (rank === this.positive.length - 1) {
        const earliest = events.find((e) => e.ts > last.ts && e.order - first.order < this.maxReach)
        if (earliest && (!after || earliest.ts < after.ts)) after = earliest
      } else {
        const low = sequence[rank]?.ts ?? 0
        const high = sequence[rank + 1]?.ts ?? 0
        const between = events.find((e) => e.ts > low && e.ts < high)
        if (between) return between
      }
    }
    if (!before && !after) return null
    // Some window of maxspan must hold the whole sequence and none of the forbidden events.
    const span = this.maxspanMs ?? 0
    const leading = this.positions[0]?.missing ?? false
    const trailing = this.positions.at(-1)?.missing ?? false
    if (leading && trailing) return !before || !after || after.ts - before.ts > span ? null : before
    if (before) return last.ts - before.ts > span ? null : before
    return after && after.ts - first.ts > span ? null : after
  }

  private toMatch(sequence: readonly SequenceHit<E>[]): SequenceMatch<E> {
    let rank = 0
    const hits = this.positions.map((p) => (p.missing ? null : (sequence[rank++] ?? null)))
    return { events: hits.map((h) => (h ? h.event : null)), hits, key: sequence[0]?.key ?? '' }
  }
}

function sizeOf<E>(state: KeyState<E>): number {
  let size = state.waiting.length
  for (const partial of state.partials) if (partial) size++
  for (const list of state.forbidden.values()) size += list.length
  return size
}

interface Position {
  readonly stage: number
  readonly missing: boolean
}

/** Whether `b` is more than `span` milliseconds after `a`, to the nanosecond. */
function exceeds<E>(a: SequenceHit<E>, b: SequenceHit<E>, span: number): boolean {
  const ms = b.ts - a.ts
  return ms > span || (ms === span && (b.tsNs ?? 0) > (a.tsNs ?? 0))
}

/** Runs a sequence over hits in any order; matches come in the order of their last events, those of one event by key. */
export function runSequence<E>(query: SequenceShape, hits: readonly SequenceHit<E>[], options: SequenceOptions<E> = {}): SequenceResult<E> {
  const machine = new SequenceMachine<E>(query, options)
  const sorted = hits.toSorted(compareHits)
  const matches: SequenceMatch<E>[] = []
  for (let i = 0; i < sorted.length; ) {
    const first = sorted[i]
    if (!first) break
    let end = i + 1
    while (end < sorted.length && compareHits(first, sorted[end] ?? first) === 0) end++
    for (const match of machine.push(sorted.slice(i, end))) matches.push(match)
    i = end
  }
  matches.push(...machine.finish())
  const compareKeys = options.compareKeys ?? compareText
  matches.sort((a, b) => compareMatches(a, b) || compareKeys(a.key, b.key))
  return { matches, truncated: machine.truncated }
}

function compareMatches<E>(a: SequenceMatch<E>, b: SequenceMatch<E>): number {
  const left = a.hits.findLast((h) => h !== null)
  const right = b.hits.findLast((h) => h !== null)
  return left && right ? compareHits(left, right) : 0
}
