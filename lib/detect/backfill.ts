import { cutKeys } from '@/lib/db/cut-keys'
import { EventReader } from '@/lib/db/event-reader'
import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { readTexts } from '@/lib/ecs/event'
import type { EcsEvent } from '@/lib/ecs/event'
import { errorMessage } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import type { RuleWatch } from './rule-watch'
import { mustWait } from './run-enrichment'
import { countForRule, noteTruncated } from './run-log'

interface StoredHit {
  readonly eventId: number
  readonly ts: number
  readonly tsNs: number
  readonly sequence: number | null
  readonly stage: number
  readonly key: string
}

interface RunRow {
  readonly id: number
  readonly rule_id: number
  readonly from_ts: number | null
  readonly to_ts: number | null
}

/**
 * Runs rules over stored events, with the same result as if they had been there when the events came: a rule's hits in the
 * window are found again with the rule as it is now, and the keys they touch are joined as at ingest. Runs are rows: asked
 * for and cancelled by whoever may, worked off here slice by slice between batches of new events. One that was under way
 * when the process ended begins again; looking at an event twice changes nothing.
 */
export class BackfillRunner {
  readonly #db: Database
  readonly #rules: RuleWatch
  readonly #join: () => void
  readonly #clock: () => Date
  readonly #events: EventReader
  #run: RunRow | null = null
  #after = 0

  /** `join` joins the keys that are queued. */
  constructor(db: Database, rules: RuleWatch, join: () => void, clock: () => Date) {
    this.#db = db
    this.#rules = rules
    this.#join = join
    this.#clock = clock
    this.#events = new EventReader(db)
  }

  /** Does the next slice of the oldest run; false when there is nothing to do. A fault ends its run, not the runner. */
  step(): boolean {
    const run = this.#current()
    if (run === null) return false
    try {
      this.#slideOn(run)
    } catch (error) {
      this.#close(run, 'failed', errorMessage(error))
      throw error
    }
    return true
  }

  #current(): RunRow | null {
    const wanted = prepared<[], RunRow & { status: string }>(
      this.#db,
      "SELECT id, rule_id, from_ts, to_ts, status FROM detection_run WHERE kind = 'backfill' AND status IN ('queued', 'running') ORDER BY id LIMIT 1",
    ).get()
    if (!wanted) {
      this.#run = null
      return null
    }
    if (this.#run?.id === wanted.id) return this.#run
    this.#after = 0
    // It looks at every event again; alerts that it raised before stay raised and counted.
    prepared(this.#db, "UPDATE detection_run SET status = 'running', events = 0 WHERE id = ?").run(wanted.id)
    prepared(this.#db, 'UPDATE detection_run_rule SET hits = 0 WHERE run_id = ?').run(wanted.id)
    this.#run = wanted
    return wanted
  }

  #slideOn(run: RunRow): void {
    const { detector } = this.#rules.current()
    if (!detector.rules.has(run.rule_id)) return this.#close(run, 'failed', 'The rule is switched off or does not compile, so it cannot run. Its page says which.')
    const slice = this.#slice(run)
    const last = slice.at(-1)
    if (!last) return this.#close(run, 'done', null)
    this.#after = last.id
    const hits: StoredHit[] = []
    const cut: string[] = []
    // Before the transaction: no rule is evaluated inside one.
    for (const stored of this.#events.byIds(slice.map((event) => event.id))) {
      const wants = (lacks: number, event: EcsEvent) => mustWait(detector, lacks, readTexts(event, 'event.category'))
      const own = detector.hits(this.#events.document(stored, wants)).filter((hit) => hit.rule === run.rule_id)
      for (const hit of own) hits.push({ eventId: stored.id, ts: stored.ts, tsNs: stored.tsNs, sequence: stored.sequence, stage: hit.stage, key: hit.key })
      cut.push(...cutKeys(own).map(({ key }) => key))
    }
    this.#replaceHits(run, slice, hits)
    for (const key of cut) noteTruncated(this.#db, null, run.rule_id, key)
    const begun = performance.now()
    this.#join()
    prepared(this.#db, 'UPDATE detection_run SET events = events + ?, detect_ms = detect_ms + ? WHERE id = ?').run(slice.length, Math.round(performance.now() - begun), run.id)
  }

  #close(run: RunRow, status: 'done' | 'failed', error: string | null): void {
    prepared(this.#db, "UPDATE detection_run SET status = ?, error = ?, finished_at = ? WHERE id = ? AND status IN ('queued', 'running')").run(status, error, this.#clock().getTime(), run.id)
    // Over all that is stored: nothing it was advised for is left.
    if (status === 'done' && run.from_ts === null && run.to_ts === null) prepared(this.#db, 'UPDATE rule SET rerun_advised_at = NULL WHERE id = ?').run(run.rule_id)
    this.#run = null
  }

  #slice(run: RunRow): readonly { readonly id: number; readonly ts: number }[] {
    const { from_ts: fromTs, to_ts: toTs } = run
    return prepared<(number | null)[], { id: number; ts: number }>(
      this.#db,
      'SELECT id, ts FROM event WHERE id > ? AND (? IS NULL OR ts >= ?) AND (? IS NULL OR ts <= ?) ORDER BY id LIMIT ?',
    ).all(this.#after, fromTs, fromTs, toTs, toTs, LIMITS.backfillSlice)
  }

  #replaceHits({ rule_id: rule }: RunRow, slice: readonly { readonly id: number }[], hits: readonly StoredHit[]): void {
    const replace = this.#db.transaction(() => {
      const stale = prepared<[number, number, number], { key: string; ts: number; event_id: number; stage: number }>(
        this.#db,
        'SELECT h."key", h.ts, h.event_id, h.stage FROM rule_hit h WHERE +h.rule_id = ? AND h.event_id BETWEEN ? AND ?',
      )
      const first = slice[0]?.id ?? 0
      const last = slice.at(-1)?.id ?? 0
      const inSlice = new Set(slice.map((event) => event.id))
      const fresh = new Set(hits.map((hit) => `${hit.eventId} ${hit.stage} ${hit.key}`))
      const queue = prepared(
        this.#db,
        `INSERT INTO join_queue (rule_id, "key", from_ts, to_ts, import_id) VALUES (?, ?, ?, ?, NULL)
         ON CONFLICT (rule_id, "key") DO UPDATE SET from_ts = min(from_ts, excluded.from_ts), to_ts = max(to_ts, excluded.to_ts), version = version + 1`,
      )
      for (const old of stale.all(rule, first, last)) {
        if (!inSlice.has(old.event_id) || fresh.has(`${old.event_id} ${old.stage} ${old.key}`)) continue
        prepared(this.#db, 'DELETE FROM rule_hit WHERE rule_id = ? AND "key" = ? AND ts = ? AND event_id = ? AND stage = ?').run(rule, old.key, old.ts, old.event_id, old.stage)
        queue.run(rule, old.key, old.ts, old.ts)
      }
      for (const hit of hits) {
        prepared(
          this.#db,
          'INSERT INTO rule_hit (rule_id, "key", ts, ts_ns, event_id, stage, sequence) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        ).run(rule, hit.key, hit.ts, hit.tsNs, hit.eventId, hit.stage, hit.sequence)
        queue.run(rule, hit.key, hit.ts, hit.ts)
      }
      countForRule(this.#db, null, rule, { hits: hits.length })
    })
    replace.immediate()
  }
}
