import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import type { RuleWatch } from '@/lib/detect/rule-watch'
import { isWorkWaiting } from '@/lib/detect/work-queue'
import { errorMessage, isDiskFull } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { ChainGuard } from './chains'
import { deleteEvents } from './delete-events'
import type { EventRow } from './delete-events'
import { EventIdSet } from './event-id-set'
import { HoldAround } from './hold-around'
import { historyEnd, keptAlertsAfter, keptAlertsChanged, keptLinksBetween } from './kept-alerts'
import { DAY_MS, GRACE_MS, bytesInUse, readPages, readPolicyRow } from './policy'

interface RunRow {
  readonly id: number
  readonly status: string
  readonly actor: string
  readonly max_age_days: number | null
  readonly max_bytes: number | null
  readonly started_at: number
  readonly after_id: number
}

interface ImportSpan {
  readonly started_at: number
  /** Null while it runs. */
  readonly finished_at: number | null
}

/** What was received before a time goes, so many events at a time. */
interface Horizon {
  readonly before: number
  readonly events: number
}

/** What is known of a run while it is worked off; begun anew, it is found again. */
interface Work {
  readonly run: RunRow
  readonly held: EventIdSet
  readonly around: HoldAround
  /** How far alerts have been looked at: by id until all were, then by what happened to them. */
  phase: 'hold' | 'delete' | 'rejects' | 'shrink'
  alertAfter: number
  history: number
  after: number
  /** The newest import that lost events, by when it was received. */
  receivedUntil: number
}

/** Who asks for the runs that come with time. */
export const RETENTION = 'retention'
const EVERY_MS = 3_600_000
const LOOK_MS = 60_000
const YIELD_MS = 1_000
/** Growth beyond which a database that could not be made small enough is tried again before the hour is over. */
const GROWTH = 1.01
/** Free pages that stay in the file for what comes next, as a part of it and at least so many; and how many are given back at a time. */
const SPARE_PART = 0.1
const SPARE_PAGES = 256
const SHRINK_PAGES = 256
const INCREMENTAL = 2
/** Nearer than this to the size that is wanted, only so many events go at a time: no more than has to. */
const COARSE_BYTES = 64 * 1024 * 1024
const FINE_EVENTS = 256

/**
 * Deletes what the policy no longer keeps: events received too long ago, and while the database is too large the oldest
 * received ones. Runs in the storing thread between batches, slice by slice, each a transaction; a run is a row, so whoever
 * may asks for one, watches it and cancels it, and one that a killed process left is gone on with.
 *
 * Never deleted are the records of alerts that are not closed or are in a case, what stands around them (`HoldAround`), and
 * what their rules would look at again (`ChainGuard`). It deletes only while no join is due that is not set aside, so at rest alerts are as the
 * detector last judged them, and the detector leaves those alone whose records went.
 */
export class RetentionRunner {
  readonly #db: Database
  readonly #rules: RuleWatch
  readonly #settle: () => void
  readonly #clock: () => Date
  readonly #imports = new Map<number, ImportSpan>()
  #work: Work | null = null
  #nextLook = 0
  #notBefore = 0
  /** Bytes in use after a run that found nothing more to delete. */
  #stuckAt = 0

  /** `settle` does all joins that are due. */
  constructor(db: Database, rules: RuleWatch, settle: () => void, clock: () => Date) {
    this.#db = db
    this.#rules = rules
    this.#settle = settle
    this.#clock = clock
  }

