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

/** Processes around the candidates of a rule's key, of which a record is one. */
interface WatchedKey {
  readonly entity: number
  readonly rule_id: number
  readonly key: string
}

interface Chain {
  readonly members: readonly number[]
  /** One of them belongs to an alert whose records are kept. */
  readonly isKept: boolean
}

/**
 * Decides about events that joins look at. The hits of a rule and key that hang together (no gap longer than the rule's
 * maxspan) are looked at together, and with a candidate of an expression the first records of the processes around it; were
 * some of them gone, a later join could find another match, or none. So all of them stay while one belongs to an alert whose
 * records are kept, or is not due yet, or stays for the sake of another that it hangs together with.
 */
export class ChainGuard {
  readonly #db: Database
  readonly #rules: ReadonlyMap<number, DetectorRule>
  readonly #isDue: (eventIds: readonly number[]) => boolean
  readonly #chains = new Map<string, Map<number, Chain>>()
  /** Of events that were asked about, whether they stay. */
  readonly #known = new Map<number, boolean>()
  readonly #candidates = new Map<string, readonly number[]>()
  readonly #firstRecords = new Map<number, ReadonlySet<number>>()

  /** `isDue` tells whether all of some events may go as far as their age and what is held are concerned. */
  constructor(db: Database, rules: ReadonlyMap<number, DetectorRule>, isDue: (eventIds: readonly number[]) => boolean) {
    this.#db = db
    this.#rules = rules
    this.#isDue = isDue
  }

  /** Of the events between two ids, those that have to stay for the sake of a join. */
  bound(first: number, last: number): ReadonlySet<number> {
    const ids = prepared<[number, number, number, number], number>(
      this.#db,
      `SELECT event_id FROM rule_hit WHERE event_id BETWEEN ? AND ?
       UNION SELECT e.id FROM event e CROSS JOIN hit_watch w ON w.entity = e.entity WHERE e.id BETWEEN ? AND ?`,
      'values',
    ).all(first, last, first, last)
    return new Set(ids.filter((id) => this.#stays(id)))
  }

  /** Follows what an event hangs together with until something stays in any case, but not beyond so many events. */
  #stays(eventId: number): boolean {
    const known = this.#known.get(eventId)
    if (known !== undefined) return known
    const reached = new Set([eventId])
    const followed: number[] = []
    for (const id of reached) {
      const stays = this.#known.get(id) ?? (this.#isDue([id]) ? undefined : true)
      if (stays === false || (stays === undefined && reached.size > LIMITS.retentionChain)) continue
      const next = stays === true ? null : this.#hangingWith(id)
      if (next === null) {
        this.#known.set(eventId, true)
        return true
      }
      followed.push(id)
      for (const other of next) reached.add(other)
    }
    for (const id of followed) this.#known.set(id, false)
    return false
  }

  /** The events for whose sake an event stays; null when one of them belongs to an alert whose records are kept. */
  #hangingWith(id: number): readonly number[] | null {
    const found: number[] = []
    for (const hit of prepared<[number], HitRow>(this.#db, 'SELECT event_id, rule_id, "key", ts FROM rule_hit WHERE event_id = ?').all(id)) {
      const chain = this.#chainWith(hit)
      if (chain.isKept) return null
      found.push(...chain.members)
    }
    const watched = prepared<[number], WatchedKey>(this.#db, 'SELECT e.entity, w.rule_id, w."key" FROM event e CROSS JOIN hit_watch w ON w.entity = e.entity WHERE e.id = ?')
    for (const row of watched.all(id)) if (this.#isRead(row.entity, id)) found.push(...this.#candidatesOf(row))
    return found
  }

  #candidatesOf({ rule_id: rule, key }: WatchedKey): readonly number[] {
    const name = `${rule} ${key}`
    let ids = this.#candidates.get(name)
    if (!ids) {
      // The newest first: they are the last that are due.
      ids = prepared<[number, string, number], number>(this.#db, 'SELECT event_id FROM rule_hit WHERE rule_id = ? AND "key" = ? ORDER BY ts DESC LIMIT ?', 'values').all(rule, key, LIMITS.retentionChain)
      this.#candidates.set(name, ids)
    }
    return ids
  }

  /** Whether a record is among those of its process that a join opens. */
  #isRead(entity: number, id: number): boolean {
    let first = this.#firstRecords.get(entity)
    if (!first) {
      first = new Set(firstRecordsOf(this.#db, entity).map((record) => record.id))
      this.#firstRecords.set(entity, first)
    }
    return first.has(id)
  }

  #chainWith(hit: HitRow): Chain {
    const name = `${hit.rule_id} ${hit.key}`
    let ofKey = this.#chains.get(name)
    if (!ofKey) {
      ofKey = new Map()
      this.#chains.set(name, ofKey)
    }
    let chain = ofKey.get(hit.event_id)
    if (!chain) {
      chain = this.#read(hit)
      for (const id of [hit.event_id, ...chain.members]) ofKey.set(id, chain)
    }
    return chain
  }

  #read(hit: HitRow): Chain {
    const rule = this.#rules.get(hit.rule_id)
    // A rule that is off may be switched on again; how far its hits reach is not known here, so all of the key hang together.
    if (!rule) return { members: [], isKept: this.#keyIsKept(hit) }
    const { members, isWhole } = chainOf(this.#db, rule, hit)
    // Of a chain too long to be joined at once each hit has a part of its own.
    return { members: isWhole && members.length <= LIMITS.retentionChain ? members : [], isKept: this.#anyKept(members) }
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
