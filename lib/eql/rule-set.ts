import type { EcsEvent } from '@/lib/ecs/event'
import { unreachable } from '@/lib/invariant'
import type { Column } from './column'
import type { CompiledQuery, CompiledStage } from './compile'
import type { JoinKey } from './join-key'
import type { Leaf } from './leaf'
import { leavesOf } from './plan'
import type { Plan } from './plan'
import { TextIndex } from './text-index'

export interface RuleSetEntry {
  readonly id: string
  readonly query: CompiledQuery
}

/** An event satisfies a stage of a rule and can be joined under a key; `stage` is -1 for `until`. */
export interface StageHit {
  readonly rule: string
  readonly stage: number
  readonly keys: JoinKey
}

/**
 * Many queries compiled together. An event is tested against few of their stages: each stage is filed under the rarest of
 * the conditions that it cannot do without, and is looked at only when the event satisfies that one. What stages share (a
 * field, a condition) is read or decided once an event.
 */
export interface RuleSet {
  /** The stages the event satisfies, by rule and stage in the order they were given. */
  match(event: EcsEvent): readonly StageHit[]
  readonly stats: RuleSetStats
}

export interface RuleSetStats {
  readonly stages: number
  readonly leaves: number
  readonly columns: number
  /** Stages for which no condition could be filed: they are looked at for every event of their category. */
  readonly unfiled: number
}

export function compileRuleSet(rules: readonly RuleSetEntry[]): RuleSet {
  return new CompiledRuleSet(rules)
}

interface Stage {
  readonly rule: string
  readonly stage: CompiledStage
  readonly category: number
  readonly matches: () => boolean
  /** The condition under whose whole texts the stage is filed, if it is the only one: an event that finds the stage satisfies it. */
  implied: number
}

/** The stages of a category, filed under fields. */
interface Filing {
  /** Fields to look up, each with the stages filed under its texts. */
  readonly lookups: { readonly slot: number; readonly index: TextIndex }[]
  readonly unfiled: number[]
}

const NO_HITS: readonly StageHit[] = []
const MANY_NUMBERS = 100

class CompiledRuleSet implements RuleSet {
  readonly stats: RuleSetStats
  private readonly stages: Stage[] = []
  private readonly slots: Column[] = []
  private readonly slotIds = new Map<string, number>()
  private readonly leafIds = new Map<string, number>()
  private readonly filings: Filing[] = []
  private readonly categories: { readonly slot: number; readonly ids: Map<string, number> }[] = []
  private readonly anyCategory = 0
  private readonly spread: ReadonlyMap<string, number>

  // What is known of the event at hand; a stamp that is not the current generation means "not yet asked".
  private generation = 0
  private event: EcsEvent = {}
  private found: number[] = []
  private readonly values: unknown[] = []
  private valueStamp = new Uint32Array(0)
  private leafStamp = new Uint32Array(0)
  private leafTrue = new Uint8Array(0)
  private stageStamp = new Uint32Array(0)

  /** Looks at a stage, once an event; made once, not for every event. */
  private readonly consider = (id: number): void => {
    if (this.stageStamp[id] === this.generation) return
    this.stageStamp[id] = this.generation
    const stage = this.stages[id]
    if (!stage) return
    if (stage.implied >= 0) {
      this.leafStamp[stage.implied] = this.generation
      this.leafTrue[stage.implied] = 1
    }
    if (stage.matches()) this.found.push(id)
  }

  constructor(rules: readonly RuleSetEntry[]) {
    this.filings.push({ lookups: [], unfiled: [] })
    const given = rules.flatMap(({ id, query }) => (query.until ? [...query.stages, query.until] : query.stages).map((stage) => ({ id, stage })))
    this.spread = spreadOfTexts(given.map((g) => g.stage.plan))
    for (const { id, stage } of given) this.add(id, stage)
    this.valueStamp = new Uint32Array(this.slots.length)
    this.leafStamp = new Uint32Array(this.leafIds.size)
    this.leafTrue = new Uint8Array(this.leafIds.size)
    this.stageStamp = new Uint32Array(this.stages.length)
    this.file()
    this.stats = {
      stages: this.stages.length,
      leaves: this.leafIds.size,
      columns: this.slots.length,
      unfiled: this.filings.reduce((n, f) => n + f.unfiled.length, 0),
    }
  }

