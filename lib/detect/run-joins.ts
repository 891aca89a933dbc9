import { EventReader } from '@/lib/db/event-reader'
import type { StoredEvent } from '@/lib/db/event-reader'
import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import type { EcsEvent } from '@/lib/ecs/event'
import { loadActiveExceptions } from '@/lib/exceptions/load-active'
import { compileExceptions } from '@/lib/exceptions/match'
import type { CompiledExceptions } from '@/lib/exceptions/match'
import type { Truncation } from '@/lib/alerts/schema'
import { invariant } from '@/lib/invariant'
import { LIMITS } from '@/lib/limits'
import { eventContext } from '@/lib/secl'
import type { CompiledExpression } from '@/lib/secl'
import { AlertWriter } from './alert-writer'
import type { HeldBackMatch, LinkedMatch, LinkedRecord, MatchedAlert, QueuedKey, WrittenJoin } from './alert-writer'
import { orderOf } from './engine'
import type { Detector, DetectorRule, EventOrder } from './engine'
import { canComplete, loadHits } from './load-hits'
import type { LoadedHits } from './load-hits'
import type { RuleWatch } from './rule-watch'
import type { DetectionResult, DrainResult, Hit, Match } from './schema'
import type { SetAside, Work } from './set-aside'
import { drain, goesOn } from './work-queue'
import { readSurroundings } from '@/lib/db/surroundings'
import type { Document } from '@/lib/db/surroundings'

interface QueueRow {
  readonly rule_id: number
  readonly key: string
  readonly from_ts: number
  readonly version: number
  readonly to_ts: number
  readonly import_id: number | null
}

/** The stage number of records that belong to the story of an alert and to no stage of its rule. */
const SURROUNDING_STAGE = 1
/** What the caps around a candidate are. */
const SURROUNDING_LIMITS = { ancestors: LIMITS.seclAncestors, records: LIMITS.processRecords, connections: LIMITS.linkedConnections } as const
/** Keys taken from the queue at a time: more than may be failing, so that there are always others among them. */
const QUEUE_PAGE = 2 * LIMITS.failingWork

const PAGE_SQL = `SELECT rule_id, "key", from_ts, to_ts, import_id, version FROM join_queue q WHERE ${goesOn('join')} ORDER BY from_ts, rule_id, "key" LIMIT ?`

function workOf(row: QueueRow): Work {
  return { kind: 'join', ruleId: row.rule_id, key: row.key, importId: row.import_id }
}

function queuedKey(row: QueueRow): QueuedKey {
  return { ruleId: row.rule_id, key: row.key, fromTs: row.from_ts, toTs: row.to_ts, importId: row.import_id, version: row.version }
}

/**
 * Turns stored hits into alerts. Everything it needs is in the database, so a killed process only leaves a queue that the
 * next one finishes, and running a key twice changes nothing.
 */
export class DetectionRunner {
  readonly #db: Database
  readonly #clock: () => Date
  readonly #events: EventReader
  readonly #alerts: AlertWriter
  readonly #rules: RuleWatch
  readonly #aside: SetAside
  #exceptions: CompiledExceptions | null = null
  #inForce: ReadonlySet<number> = new Set()

  constructor(db: Database, rules: RuleWatch, aside: SetAside, clock: () => Date) {
    this.#db = db
    this.#rules = rules
    this.#aside = aside
    this.#clock = clock
    this.#events = new EventReader(db)
    this.#alerts = new AlertWriter(db)
  }

