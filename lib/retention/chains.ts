import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { loadHits } from '@/lib/detect/load-hits'
import type { DetectorRule } from '@/lib/detect/engine'
import { LIMITS } from '@/lib/limits'
import { firstRecordsOf } from './hold-around'
import { IS_KEPT } from './kept-alerts'

interface HitRow {
  readonly event_id: number
  readonly rule_id: number
  readonly key: string
  readonly ts: number
}

/** A stored record of a process that a candidate's join reads. */
interface WatchedRow {
  readonly event_id: number
  readonly entity: number
  readonly rule_id: number
  readonly key: string
}

interface Chain {
  readonly members: ReadonlySet<number>
  readonly free: boolean
}

/**
 * Decides about events that rules found something in. The hits of a rule and key that hang together (no gap longer than the
 * rule's maxspan) are what a join looks at; were some of them gone, a later join could find another match, or none. So they
 * stay together: all of them while one belongs to an alert whose records are kept, or while one is not due yet. The join of an
 * expression looks at the processes around its candidates: what it reads of them stays while a candidate does.
 */
export class ChainGuard {
  readonly #db: Database
  readonly #rules: ReadonlyMap<number, DetectorRule>
  readonly #isDue: (eventIds: readonly number[]) => boolean
  readonly #chains = new Map<string, Chain[]>()
  /** Rules' keys of candidates → whether one of them stays. */
  readonly #candidates = new Map<string, boolean>()
  readonly #firstRecords = new Map<number, ReadonlySet<number>>()

  /** `isDue` tells whether all of some events may go as far as their age and what is held are concerned. */
  constructor(db: Database, rules: ReadonlyMap<number, DetectorRule>, isDue: (eventIds: readonly number[]) => boolean) {
    this.#db = db
    this.#rules = rules
    this.#isDue = isDue
  }

  /** Of the events between two ids, those that have to stay for the sake of a chain. */
  bound(first: number, last: number): ReadonlySet<number> {
    const hits = prepared<[number, number], HitRow>(this.#db, 'SELECT event_id, rule_id, "key", ts FROM rule_hit WHERE event_id BETWEEN ? AND ?').all(first, last)
    const bound = new Set(hits.filter((hit) => !this.#isFree(hit)).map((hit) => hit.event_id))
    const watched = prepared<[number, number], WatchedRow>(
      this.#db,
      'SELECT e.id AS event_id, e.entity, w.rule_id, w."key" FROM event e CROSS JOIN hit_watch w ON w.entity = e.entity WHERE e.id BETWEEN ? AND ?',
    )
    for (const row of watched.all(first, last)) {
      if (!bound.has(row.event_id) && this.#candidateStays(row) && this.#isRead(row)) bound.add(row.event_id)
    }
    return bound
  }

  #candidateStays({ rule_id: rule, key }: WatchedRow): boolean {
    const name = `${rule} ${key}`
    const known = this.#candidates.get(name)
    if (known !== undefined) return known
    // The newest first: as with chains, beyond so many each is on its own.
    const candidates = prepared<[number, string, number], HitRow>(
      this.#db,
      'SELECT event_id, rule_id, "key", ts FROM rule_hit WHERE rule_id = ? AND "key" = ? ORDER BY ts DESC LIMIT ?',
    ).all(rule, key, LIMITS.retentionChain)
    const hitsOf = prepared<[number], HitRow>(this.#db, 'SELECT event_id, rule_id, "key", ts FROM rule_hit WHERE event_id = ?')
    const stays = candidates.some(({ event_id: id }) => !this.#isDue([id]) || hitsOf.all(id).some((hit) => !this.#isFree(hit)))
    this.#candidates.set(name, stays)
    return stays
  }

  /** Whether the record is among those of its process that a join opens. */
  #isRead({ entity, event_id: id }: WatchedRow): boolean {
    let first = this.#firstRecords.get(entity)
    if (!first) {
      first = new Set(firstRecordsOf(this.#db, entity).map((record) => record.id))
      this.#firstRecords.set(entity, first)
    }
    return first.has(id)
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
