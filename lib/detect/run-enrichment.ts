import { EventReader } from '@/lib/db/event-reader'
import type { StoredEvent } from '@/lib/db/event-reader'
import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import type { AlertWriter } from './alert-writer'
import type { Detector, EventHit } from './engine'
import type { RuleWatch } from './rule-watch'
import { HitCounts } from './run-log'

interface QueueRow {
  readonly host: number
  readonly pid: number
  readonly from_ts: number
  readonly to_ts: number
  readonly version: number
  readonly import_id: number | null
}

/** A child of a queued pid, to be tested; the last one of its row says so. */
interface Child {
  readonly row: QueueRow
  readonly eventId: number
}

interface HitRow {
  readonly rule_id: number
  readonly key: string
  readonly stage: number
}

/** Pids taken from the queue at a time, and children of theirs that are sorted before they are read. */
const GATHERED = 20_000
/** Events that are tested before they are written together. */
const EVENTS_PAGE = 500

function hitText(rule: number, stage: number, key: string): string {
  return `${rule} ${stage} ${key}`
}

/**
 * Finds the hits of events whose parent has to be looked up: when they are stored, and again when something new became known
 * of the parent, in whatever order that happens. At rest the hits of every such event are those of the event as it reads
 * now, so the alerts do not depend on arrival. Like the join queue it survives a killed process, and running it twice
 * changes nothing; rules are evaluated outside of the transaction, which checks that nothing more became known meanwhile.
 */
export class EnrichmentRunner {
  readonly #db: Database
  readonly #rules: RuleWatch
  readonly #events: EventReader
  readonly #alerts: AlertWriter
  readonly #clock: () => Date

  constructor(db: Database, rules: RuleWatch, alerts: AlertWriter, clock: () => Date) {
    this.#db = db
    this.#rules = rules
    this.#events = new EventReader(db)
    this.#alerts = alerts
    this.#clock = clock
  }

  /** Works the queue off and answers how many hits have to be joined for it. */
  drain(): number {
    const page = prepared<[number], QueueRow>(this.#db, 'SELECT host, pid, from_ts, to_ts, version, import_id FROM enrich_queue LIMIT ?')
    let touched = 0
    for (let rows = page.all(GATHERED); rows.length > 0; rows = page.all(GATHERED)) {
      let children: Child[] = []
      let finished: QueueRow[] = []
      for (const row of rows) {
        for (const eventId of this.#childrenOf(row)) {
          children.push({ row, eventId })
          if (children.length < GATHERED) continue
          touched += this.#testAll(children, finished)
          children = []
          finished = []
        }
        finished.push(row)
      }
      touched += this.#testAll(children, finished)
    }
    return touched
  }

  /** In the order in which they are stored: children of one pid lie far apart, and a block of records is opened as a whole. */
  #testAll(children: Child[], finished: readonly QueueRow[]): number {
    children.sort((a, b) => a.eventId - b.eventId)
    let touched = 0
    for (let at = 0; at < children.length; at += EVENTS_PAGE) touched += this.#test(children.slice(at, at + EVENTS_PAGE))
    const finish = this.#db.transaction(() => {
      for (const row of finished) {
        prepared(this.#db, 'DELETE FROM enrich_queue WHERE host = ? AND pid = ? AND version = ?').run(row.host, row.pid, row.version)
      }
    })
    finish.immediate()
    return touched
  }

  *#childrenOf(row: QueueRow): Generator<number> {
    const page = prepared<[number, number, number, number, number, number], { ts: number; event_id: number }>(
      this.#db,
      `SELECT ts, event_id FROM parented_event WHERE host = ? AND parent_pid = ? AND (ts, event_id) > (?, ?) AND ts <= ? ORDER BY ts, event_id LIMIT ?`,
    )
    let from = { ts: row.from_ts - 1, event_id: Number.MAX_SAFE_INTEGER }
    for (;;) {
      const found = page.all(row.host, row.pid, from.ts, from.event_id, row.to_ts, EVENTS_PAGE)
      for (const { event_id } of found) yield event_id
      const last = found.at(-1)
      if (last === undefined || found.length < EVENTS_PAGE) return
      from = last
    }
  }

  #test(children: readonly Child[]): number {
    const { detector } = this.#rules.current()
    const stored = new Map(this.#events.byIds(children.map(({ eventId }) => eventId)).map((event) => [event.id, event]))
    const tested = children.flatMap(({ row, eventId }) => {
      const event = stored.get(eventId)
      return event ? [{ row, event, hits: detector.hits(this.#events.document(event)) }] : []
    })
    const write = this.#db.transaction(() => {
      let touched = 0
      const written = new HitCounts()
      for (const { row, event, hits } of tested) if (this.#isCurrent(row)) touched += this.#replace(detector, row, event, hits, written)
      written.log(this.#db)
      return touched
    })
    return write.immediate()
  }

  /** Something more became known of the pid since its children were read: then they are read once more. */
  #isCurrent(row: QueueRow): boolean {
    return prepared<[number, number], number>(this.#db, 'SELECT version FROM enrich_queue WHERE host = ? AND pid = ?', 'values').get(row.host, row.pid) === row.version
  }

  #replace(detector: Detector, row: QueueRow, event: StoredEvent, hits: readonly EventHit[], written: HitCounts): number {
    // Hits of rules that are off now are left: they are not ours to judge.
    const before = prepared<[number], HitRow>(this.#db, 'SELECT rule_id, "key", stage FROM rule_hit WHERE event_id = ?')
      .all(event.id)
      .filter((hit) => detector.rules.has(hit.rule_id))
    if (before.length === 0 && hits.length === 0) return 0
    const now = new Set(hits.map((hit) => hitText(hit.rule, hit.stage, hit.key)))
    const gone = before.filter((hit) => !now.has(hitText(hit.rule_id, hit.stage, hit.key)))
    for (const hit of gone) {
      prepared(this.#db, 'DELETE FROM rule_hit WHERE rule_id = ? AND "key" = ? AND ts = ? AND ts_ns = ? AND event_id = ? AND stage = ?').run(
        hit.rule_id,
        hit.key,
        event.ts,
        event.tsNs,
        event.id,
        hit.stage,
      )
      this.#queueJoin(hit.rule_id, hit.key, event.ts, row.import_id)
      // A join decides about the events that could complete a match; this one no longer can, so it is decided here.
      const rule = detector.rules.get(hit.rule_id)
      if (rule?.lastStage === hit.stage && !hits.some((kept) => kept.rule === rule.id && kept.stage === rule.lastStage)) {
        this.#alerts.withdraw(rule, event.id, row.import_id, this.#clock())
      }
    }
    for (const hit of hits) {
      const { changes } = prepared(
        this.#db,
        'INSERT INTO rule_hit (rule_id, "key", ts, ts_ns, event_id, stage, sequence) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ).run(hit.rule, hit.key, event.ts, event.tsNs, event.id, hit.stage, event.sequence)
      written.add(row.import_id, hit.rule, changes)
      // Also when the hit was there: what an alert says of its records may have changed.
      this.#queueJoin(hit.rule, hit.key, event.ts, row.import_id)
    }
    return gone.length + hits.length
  }

  #queueJoin(rule: number, key: string, ts: number, importId: number | null): void {
    prepared(
      this.#db,
      `INSERT INTO join_queue (rule_id, "key", from_ts, to_ts, import_id) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (rule_id, "key") DO UPDATE SET from_ts = min(from_ts, excluded.from_ts), to_ts = max(to_ts, excluded.to_ts), version = version + 1,
       import_id = excluded.import_id`,
    ).run(rule, key, ts, ts, importId)
  }
}