  /**
   * Joins every queued key and answers what changed. One that fails stays queued for the next time, and is set aside when it fails
   * again and again; the others are joined. Safe to call at any time, from any process.
   */
  drain(): DrainResult {
    const total = { raised: 0, changed: 0, retracted: 0, excluded: 0, truncated: 0 }
    const failing = new Set<string>()
    const page = prepared<[number], QueueRow>(this.#db, PAGE_SQL)
    drain<QueueRow>({
      page: () => page.all(QUEUE_PAGE).filter((row) => !failing.has(`${row.rule_id} ${row.key}`)),
      nameOf: (row) => `${row.rule_id} ${row.version} ${row.key}`,
      stuck: (row) => this.#aside.stuck(workOf(row)),
      act: (rows, gone) => {
        this.#joinAll(rows, gone, total, failing)
        return rows.length
      },
    })
    return { ...total, failing: failing.size }
  }

  #joinAll(rows: readonly QueueRow[], gone: (row: QueueRow) => void, total: { -readonly [Name in keyof DetectionResult]: number }, failing: Set<string>): void {
    const { detector } = this.#rules.current()
    // An exception takes effect and expires by the clock, so the active ones are read for every page, not by revision.
    const active = loadActiveExceptions(this.#db, this.#clock())
    this.#exceptions = compileExceptions(active)
    this.#inForce = new Set(active.map(({ id }) => id))
    const idle = new Map(rows.filter((row) => !this.#mayMatch(detector, row)).map((row) => [queuedKey(row), row]))
    for (const key of this.#alerts.dismiss([...idle.keys()])) {
      const row = idle.get(key)
      if (row) gone(row)
    }
    const dismissed = new Set(idle.values())
    for (const row of rows) {
      if (dismissed.has(row)) continue
      try {
        const joined = this.#joinOne(detector, row)
        add(total, joined)
        if (joined.dequeued) gone(row)
        this.#aside.over(workOf(row))
      } catch (error) {
        if (!this.#aside.failed(workOf(row), error)) failing.add(`${row.rule_id} ${row.key}`)
      }
    }
  }

  #mayMatch(detector: Detector, row: QueueRow): boolean {
    const rule = detector.rules.get(row.rule_id)
    return rule !== undefined && canComplete(this.#db, rule, row.key, row.from_ts, row.to_ts)
  }

  #joinOne(detector: Detector, row: QueueRow): WrittenJoin {
    const rule = detector.rules.get(row.rule_id)
    invariant(rule, 'a key that may match has a rule')
    const queued = queuedKey(row)
    const total = { raised: 0, changed: 0, retracted: 0, excluded: 0, truncated: 0 }
    // One is loaded ahead, to know the last.
    let loaded: LoadedHits | undefined
    for (const next of loadHits(this.#db, rule, row.key, row.from_ts, row.to_ts)) {
      if (loaded) add(total, this.#joinLoaded(detector, rule, queued, loaded, false))
      loaded = next
    }
    const last = loaded && this.#joinLoaded(detector, rule, queued, loaded, true)
    if (last) add(total, last)
    return { ...total, truncated: Math.min(1, total.truncated), dequeued: last?.dequeued ?? false }
  }

  #joinLoaded(detector: Detector, rule: DetectorRule, queued: QueuedKey, { hits, decideFrom, decideTo }: LoadedHits, isLast: boolean): WrittenJoin {
    if (rule.program.language === 'secl') return this.#joinExpression(rule, rule.program.expression, hits, queued, isLast)
    const documents = new Map<number, StoredEvent & { readonly event: EcsEvent }>()
    const read = (ids: readonly number[]): void => {
      for (const stored of this.#events.byIds(ids.filter((id) => !documents.has(id)))) {
        documents.set(stored.id, { ...stored, event: this.#events.document(stored) })
      }
    }
    const order = orderOf(hits)
    const finalIds = detector.completingIds(rule, hits, decideFrom, decideTo)
    const decided = new Set(finalIds)
    const all = detector.join(rule, hits, order).filter((match) => decided.has(match.completing))
    const { kept, heldBack } = this.#applyExceptions(detector, rule, hits, order, decided, all, documents, read)
    read(kept.flatMap((match) => match.events.flatMap((event) => (event === null ? [] : [event.eventId]))))
    const cut = detector.cutShort(rule, hits, finalIds, order)
    const matched = kept.map((match): MatchedAlert => {
      const linked = linkRecords(match, documents)
      const truncated: Truncation[] = cut.has(match.completing) ? [{ cap: 'events', limit: LIMITS.joinEvents }] : []
      if (detector.keysAreCut(rule, linked.records)) truncated.push({ cap: 'keys', limit: LIMITS.eqlKeyCombinations })
      return { ...linked, truncated }
    })
    const outcome = {
      rule,
      finalIds,
      matched,
      /** Completing events whose match exists but for an exception: alerts raised before stay as they are. */
      heldBack,
      inForce: this.#inForce,
      isTruncated: cut.size > 0,
    }
    return this.#alerts.write(queued, outcome, this.#clock(), isLast)
  }

  /** Each hit of an expression is a candidate: it is looked at with what is stored of its ancestry by now. */
  #joinExpression(rule: DetectorRule, expression: CompiledExpression, hits: readonly Hit[], queued: QueuedKey, isLast: boolean): WrittenJoin {
    const matched: MatchedAlert[] = []
    const heldBack = new Map<number, HeldBackMatch>()
    const watch: number[] = []
    let isTruncated = false
    for (const stored of this.#events.byIds(hits.map((hit) => hit.eventId))) {
      const candidate: Document = { ...stored, event: this.#events.document(stored) }
      const around = readSurroundings(this.#events, candidate)
      watch.push(...around.watch)
      // Connections that are not linked change nothing of whether it matches.
      isTruncated ||= around.caps.some((cap) => cap !== 'connections')
      const context = eventContext(candidate.event, { ancestors: around.ancestors.map(({ event }) => event), exec: around.exec })
      if (!expression.matches(context)) continue
      const linked = (document: Document, stage: number): LinkedRecord => ({ eventId: document.id, stage, ts: document.ts, tsNs: document.tsNs, event: document.event })
      const context0 = around.shell ? [linked(around.shell, SURROUNDING_STAGE)] : []
      const records = [...context0, linked(candidate, 0), ...around.network.map((document) => linked(document, SURROUNDING_STAGE))]
      const exceptionId = this.#exceptions?.match(candidate.event, rule.document.rule_id, 0) ?? null
      if (exceptionId !== null) {
        heldBack.set(candidate.id, { completing: candidate.id, records, exceptionId, record: { eventId: candidate.id, stage: 0 } })
        continue
      }
      matched.push({
        completing: candidate.id,
        records,
        truncated: around.caps.map((cap) => ({ cap, limit: SURROUNDING_LIMITS[cap] })),
      })
    }
    const outcome = { rule, finalIds: hits.map((hit) => hit.eventId), matched, heldBack, inForce: this.#inForce, watch, isTruncated }
    return this.#alerts.write(queued, outcome, this.#clock(), isLast)
  }

  #applyExceptions(
    detector: Detector,
    rule: DetectorRule,
    hits: readonly Hit[],
    order: EventOrder,
    finals: ReadonlySet<number>,
    all: readonly Match[],
    documents: ReadonlyMap<number, StoredEvent & { readonly event: EcsEvent }>,
    read: (ids: readonly number[]) => void,
  ): { kept: readonly Match[]; heldBack: ReadonlyMap<number, HeldBackMatch> } {
    const exceptions = this.#exceptions
    const heldBack = new Map<number, HeldBackMatch>()
    if (all.length === 0 || !exceptions || exceptions.isEmpty) return { kept: all, heldBack }
    read(hits.map((hit) => hit.eventId))
    const removed = new Map<Hit, number>()
    for (const hit of hits) {
      const document = documents.get(hit.eventId)
      const exception = document && hit.stage >= 0 ? exceptions.match(document.event, rule.document.rule_id, hit.stage) : null
      if (exception !== null) removed.set(hit, exception)
    }
    if (removed.size === 0) return { kept: all, heldBack }
    // Ranked with what is removed, so that a match reaches as far whatever was loaded. Without a hit others may match instead.
    const kept = detector.join(
      rule,
      hits.filter((hit) => !removed.has(hit)),
      order,
    ).filter((match) => finals.has(match.completing))
    const completed = new Set(kept.map((match) => match.completing))
    for (const match of all) {
      if (completed.has(match.completing)) continue
      // The first of its records that an exception fits: hits of one time are loaded in the order they came in.
      const because = match.events.flatMap((event) => [...removed].filter(([hit]) => event?.eventId === hit.eventId && event.stage === hit.stage))[0]
      if (!because) continue
      const [{ eventId, stage }, exceptionId] = because
      heldBack.set(match.completing, { ...linkRecords(match, documents), exceptionId, record: { eventId, stage } })
    }
    return { kept, heldBack }
  }
}

function linkRecords(match: Match, documents: ReadonlyMap<number, StoredEvent & { readonly event: EcsEvent }>): LinkedMatch {
  const records = match.events.flatMap((linked): LinkedRecord[] => {
    if (linked === null) return []
    const document = documents.get(linked.eventId)
    if (!document) throw new Error(`event ${linked.eventId} of a hit is not stored`)
    return [{ eventId: linked.eventId, stage: linked.stage, ts: document.ts, tsNs: document.tsNs, event: document.event }]
  })
  return { completing: match.completing, records }
}

function add(total: { -readonly [Name in keyof DetectionResult]: number }, result: DetectionResult): void {
  total.raised += result.raised
  total.changed += result.changed
  total.retracted += result.retracted
  total.excluded += result.excluded
  total.truncated += result.truncated
}
