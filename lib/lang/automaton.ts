/**
 * Finite automata over code points: built as a non-deterministic one, run as a deterministic one whose states are made when
 * a text first needs them. A text of n characters costs at most n × (states) steps whatever the pattern: there is no
 * backtracking to explode. Complement and intersection need the deterministic form at build time and are capped.
 */

/** An inclusive range of code points. */
export type CodeRange = readonly [from: number, to: number]

export const MAX_CODE_POINT = 0x10ffff
export const ANY_CODE_POINT: readonly CodeRange[] = [[0, MAX_CODE_POINT]]

/** A part of an automaton under construction: entered at `start`, left from `accept`. */
export interface Fragment {
  readonly start: number
  readonly accept: number
}

export class AutomatonTooLarge extends Error {}

interface Edge {
  readonly ranges: readonly CodeRange[]
  readonly to: number
}

export class AutomatonBuilder {
  private readonly edges: Edge[][] = []
  private readonly empty: number[][] = []

  constructor(private readonly maxStates: number) {}

  private state(): number {
    if (this.edges.length >= this.maxStates) throw new AutomatonTooLarge()
    this.empty.push([])
    return this.edges.push([]) - 1
  }

  private link(from: number, to: number): void {
    this.empty[from]?.push(to)
  }

  /** The empty text. */
  nothing(): Fragment {
    const start = this.state()
    return { start, accept: start }
  }

  /** No text at all. */
  never(): Fragment {
    return { start: this.state(), accept: this.state() }
  }

  oneOf(ranges: readonly CodeRange[]): Fragment {
    const start = this.state()
    const accept = this.state()
    this.edges[start]?.push({ ranges, to: accept })
    return { start, accept }
  }

  concat(parts: readonly Fragment[]): Fragment {
    const [first, ...rest] = parts
    if (!first) return this.nothing()
    let accept = first.accept
    for (const part of rest) {
      this.link(accept, part.start)
      accept = part.accept
    }
    return { start: first.start, accept }
  }

  union(parts: readonly Fragment[]): Fragment {
    const [only] = parts
    if (only && parts.length === 1) return only
    const start = this.state()
    const accept = this.state()
    for (const part of parts) {
      this.link(start, part.start)
      this.link(part.accept, accept)
    }
    return { start, accept }
  }

  /** Zero or more. */
  star(part: Fragment): Fragment {
    const start = this.state()
    const accept = this.state()
    this.link(start, part.start)
    this.link(start, accept)
    this.link(part.accept, start)
    return { start, accept }
  }

  /** `make` is called for every copy; `most` is null for no upper end. */
  repeat(make: () => Fragment, least: number, most: number | null): Fragment {
    const parts: Fragment[] = []
    for (let i = 0; i < least; i++) parts.push(make())
    if (most === null) parts.push(this.star(make()))
    else for (let i = least; i < most; i++) parts.push(this.optional(make()))
    return this.concat(parts)
  }

  optional(part: Fragment): Fragment {
    const start = this.state()
    const accept = this.state()
    this.link(start, part.start)
    this.link(start, accept)
    this.link(part.accept, accept)
    return { start, accept }
  }

  complement(part: Fragment): Fragment {
    const machine = this.finish(part)
    return this.fromDeterministic([machine], ([accepts]) => !accepts)
  }

  intersect(a: Fragment, b: Fragment): Fragment {
    return this.fromDeterministic([this.finish(a), this.finish(b)], (accepts) => accepts.every(Boolean))
  }

  /** Walks the machines side by side and adds the product to this automaton. */
  private fromDeterministic(machines: readonly Automaton[], accepting: (accepts: readonly boolean[]) => boolean): Fragment {
    const cuts = [...new Set(machines.flatMap((m) => m.cuts))].toSorted((a, b) => a - b)
    const known = new Map<string, number>()
    const queue: { readonly at: readonly DfaState[]; readonly state: number }[] = []
    const accept = this.state()
    const visit = (at: readonly DfaState[]): number => {
      const key = at.map((s) => s.id).join(',')
      let state = known.get(key)
      if (state === undefined) {
        state = this.state()
        known.set(key, state)
        queue.push({ at, state })
        if (accepting(at.map((s) => s.accepting))) this.link(state, accept)
      }
      return state
    }
    const start = visit(machines.map((m) => m.startState()))
    for (let item = queue.pop(); item; item = queue.pop()) {
      const { at, state } = item
      for (const [i, from] of cuts.entries()) {
        const to = (cuts[i + 1] ?? MAX_CODE_POINT + 1) - 1
        const target = visit(machines.map((m, k) => m.step(at[k] ?? m.startState(), from)))
        this.edges[state]?.push({ ranges: [[from, to]], to: target })
      }
    }
    return { start, accept }
  }