  match(event: EcsEvent): readonly StageHit[] {
    this.event = event
    if (++this.generation === 0xffff_ffff) this.forgetStamps()
    if (this.found.length > 0) this.found = []
    this.visit(this.anyCategory)
    for (const { slot, ids } of this.categories) {
      const raw = this.value(slot)
      if (typeof raw === 'string') {
        const category = ids.get(raw)
        if (category !== undefined) this.visit(category)
      } else if (Array.isArray(raw)) {
        this.visitEach(raw, ids)
      }
    }
    return this.found.length === 0 ? NO_HITS : this.hits(this.found, event)
  }

  private visitEach(raw: readonly unknown[], ids: ReadonlyMap<string, number>): void {
    for (const value of raw) {
      const category = typeof value === 'string' ? ids.get(value) : undefined
      if (category !== undefined) this.visit(category)
    }
  }

  private hits(found: number[], event: EcsEvent): readonly StageHit[] {
    // Filing visits stages out of order; an answer must not depend on how rules were filed.
    found.sort((a, b) => a - b)
    const hits: StageHit[] = []
    for (const id of found) {
      const stage = this.stages[id]
      if (!stage) continue
      for (const keys of stage.stage.keys(event)) hits.push({ rule: stage.rule, stage: stage.stage.index, keys })
    }
    return hits
  }

  private visit(category: number): void {
    const filing = this.filings[category]
    if (!filing) return
    for (const id of filing.unfiled) this.consider(id)
    for (const { slot, index } of filing.lookups) {
      const raw = this.value(slot)
      if (raw !== undefined && raw !== null) index.find(raw, this.consider)
    }
  }

  private forgetStamps(): void {
    this.generation = 1
    for (const stamps of [this.valueStamp, this.leafStamp, this.stageStamp]) stamps.fill(0)
  }

  // ---- compiling

  private add(rule: string, stage: CompiledStage): void {
    const category = this.categoryOf(stage)
    this.stages.push({ rule, stage, category, matches: this.compile(stage.plan), implied: -1 })
  }

  private categoryOf(stage: CompiledStage): number {
    if (stage.category === null) return this.anyCategory
    const slot = this.slotOf(stage.categoryColumn)
    let group = this.categories.find((g) => g.slot === slot)
    if (!group) {
      group = { slot, ids: new Map() }
      this.categories.push(group)
    }
    let id = group.ids.get(stage.category)
    if (id === undefined) {
      id = this.filings.push({ lookups: [], unfiled: [] }) - 1
      group.ids.set(stage.category, id)
    }
    return id
  }

  private slotOf(column: Column): number {
    let id = this.slotIds.get(column.key)
    if (id === undefined) {
      id = this.slots.push(column) - 1
      this.slotIds.set(column.key, id)
    }
    return id
  }

  private compile(plan: Plan): () => boolean {
    switch (plan.kind) {
      case 'constant': {
        const { value } = plan
        return () => value
      }
      case 'leaf':
        return this.compileLeaf(plan.leaf)
      case 'not': {
        const operand = this.compile(plan.operand)
        return () => !operand()
      }
      case 'and':
      case 'or': {
        const decisive = plan.kind === 'or'
        // What rarely holds comes first in a conjunction and last in a disjunction, so that most stages end at their first condition.
        const ranked = plan.terms.map((term) => ({ term, share: this.share(term) })).toSorted((a, b) => (decisive ? b.share - a.share : a.share - b.share))
        const terms = ranked.map(({ term }) => this.compile(term))
        return () => {
          for (const term of terms) if (term() === decisive) return decisive
          return !decisive
        }
      }
      default:
        return unreachable(plan)
    }
  }

  /** A guess at the share of events that satisfy a plan. */
  private share(plan: Plan): number {
    switch (plan.kind) {
      case 'constant':
        return plan.value ? 1 : 0
      case 'leaf':
        return plan.leaf.shapes ? Math.min(0.8, this.rarity(plan.leaf)) : 0.5
      case 'not':
        return 1 - this.share(plan.operand)
      case 'and':
        return Math.min(...plan.terms.map((t) => this.share(t)))
      case 'or':
        return Math.min(1, plan.terms.reduce((n, t) => n + this.share(t), 0))
      default:
        return unreachable(plan)
    }
  }