  /** Does the next slice of the run under way, or begins one when it is time; false when there is nothing to do. A fault ends its run. */
  step(): boolean {
    if (this.#clock().getTime() < this.#notBefore) return false
    const work = this.#current() ?? this.#schedule()
    if (work === null) return false
    try {
      this.#slice(work)
    } catch (error) {
      // Deleting writes to the log first: on a full disk it has to wait for room like everything else.
      if (isDiskFull(error)) {
        this.#notBefore = this.#clock().getTime() + LOOK_MS
        return false
      }
      this.#close(work, 'failed', errorMessage(error))
      throw error
    }
    return true
  }

  #current(): Work | null {
    const wanted = prepared<[], RunRow>(
      this.#db,
      `SELECT id, status, actor, max_age_days, max_bytes, started_at, after_id FROM retention_run WHERE status IN ('queued', 'running') ORDER BY id LIMIT 1`,
    ).get()
    if (!wanted) {
      this.#work = null
      return null
    }
    if (this.#work?.run.id === wanted.id) return this.#work
    const run = wanted.status === 'queued' ? { ...wanted, started_at: this.#clock().getTime() } : wanted
    prepared(this.#db, "UPDATE retention_run SET status = 'running', started_at = ?, received_before = ? WHERE id = ?").run(run.started_at, tooOldAt(run), run.id)
    this.#imports.clear()
    const held = new EventIdSet()
    const around = new HoldAround(this.#db, (eventId) => held.add(eventId))
    this.#work = { run, held, around, phase: 'hold', alertAfter: 0, history: historyEnd(this.#db), after: run.after_id, receivedUntil: 0 }
    return this.#work
  }

  /** Begins a run when an hour has gone by and something is due, or when the database has grown over its size. */
  #schedule(): Work | null {
    const now = this.#clock().getTime()
    if (now < this.#nextLook) return null
    this.#nextLook = now + LOOK_MS
    const policy = readPolicyRow(this.#db)
    if (policy === null || policy.paused !== null) return null
    const inUse = bytesInUse(readPages(this.#db))
    const isOver = policy.max_bytes !== null && inUse > policy.max_bytes
    const isTime = policy.checked_at === null || now - policy.checked_at >= EVERY_MS
    if (!isTime && !(isOver && inUse > this.#stuckAt * GROWTH)) return null
    prepared(this.#db, 'UPDATE retention_policy SET checked_at = ? WHERE id = 1').run(now)
    if (!isOver && !this.#anyTooOld(policy.max_age_days, now)) return null
    prepared(this.#db, "INSERT INTO retention_run (status, actor, max_age_days, max_bytes, started_at, bytes_before) VALUES ('queued', ?, ?, ?, ?, ?)").run(
      RETENTION,
      policy.max_age_days,
      policy.max_bytes,
      now,
      inUse,
    )
    return this.#current()
  }

  #anyTooOld(days: number | null, now: number): boolean {
    if (days === null) return false
    const found = prepared<[number], number>(
      this.#db,
      'SELECT 1 FROM import i WHERE i.finished_at < ? AND (i.stored > i.removed OR EXISTS (SELECT 1 FROM rejected_record r WHERE r.import_id = i.id)) LIMIT 1',
      'values',
    ).get(now - days * DAY_MS)
    return found !== undefined
  }

  #slice(work: Work): void {
    if (work.phase === 'hold') return this.#holdSome(work)
    if (work.phase === 'delete') return this.#deleteSome(work)
    if (work.phase === 'rejects') return this.#rejectSome(work)
    this.#shrink(work)
  }

  #holdSome(work: Work): void {
    const alerts = keptAlertsAfter(this.#db, work.alertAfter, LIMITS.retentionAlerts)
    for (const id of alerts) work.around.ofAlert(id)
    const last = alerts.at(-1)
    if (last === undefined) work.phase = 'delete'
    else work.alertAfter = last
  }

  /** Holds what belongs to alerts that something happened to since they were looked at; false when there was nothing. */
  #holdChanged(work: Work): boolean {
    const changed = keptAlertsChanged(this.#db, work.history, LIMITS.retentionAlerts)
    for (const id of new Set(changed.map(({ alertId }) => alertId))) work.around.ofAlert(id)
    const last = changed.at(-1)
    if (last === undefined) return false
    work.history = last.history
    return true
  }

  /** Events received before this go: those too old, and while there is too much nearly all, the oldest first. */
  #horizon({ run }: Work): Horizon | null {
    const tooMuch = run.max_bytes === null ? 0 : bytesInUse(readPages(this.#db)) - run.max_bytes
    const tooOld = tooOldAt(run)
    if (tooMuch > 0) return { before: Math.max(tooOld ?? 0, run.started_at - GRACE_MS), events: tooMuch > COARSE_BYTES ? LIMITS.retentionSlice : FINE_EVENTS }
    return tooOld === null ? null : { before: tooOld, events: LIMITS.retentionSlice }
  }

  #span(importId: number): ImportSpan {
    let span = this.#imports.get(importId)
    if (!span) {
      span = prepared<[number], ImportSpan>(this.#db, 'SELECT started_at, finished_at FROM import WHERE id = ?').get(importId) ?? { started_at: 0, finished_at: 0 }
      // What runs now is not due in this run, however it ends.
      this.#imports.set(importId, span)
    }
    return span
  }

  #isBefore(importId: number, horizon: number): boolean {
    const { finished_at: finished } = this.#span(importId)
    return finished !== null && finished < horizon
  }

  #deleteSome(work: Work): void {
    const horizon = this.#horizon(work)
    const page = horizon === null ? [] : this.#page(work.after, horizon.events)
    // Whatever was stored after an import began that is not due was received later than that.
    const end = horizon === null ? 0 : page.findIndex((row) => this.#span(row.import_id).started_at >= horizon.before)
    const rows = end < 0 ? page : page.slice(0, end)
    const last = rows.at(-1)
    if (horizon === null || last === undefined) {
      work.phase = 'rejects'
      return
    }
    if (!rows.some((row) => this.#isBefore(row.import_id, horizon.before))) {
      work.after = last.id
      return
    }
    if (this.#holdChanged(work)) return
    const remove = this.#db.transaction(() => this.#removeFrom(work, rows, horizon.before))
    // Somebody stored something that is not joined yet, or an alert changed: first that, then once more.
    if (remove.immediate()) return
    this.#settle()
    // Another process stores without a pause: its turn, rather than the same question again at once.
    if (isWorkWaiting(this.#db)) this.#notBefore = this.#clock().getTime() + YIELD_MS
  }

  /** The next events, as whole blocks. */
  #page(after: number, events: number): readonly EventRow[] {
    const rows = prepared<[number, number], EventRow>(
      this.#db,
      'SELECT id, identity, ts, ts_ns, host, import_id, lacks, block, block_at FROM event WHERE id > ? ORDER BY id LIMIT ?',
    ).all(after, events)
    if (rows.length < events) return rows
    const lastBlock = rows.at(-1)?.block
    const whole = rows.filter((row) => row.block !== lastBlock)
    return whole.length > 0 ? whole : rows
  }

  #removeFrom(work: Work, rows: readonly EventRow[], horizon: number): boolean {
    const first = rows[0]?.id ?? 0
    const last = rows.at(-1)?.id ?? 0
    // Cancelled a moment ago: the next step finds no run.
    if (prepared<[number], string>(this.#db, 'SELECT status FROM retention_run WHERE id = ?', 'values').get(work.run.id) !== 'running') return true
    if (isWorkWaiting(this.#db) || keptAlertsChanged(this.#db, work.history, 1).length > 0) return false
    const linked = keptLinksBetween(this.#db, first, last)
    const guard = new ChainGuard(this.#db, this.#rules.current().detector.rules, (ids) => this.#allDue(work, ids, horizon))
    const bound = guard.bound(first, last)
    const due = rows.filter((row) => this.#isBefore(row.import_id, horizon))
    const going = new Set(due.filter(({ id }) => !work.held.has(id) && !linked.has(id) && !bound.has(id)).map(({ id }) => id))
    const now = this.#clock().getTime()
    const received = new Date(Math.max(0, ...due.map((row) => this.#span(row.import_id).finished_at ?? 0)))
    const deleted = deleteEvents(this.#db, rows, (row) => going.has(row.id), {
      now,
      because: `Records deleted by retention: the alert was closed and in no case, and they were received until ${received.toISOString().slice(0, 10)} at the latest.`,
    })
    prepared(this.#db, 'UPDATE retention_run SET after_id = ?, events = events + ?, blocks = blocks + ?, alerts = alerts + ?, kept = kept + ? WHERE id = ?').run(
      last,
      deleted.events,
      deleted.blocks,
      deleted.alerts,
      due.length - going.size,
      work.run.id,
    )
    work.after = last
    if (deleted.events > 0) work.receivedUntil = Math.max(work.receivedUntil, received.getTime())
    return true
  }

  #allDue(work: Work, ids: readonly number[], horizon: number): boolean {
    const importOf = prepared<[number], number>(this.#db, 'SELECT import_id FROM event WHERE id = ?', 'values')
    return ids.every((id) => !work.held.has(id) && this.#isBefore(importOf.get(id) ?? 0, horizon))
  }

  /** Rejected records have the age of their import; under a size they go with the events of their time. */
  #rejectSome(work: Work): void {
    const until = Math.max(this.#horizon(work)?.before ?? 0, work.receivedUntil)
    const { changes } = prepared(
      this.#db,
      'DELETE FROM rejected_record WHERE id IN (SELECT r.id FROM rejected_record r JOIN import i ON i.id = r.import_id WHERE i.finished_at < ? ORDER BY r.id LIMIT ?)',
    ).run(until, LIMITS.retentionRejects)
    if (changes > 0) prepared(this.#db, 'UPDATE retention_run SET rejects = rejects + ? WHERE id = ?').run(changes, work.run.id)
    if (changes < LIMITS.retentionRejects) work.phase = 'shrink'
  }

  /** Gives free pages back to the disk but for a spare, where the file was made so that it can. */
  #shrink(work: Work): void {
    const { pages, free, size } = readPages(this.#db)
    const spare = Math.max(SPARE_PAGES, Math.floor(pages * SPARE_PART))
    if (this.#db.pragma('auto_vacuum', { simple: true }) !== INCREMENTAL || free <= spare) {
      this.#close(work, 'done', null)
      return
    }
    this.#db.pragma(`incremental_vacuum(${Math.min(SHRINK_PAGES, free - spare)})`)
    const returned = (pages - readPages(this.#db).pages) * size
    prepared(this.#db, 'UPDATE retention_run SET bytes_returned = bytes_returned + ? WHERE id = ?').run(returned, work.run.id)
    if (returned <= 0) this.#close(work, 'done', null)
  }

  #close(work: Work, status: 'done' | 'failed', error: string | null): void {
    const inUse = bytesInUse(readPages(this.#db))
    if (status === 'done') this.#stuckAt = inUse
    const nothing = prepared(this.#db, "DELETE FROM retention_run WHERE id = ? AND actor = ? AND ? = 'done' AND events = 0 AND rejects = 0 AND bytes_returned = 0")
    // Every hour that found nothing would bury those that did; the policy tells when somebody last looked.
    if (nothing.run(work.run.id, RETENTION, status).changes === 0) {
      prepared(this.#db, "UPDATE retention_run SET status = ?, error = ?, finished_at = ?, bytes_after = ? WHERE id = ? AND status IN ('queued', 'running')").run(
        status,
        error,
        this.#clock().getTime(),
        inUse,
        work.run.id,
      )
    }
    this.#work = null
  }
}

/** The time before which what was received is too old; null without an age. */
function tooOldAt(run: Pick<RunRow, 'started_at' | 'max_age_days'>): number | null {
  return run.max_age_days === null ? null : run.started_at - run.max_age_days * DAY_MS
}
