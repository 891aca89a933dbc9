import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { loadHits } from '@/lib/detect/load-hits'
import type { DetectorRule } from '@/lib/detect/engine'
import { LIMITS } from '@/lib/limits'
import { IS_KEPT } from './kept-alerts'

interface HitRow {
  readonly event_id: number
  readonly rule_id: number
  readonly key: string
  readonly ts: number
}

interface Chain {
  readonly members: ReadonlySet<number>
  readonly free: boolean
}

/**
 * Decides about events that rules found something in. The hits of a rule and key that hang together (no gap longer than the
 * rule's maxspan) are what a join looks at; were some of them gone, a later join could find another match, or none. So they
 * stay together: all of them while one belongs to an alert whose records are kept, or while one is not due yet.
 */
export class ChainGuard {
  readonly #db: Database
  readonly #rules: ReadonlyMap<number, DetectorRule>
  readonly #isDue: (eventIds: readonly number[]) => boolean
  readonly #chains = new Map<string, Chain[]>()

  /** `isDue` tells whether all of some events may go as far as their age and what is held are concerned. */
  constructor(db: Database, rules: ReadonlyMap<number, DetectorRule>, isDue: (eventIds: readonly number[]) => boolean) {
    this.#db = db
    this.#rules = rules
    this.#isDue = isDue
  }

  /** Of the events between two ids, those that have to stay for the sake of a chain. */
  bound(first: number, last: number): ReadonlySet<number> {
    const hits = prepared<[number, number], HitRow>(this.#db, 'SELECT event_id, rule_id, "key", ts FROM rule_hit WHERE event_id BETWEEN ? AND ?').all(first, last)
    return new Set(hits.filter((hit) => !this.#isFree(hit)).map((hit) => hit.event_id))
  }

  #isFree(hit: HitRow): boolean {
    const name = `${hit.rule_id} ${hit.key}`
    const known = this.#chains.get(name) ?? []
    const chain = known.find(({ members }) => members.has(hit.event_id)) ?? this.#read(hit)
    if (!known.includes(chain)) this.#chains.set(name, [...known, chain])
    return chain.free
  }

  #read(hit: HitRow): Chain {
    const rule = this.#rules.get(hit.rule_id)
    // A rule that is off may be switched on again; how far its hits reach is not known here, so all of the key hang together.
    if (!rule) return { members: new Set([hit.event_id]), free: !this.#keyIsKept(hit) }
    const { members, isWhole } = chainOf(this.#db, rule, hit)
    const bound = this.#anyKept(members) || (isWhole && members.length <= LIMITS.retentionChain && !this.#isDue(members))
    // Of a chain too long to be joined at once each hit has a part of its own.
    return { members: new Set(isWhole ? [...members, hit.event_id] : [hit.event_id]), free: !bound }
  }

  #keyIsKept(hit: HitRow): boolean {
    const found = prepared<[number, string], number>(
      this.#db,
      `SELECT 1 FROM rule_hit h JOIN alert_event l ON l.event_id = h.event_id JOIN alert a ON a.id = l.alert_id WHERE h.rule_id = ? AND h."key" = ? AND ${IS_KEPT} LIMIT 1`,
      'values',
    ).get(hit.rule_id, hit.key)
    return found !== undefined
  }

  #anyKept(eventIds: readonly number[]): boolean {
    const linked = prepared<[number], number>(this.#db, `SELECT 1 FROM alert_event l JOIN alert a ON a.id = l.alert_id WHERE l.event_id = ? AND ${IS_KEPT} LIMIT 1`, 'values')
    return eventIds.some((id) => linked.get(id) !== undefined)
  }
}

/** The events a join of this hit would look at, and whether they are all that hangs together with it. */
function chainOf(db: Database, rule: DetectorRule, hit: HitRow): { readonly members: readonly number[]; readonly isWhole: boolean } {
  const pieces = [...loadHits(db, rule, hit.key, hit.ts, hit.ts)]
  return { members: [...new Set(pieces.flatMap(({ hits }) => hits.map(({ eventId }) => eventId)))], isWhole: pieces.every(({ decideFrom }) => decideFrom === Number.NEGATIVE_INFINITY) }
}

/** The events that stay for the sake of an alert's chains: the hits that hang together with its records. */
export function chainsOfAlert(db: Database, rules: ReadonlyMap<number, DetectorRule>, alertId: number): readonly number[] {
  const hits = prepared<[number], HitRow>(db, 'SELECT h.event_id, h.rule_id, h."key", h.ts FROM alert_event l JOIN rule_hit h ON h.event_id = l.event_id WHERE l.alert_id = ?').all(alertId)
  const members = new Set<number>()
  for (const hit of hits) {
    const rule = rules.get(hit.rule_id)
    if (!rule || members.has(hit.event_id)) continue
    for (const eventId of chainOf(db, rule, hit).members) members.add(eventId)
  }
  return [...members]
}
