import { readText, readValues } from '@/lib/ecs/event'
import { compareTimestamps, type Timestamp } from '@/lib/ecs/timestamp'
import { compareText } from '@/lib/lang/text-order'
import { LEADERS, ownFact, relationFact, type Fact } from './fact'
import type { Identified } from './identify'
import type { Observation } from './observe'

/** A process while the tree is made. `parent` is settled by the first record that tells it: later ones may follow a re-parenting. */
export interface Draft {
  readonly key: string
  readonly facts: Fact[]
  readonly observations: Observation[]
  parent: string | null
  execOf: string | null
}

export function drafts(identified: readonly Identified[]): Map<string, Draft> {
  const all = new Map<string, Draft>()
  const draft = (key: string): Draft => {
    let found = all.get(key)
    if (!found) all.set(key, (found = { key, facts: [], observations: [], parent: null, execOf: null }))
    return found
  }
  const told = new Set<string>()
  // A process's own records say who its parent was; only then the ancestries that records of others carry.
  for (const { observation: o, key, parentKey, execOf } of identified) {
    const own = draft(key)
    own.observations.push(o)
    own.facts.push(ownFact(o))
    own.execOf ??= execOf
    if (parentKey === null || parentKey === key) continue
    if (!told.has(key)) own.parent = parentKey
    told.add(key)
    draft(parentKey).facts.push(relationFact(o.event, 'parent'))
  }
  for (const { observation: o, key } of identified) {
    let child = key
    for (const ancestor of readValues(o.event, 'process.Ext.ancestry')) {
      if (typeof ancestor !== 'string' || ancestor === '' || ancestor === child) continue
      if (!told.has(child)) draft(child).parent = ancestor
      told.add(child)
      draft(ancestor)
      child = ancestor
    }
  }
  for (const { observation: o } of identified) {
    for (const leader of LEADERS) {
      const id = readText(o.event, `process.${leader}.entity_id`)
      const known = id === undefined ? undefined : all.get(id)
      // Only for ghosts: who has records of its own is known better from them.
      if (known && known.observations.length === 0) known.facts.push(relationFact(o.event, leader))
    }
  }
  return all
}

/** Merges what the records say: the best record first, each field from the first that has it. */
export function summarise(facts: readonly Fact[]): Fact | null {
  const sorted = facts.toSorted((a, b) => a.weight - b.weight)
  const first = sorted[0]
  if (!first) return null
  const pick = <K extends keyof Fact>(field: K): Fact[K] => {
    for (const fact of sorted) if (fact[field] !== null && fact[field] !== undefined) return fact[field]
    return first[field]
  }
  // The terminal is not filled in from a weaker record: that there is none is what the best one says.
  const tty = sorted.find((fact) => fact.tty !== undefined)?.tty
  return {
    ...first,
    pid: pick('pid'),
    name: pick('name'),
    executable: pick('executable'),
    commandLine: pick('commandLine'),
    workingDirectory: pick('workingDirectory'),
    user: pick('user'),
    userId: pick('userId'),
    tty,
    interactive: pick('interactive'),
    startedAt: pick('startedAt'),
    started: pick('started'),
    entryType: pick('entryType'),
    entrySourceIp: pick('entrySourceIp'),
  }
}

/** By start, unknown starts last; an exec stands right behind what it was before. */
export function startOrder(all: ReadonlyMap<string, Draft>, summaries: ReadonlyMap<string, Fact | null>): (a: string, b: string) => number {
  const own = (key: string): Timestamp | null => summaries.get(key)?.started ?? all.get(key)?.observations[0]?.at ?? null
  const heads = new Map<string, string>()
  const headOf = (key: string): string => {
    const seen = [key]
    let head = key
    for (let before = all.get(head)?.execOf; before != null && !seen.includes(before); before = all.get(head)?.execOf) {
      const known = heads.get(before)
      head = known ?? before
      if (known !== undefined) break
      seen.push(before)
    }
    for (const k of seen) heads.set(k, head)
    return head
  }
  const byTime = (a: string, b: string) => {
    const [x, y] = [own(a), own(b)]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    return compareTimestamps(x, y)
  }
  return (a, b) => {
    const [x, y] = [headOf(a), headOf(b)]
    return (x === y ? 0 : byTime(x, y) || compareText(x, y)) || byTime(a, b) || compareText(a, b)
  }
}
