import type { EcsEvent } from '@/lib/ecs/event'
import type { CompiledQuery } from './compile'
import { comparisonKind } from './value-tests'
import { joinKeyText } from './join-key'
import { compareKeys } from './key-order'
import type { KeyValue } from './join-key'

export interface SampleMatch<E> {
  readonly keys: readonly KeyValue[]
  /** One event a term, in the order of the terms. */
  readonly events: readonly E[]
}

interface Group<E> {
  readonly keys: readonly KeyValue[]
  /** The first events of every term; more than can be used are not kept. */
  readonly terms: E[][]
}

/** Collects, for every key, one event for each term in whatever order they come; no event stands for two terms. */
export class SampleCollector<E> {
  private readonly groups = new Map<string, Group<E>>()
  private readonly keep: number
  /** Events of which only so many combinations of keys were taken as the limit allows. */
  cut = 0

  constructor(
    private readonly query: Pick<CompiledQuery, 'stages'>,
    private readonly perKey: number,
  ) {
    this.keep = perKey + query.stages.length - 1
  }

  /** Whether an event satisfies any term. */
  wants(event: EcsEvent): boolean {
    return this.query.stages.some((s) => s.matches(event))
  }

  add(event: EcsEvent, placed: E): void {
    for (const [index, stage] of this.query.stages.entries()) {
      if (!stage.matches(event)) continue
      if (stage.keysAreCut(event)) this.cut++
      for (const keys of stage.sampleKeys(event)) this.file(index, keys, placed)
    }
  }

  /** The samples, by key in ascending order. */
  finish(): readonly SampleMatch<E>[] {
    const matches: SampleMatch<E>[] = []
    const ips = (this.query.stages[0]?.keyColumns ?? []).map((column) => comparisonKind(column) === 'ip')
    for (const group of [...this.groups.values()].toSorted((a, b) => compareKeys(a.keys, b.keys, ips))) {
      for (const events of combinations(group.terms, this.perKey)) matches.push({ keys: group.keys, events })
    }
    return matches
  }

  private file(index: number, keys: readonly KeyValue[], placed: E): void {
    const text = joinKeyText(keys)
    let group = this.groups.get(text)
    if (!group) {
      group = { keys, terms: this.query.stages.map(() => []) }
      this.groups.set(text, group)
    }
    const list = group.terms[index]
    if (list && list.length < this.keep) list.push(placed)
  }
}

/** Up to `limit` ways to take one event from every list, none twice in one. */
function combinations<E>(lists: readonly (readonly E[])[], limit: number): readonly (readonly E[])[] {
  const found: E[][] = []
  const path: E[] = []
  const extend = (): void => {
    const list = lists[path.length]
    if (!list) {
      found.push([...path])
      return
    }
    for (const event of list) {
      if (path.includes(event)) continue
      path.push(event)
      extend()
      path.pop()
      if (found.length >= limit) return
    }
  }
  extend()
  return found
}
