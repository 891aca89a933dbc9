import { EventReader } from '@/lib/db/event-reader'
import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { LIMITS } from '@/lib/limits'
import { ruleSchema } from '@/lib/rules/schema'
import type { RuleDocument } from '@/lib/rules/schema'
import { observeRow } from './alert-observables'
import type { AlertWriter, LinkedRecord } from './alert-writer'
import { workOf } from './set-aside'
import type { SetAside } from './set-aside'
import { goesOn } from './work-queue'

interface AlertRow {
  readonly id: number
  readonly reason: string
  readonly event_id: number
  readonly rule_version_id: number
}

interface LinkRow {
  readonly event_id: number
  readonly stage: number
}

const SLICE = `SELECT alert_id FROM describe_queue q WHERE ${goesOn('describe')} ORDER BY alert_id DESC LIMIT ?`

/**
 * Describes alerts that an earlier version raised from the records they link. A migration put them on `describe_queue`; they
 * are worked off here slice by slice between batches of new events, each slice with its rows in one transaction, so that a
 * killed process leaves work and no gap.
 */
export class AlertDescriber {
  readonly #db: Database
  readonly #events: EventReader
  readonly #alerts: AlertWriter
  readonly #aside: SetAside
  readonly #clock: () => Date
  readonly #rules = new Map<number, RuleDocument>()

  constructor(db: Database, alerts: AlertWriter, aside: SetAside, clock: () => Date) {
    this.#db = db
    this.#events = new EventReader(db)
    this.#alerts = alerts
    this.#aside = aside
    this.#clock = clock
  }

  /** Does the next slice, the newest alerts first; false when there is nothing to do. One that fails is set aside. */
  step(): boolean {
    const ids = prepared<[number], number>(this.#db, SLICE, 'values').all(LIMITS.describeSlice)
    if (ids.length === 0) return false
    this.#aside.apart(
      ids,
      (id) => workOf('describe', id, null),
      (some) => this.#describeAll(some),
    )
    return true
  }

  #describeAll(ids: readonly number[]): number {
    const apply = this.#db.transaction(() => {
      for (const id of ids) {
        this.#describe(id)
        prepared(this.#db, 'DELETE FROM describe_queue WHERE alert_id = ?').run(id)
      }
    })
    apply.immediate()
    return ids.length
  }

  #describe(id: number): void {
    const alert = prepared<[number], AlertRow>(this.#db, 'SELECT id, reason, event_id, rule_version_id FROM alert WHERE id = ?').get(id)
    if (!alert) return
    const records = this.#records(id)
    // Without its records nothing better can be said than what was said when they were there.
    if (records === null) {
      observeRow(this.#db, id)
      return
    }
    this.#alerts.redescribe(alert, { document: this.#document(alert.rule_version_id) }, { completing: alert.event_id, records }, this.#clock())
  }

  /** The linked records in their order; null when not all of them are stored any more. */
  #records(id: number): readonly LinkedRecord[] | null {
    const links = prepared<[number], LinkRow>(this.#db, 'SELECT event_id, stage FROM alert_event WHERE alert_id = ? ORDER BY position').all(id)
    const stored = new Map(this.#events.byIds([...new Set(links.map((link) => link.event_id))]).map((event) => [event.id, event]))
    const records = links.flatMap(({ event_id: eventId, stage }): LinkedRecord[] => {
      const event = stored.get(eventId)
      return event ? [{ eventId, stage, ts: event.ts, tsNs: event.tsNs, event: this.#events.document(event) }] : []
    })
    return records.length === links.length && records.length > 0 ? records : null
  }

  #document(versionId: number): RuleDocument {
    const known = this.#rules.get(versionId)
    if (known) return known
    const text = prepared<[number], string>(this.#db, 'SELECT document FROM rule_version WHERE id = ?', 'values').get(versionId)
    const document = ruleSchema.parse(JSON.parse(text ?? '{}'))
    this.#rules.set(versionId, document)
    return document
  }
}
