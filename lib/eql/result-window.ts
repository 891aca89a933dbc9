import type { CompiledPipe } from './compile'
import { compareHits } from './sequence'
import type { SequenceHit } from './sequence'

/** Which end of the results a request asks for. The first pipe decides; without one it is `result_position`. */
export function resultEnd(pipes: readonly CompiledPipe[], position: 'head' | 'tail'): 'head' | 'tail' {
  return pipes[0]?.kind ?? position
}

/** Cuts results in ascending order to `size` at the end asked for, then runs the pipes, as Elasticsearch plans them. */
export function cutResults<T>(results: readonly T[], pipes: readonly CompiledPipe[], position: 'head' | 'tail', size: number): readonly T[] {
  let shown = cut(results, resultEnd(pipes, position), size)
  for (const pipe of pipes) shown = cut(shown, pipe.kind, pipe.count)
  return shown
}

function cut<T>(list: readonly T[], end: 'head' | 'tail', count: number): readonly T[] {
  return end === 'head' ? list.slice(0, count) : count === 0 ? [] : list.slice(-count)
}

/** The first or last hits of a stream in any order: no more is kept than twice what may be answered. */
export class HitWindow<E> {
  private hits: SequenceHit<E>[] = []

  constructor(
    private readonly end: 'head' | 'tail',
    private readonly size: number,
  ) {}

  add(hit: SequenceHit<E>): void {
    this.hits.push(hit)
    if (this.hits.length > 2 * this.size + 1_000) this.hits = [...this.sorted()]
  }

  /** In ascending order. */
  sorted(): readonly SequenceHit<E>[] {
    return cut(this.hits.toSorted(compareHits), this.end, this.size)
  }
}