  /** The automaton that accepts what `whole` accepts. */
  finish(whole: Fragment): Automaton {
    return new Automaton(this.edges, this.empty, whole, this.maxStates)
  }
}

interface DfaState {
  readonly id: number
  readonly members: readonly number[]
  readonly accepting: boolean
  readonly next: (DfaState | undefined)[]
}

export class Automaton {
  /** Where the classes of code points begin: all of a class lead the same way from every state. */
  readonly cuts: readonly number[]
  private readonly asciiClass = new Uint16Array(128)
  private states = new Map<string, DfaState>()
  private start: DfaState
  private nextId = 0
  /** Steps that were not answered by a state known already: what a hostile pattern or text can make it do. */
  built = 0

  constructor(
    private readonly edges: readonly (readonly Edge[])[],
    private readonly empty: readonly (readonly number[])[],
    private readonly whole: Fragment,
    private readonly maxCached: number,
  ) {
    const cuts = new Set([0])
    for (const list of edges) {
      for (const edge of list) {
        for (const [from, to] of edge.ranges) {
          cuts.add(from)
          if (to < MAX_CODE_POINT) cuts.add(to + 1)
        }
      }
    }
    this.cuts = [...cuts].toSorted((a, b) => a - b)
    for (let c = 0; c < 128; c++) this.asciiClass[c] = this.search(c)
    this.start = this.enter([whole.start])
  }

  /** States held for further texts. */
  get cached(): number {
    return this.states.size
  }

  startState(): DfaState {
    return this.start
  }

  /** Whether the whole text is accepted. */
  test(text: string): boolean {
    let state = this.start
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i)
      if (code >= 0xd800 && code <= 0xdbff) {
        code = text.codePointAt(i) ?? code
        if (code > 0xffff) i++
      }
      state = this.step(state, code)
      if (state.members.length === 0) return false
    }
    return state.accepting
  }

  step(state: DfaState, code: number): DfaState {
    const cls = code < 128 ? (this.asciiClass[code] ?? 0) : this.search(code)
    return state.next[cls] ?? this.build(state, cls)
  }

  private search(code: number): number {
    let low = 0
    let high = this.cuts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.cuts[middle] ?? 0) <= code) low = middle
      else high = middle - 1
    }
    return low
  }

  private build(state: DfaState, cls: number): DfaState {
    this.built++
    const code = this.cuts[cls] ?? 0
    const targets: number[] = []
    for (const member of state.members) {
      for (const edge of this.edges[member] ?? []) {
        if (edge.ranges.some(([from, to]) => from <= code && code <= to)) targets.push(edge.to)
      }
    }
    const next = this.enter(targets)
    state.next[cls] = next
    return next
  }

  private enter(targets: readonly number[]): DfaState {
    const seen = new Set(targets)
    for (const state of seen) for (const to of this.empty[state] ?? []) seen.add(to)
    // Only states with an edge of their own, and the end, tell one set from another.
    const members = [...seen].filter((s) => s === this.whole.accept || (this.edges[s]?.length ?? 0) > 0).toSorted((a, b) => a - b)
    const key = members.join(',')
    const known = this.states.get(key)
    if (known) return known
    // Forgetting everything keeps memory bounded; the states in hand stay usable, they only lead to new ones.
    if (this.states.size >= this.maxCached) this.states = new Map()
    const state: DfaState = { id: this.nextId++, members, accepting: members.includes(this.whole.accept), next: [] }
    this.states.set(key, state)
    return state
  }
}