  /** Its texts among those that the rules know of the field: a field with many tells events apart better. */
  private rarity(leaf: Leaf): number {
    const shapes = leaf.shapes?.shapes ?? []
    const numbers = leaf.shapes?.numbers.length ?? 0
    const known = this.spread.get(leaf.columns[0]?.key ?? '') ?? 1
    // Ports and codes have many more values than rules ask for.
    if (numbers > 0) return numbers / Math.max(known, MANY_NUMBERS)
    const exact = shapes.every((s) => s.kind === 'exact')
    return (shapes.length / Math.max(1, known)) * (exact ? 1 : 3)
  }

  private compileLeaf(leaf: Leaf): () => boolean {
    let id = this.leafIds.get(leaf.key)
    id ??= this.leafIds.size
    this.leafIds.set(leaf.key, id)
    const known = id
    const [column] = leaf.columns
    const { accepts } = leaf
    if (!accepts || !column) {
      return () => this.leaf(known, () => leaf.matches(this.event))
    }
    const slot = this.slotOf(column)
    return () => {
      if (this.leafStamp[known] !== this.generation) {
        this.leafStamp[known] = this.generation
        this.leafTrue[known] = accepts(this.value(slot)) ? 1 : 0
      }
      return this.leafTrue[known] === 1
    }
  }

  private leaf(id: number, decide: () => boolean): boolean {
    if (this.leafStamp[id] !== this.generation) {
      this.leafStamp[id] = this.generation
      this.leafTrue[id] = decide() ? 1 : 0
    }
    return this.leafTrue[id] === 1
  }

  private value(slot: number): unknown {
    if (this.valueStamp[slot] !== this.generation) {
      this.valueStamp[slot] = this.generation
      this.values[slot] = this.slots[slot]?.read(this.event)
    }
    return this.values[slot]
  }

  // ---- filing

  private file(): void {
    const indexes = new Map<string, TextIndex>()
    for (const [id, stage] of this.stages.entries()) {
      const filing = this.filings[stage.category]
      if (!filing) continue
      const best = cheapest(necessary(stage.stage.plan), (leaf) => this.rarity(leaf))
      if (!best) {
        filing.unfiled.push(id)
        continue
      }
      const [alone] = best
      if (best.length === 1 && alone?.shapes?.shapes.every((s) => s.kind === 'exact')) stage.implied = this.leafIds.get(alone.key) ?? -1
      for (const leaf of best) {
        const [column] = leaf.columns
        if (!column || !leaf.shapes) continue
        const slot = this.slotOf(column)
        const key = `${stage.category} ${slot}`
        let index = indexes.get(key)
        if (!index) {
          index = new TextIndex()
          indexes.set(key, index)
          filing.lookups.push({ slot, index })
        }
        index.add(leaf.shapes, id)
      }
    }
  }
}

/** How many different texts the rules know of each field. */
function spreadOfTexts(plans: readonly Plan[]): ReadonlyMap<string, number> {
  const texts = new Map<string, Set<string>>()
  for (const leaf of plans.flatMap(leavesOf)) {
    const key = leaf.columns[0]?.key
    if (!leaf.shapes || key === undefined) continue
    let set = texts.get(key)
    if (!set) texts.set(key, (set = new Set()))
    for (const shape of leaf.shapes.shapes) if ('text' in shape) set.add(shape.text)
    for (const number of leaf.shapes.numbers) set.add(String(number))
  }
  return new Map([...texts].map(([key, set]) => [key, set.size]))
}

/**
 * The conditions a plan cannot do without, as alternatives: an event that satisfies the plan satisfies some leaf of every
 * list that is answered here.
 */
function necessary(plan: Plan): readonly (readonly Leaf[])[] {
  switch (plan.kind) {
    case 'leaf':
      return plan.leaf.shapes && plan.leaf.accepts && plan.leaf.shapes.shapes.every((s) => TextIndex.canFile(s)) ? [[plan.leaf]] : []
    case 'and':
      return plan.terms.flatMap(necessary)
    case 'or': {
      // One list from every branch, all of them together: any of them may be the one that holds.
      const branches = plan.terms.map((t) => necessary(t)[0])
      return branches.every((b) => b !== undefined) ? [branches.flat()] : []
    }
    case 'not':
    case 'constant':
      return []
    default:
      return unreachable(plan)
  }
}

function cheapest(lists: readonly (readonly Leaf[])[], cost: (leaf: Leaf) => number): readonly Leaf[] | null {
  let best: readonly Leaf[] | null = null
  let least = Number.POSITIVE_INFINITY
  for (const list of lists) {
    const sum = list.reduce((n, leaf) => n + cost(leaf), 0)
    if (sum < least) {
      least = sum
      best = list
    }
  }
  return best
}
