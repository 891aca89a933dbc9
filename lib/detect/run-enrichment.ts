import { cutKeys } from '@/lib/db/cut-keys'
import { EventReader, hostRow } from '@/lib/db/event-reader'
import type { ReadEvent, StoredEvent } from '@/lib/db/event-reader'
import { entityKey } from '@/lib/db/hash'
import { noteAsked, noteTold, noteWaiting } from '@/lib/db/known-processes'
import type { StoredBatch } from '@/lib/db/event-store'
import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { fromEventsOf } from '@/lib/db/process-index'
import { keepStart, leaveQueue, lookForStarts } from '@/lib/db/process-starts'
import type { QueuedStart } from '@/lib/db/process-starts'
import { LACKS, asksForStart } from '@/lib/ecs/enrich'
import { readText } from '@/lib/ecs/event'
import { readStored } from '@/lib/ecs/normalizers/registry'
import { toldProcesses } from '@/lib/ecs/told-process'
import { LIMITS } from '@/lib/limits'
import type { AlertWriter } from './alert-writer'
import type { Detector, EventHit } from './engine'
import type { RuleWatch } from './rule-watch'
import { HitCounts, noteTruncated } from './run-log'
import { workOf } from './set-aside'
import { spreadRanges } from './spread-ranges'
import type { RangeRow } from './spread-ranges'
import type { SetAside, Work } from './set-aside'
import { drain, goesOn } from './work-queue'

interface EventRow {
  readonly event_id: number
  readonly import_id: number | null
}

interface RetestRow extends EventRow {
  readonly version: number
}

interface HitRow {
  readonly rule_id: number
  readonly key: string
  readonly stage: number
}

interface Tested {
  readonly stored: StoredEvent
  readonly importId: number | null
  readonly read: ReadEvent
  readonly hits: readonly EventHit[]
}

/** How the rows of a queue are read, named and worked on. */
interface Step<Row> {
  readonly rows: string
  readonly nameOf: (row: Row) => string
  readonly workOf: (row: Row) => Work
  readonly act: (rows: readonly Row[], gone: (row: Row) => void) => number
}

/** Events that are read before what they need is written together, and processes that are looked for. */
const PAGE = 500

const TELL = `SELECT event_id, import_id FROM tell_queue q WHERE ${goesOn('tell')} ORDER BY event_id LIMIT ?`
const START = `SELECT entity, host, entity_id, hex(entity_id) AS hex, version, import_id, late FROM start_queue q WHERE ${goesOn('start')} LIMIT ?`
const SPREAD = `SELECT host, pid, from_ts, to_ts, import_id, version FROM enrich_queue q WHERE ${goesOn('spread')} ORDER BY host, pid, from_ts LIMIT ?`
// In the order in which they are stored: a block of records is opened as a whole.
const RETEST = `SELECT event_id, import_id, version FROM retest_queue q WHERE ${goesOn('retest')} ORDER BY event_id LIMIT ?`

function hitText(rule: number, stage: number, key: string): string {
  return `${rule} ${stage} ${key}`
}

/** Whether the hits of an event are to be found once what it leaves out has been looked up. */
export function mustWait(detector: Detector, lacks: number, categories: readonly string[]): boolean {
  // Ids decide where the event is found, whatever rules ask for.
  return (lacks & (LACKS.id | LACKS.parentId)) !== 0 || detector.dependence.reads(categories, lacks)
}

/**
 * Looks up what events leave out, and finds their hits: when they are stored, and again when something new became known, in
 * whatever order that happens. At rest the hits of every such event are those of the event as it reads now, so the alerts do
 * not depend on arrival. Everything it has to do is in queues that are written with the events: a killed process leaves work,
 * and doing it twice changes nothing. Rules are evaluated outside of the transaction.
 */
export class EnrichmentRunner {
  readonly #db: Database
  readonly #rules: RuleWatch
  readonly #events: EventReader
  readonly #alerts: AlertWriter
  readonly #aside: SetAside
  readonly #clock: () => Date
  /** An event is found under another id than before. */
  #moved = false
  /** How many events may still be read again for what became known of pids. */
  #retestsLeft = 0

  constructor(db: Database, rules: RuleWatch, alerts: AlertWriter, aside: SetAside, clock: () => Date) {
    this.#aside = aside
    this.#db = db
    this.#rules = rules
    this.#events = new EventReader(db)
    this.#alerts = alerts
    this.#clock = clock
  }

  /** Blocks just written, most of which are about to be read. */
  remember(blocks: NonNullable<StoredBatch['blocks']>): void {
    this.#events.remember(blocks)
  }

  /** Works the queues off and answers how many keys have to be joined for it. */
  drain(): number {
    let touched = 0
    this.#retestsLeft = LIMITS.enrichWaiting
    do {
      this.#moved = false
      this.#drain<EventRow>({
        rows: TELL,
        nameOf: ({ event_id }) => String(event_id),
        workOf: (row) => workOf('tell', row.event_id, row.import_id),
        act: (rows, gone) => this.#tell(rows, gone),
      })
      this.#drain<QueuedStart>({
        rows: START,
        nameOf: ({ entity, host, hex, version }) => `${entity} ${host} ${hex} ${version}`,
        workOf: ({ entity, host, hex, import_id: importId }) => workOf('start', `${entity} ${host} ${hex}`, importId),
        act: (rows, gone) => this.#findStarts(rows, gone),
      })
      this.#drain<RangeRow>({
        rows: SPREAD,
        nameOf: ({ host, pid, from_ts: from, version }) => `${host} ${pid} ${from} ${version}`,
        workOf: ({ host, pid, from_ts: from, import_id: importId }) => workOf('spread', `${host} ${pid} ${from}`, importId),
        act: (rows, gone) => this.#spread(rows, gone),
      })
      touched += this.#drain<RetestRow>({
        rows: RETEST,
        nameOf: ({ event_id, version }) => `${event_id} ${version}`,
        workOf: (row) => workOf('retest', row.event_id, row.import_id),
        act: (rows, gone) => this.#test(rows, gone),
      })
      // An event that is found under another id now waits for the start of that process.
    } while (this.#moved)
    return touched
  }

  /** Works one queue off. A row that fails is set aside by itself, and one that does not go away is. */
  #drain<Row>({ rows, nameOf, workOf: of, act }: Step<Row>): number {
    const page = prepared<[number], Row>(this.#db, rows)
    return drain<Row>({
      page: () => page.all(PAGE),
      nameOf,
      act: (some, gone) => this.#aside.apart(some, of, (part) => act(part, gone)),
      stuck: (row) => this.#aside.stuck(of(row)),
    })
  }

  /** What sensors with ids tell of pids, on hosts where others only have pids. */
  #tell(rows: readonly EventRow[], gone: (row: EventRow) => void): number {
    const read = new Map(this.#events.byIds(rows.map(({ event_id }) => event_id)).map((stored) => [stored.id, readStored(stored.format, stored.raw)]))
    const write = this.#db.transaction(() => {
      for (const row of rows) {
        const { event_id: id, import_id: importId } = row
        const event = read.get(id)
        const host = event && hostRow(this.#db, readText(event, 'host.id') ?? '')
        if (event && host !== undefined) noteTold(this.#db, host, id, toldProcesses(event), importId)
        if (prepared(this.#db, 'DELETE FROM tell_queue WHERE event_id = ?').run(id).changes > 0) gone(row)
      }
    })
    write.immediate()
    return 0
  }

  /** The records with which processes began; where another one answers than before, the process's events are read again. */
  #findStarts(rows: readonly QueuedStart[], gone: (row: QueuedStart) => void): number {
    const found = lookForStarts(this.#db, this.#events, rows)
    const { detector } = this.#rules.current()
    const write = this.#db.transaction(() => {
      for (const [at, row] of rows.entries()) {
        if (leaveQueue(this.#db, row)) gone(row)
        const changed = keepStart(this.#db, row, found[at] ?? null)
        if (changed !== null && row.late !== 0) this.#queueEventsOf(detector, row, changed.lacks)
      }
    })
    write.immediate()
    return 0
  }

  #queueEventsOf(detector: Detector, { entity, host, entity_id: entityId, import_id: importId }: QueuedStart, lacks: number): void {
    const queue = prepared(this.#db, 'INSERT INTO retest_queue (event_id, import_id) VALUES (?, ?) ON CONFLICT DO UPDATE SET version = version + 1')
    const rows = prepared<[number, number, number], { id: number; category: string | null }>(
      this.#db,
      `SELECT e.id, t.text AS category ${fromEventsOf('entity', 1)} LEFT JOIN term t ON t.id = e.category WHERE e.host = ? AND e.lacks IS NOT NULL ORDER BY e.ts, e.ts_ns, e.identity LIMIT ?`,
    ).all(entity, host, LIMITS.enrichWaiting + 1)
    for (const { id, category } of rows.slice(0, LIMITS.enrichWaiting)) {
      if (category !== null && mustWait(detector, lacks, [category])) queue.run(id, importId)
    }
    if (rows.length > LIMITS.enrichWaiting) this.#sayCut(importId, host, `process ${entityId}`)
  }

  /** From what became known of pids to the events that it concerns. */
  #spread(rows: readonly RangeRow[], gone: (row: RangeRow) => void): number {
    let left = this.#retestsLeft + rows.length * LIMITS.enrichPerTold
    const write = this.#db.transaction(() => {
      for (const { host, pid, from, to, importId, rows: ofRange } of spreadRanges(rows)) {
        const most = Math.min(LIMITS.enrichWaiting, left)
        const { changes } = prepared(
          this.#db,
          `INSERT INTO retest_queue (event_id, import_id)
           SELECT event_id, ? FROM parented_event WHERE host = ? AND parent_pid = ? AND ts BETWEEN ? AND ? ORDER BY ts, event_id LIMIT ? ON CONFLICT DO UPDATE SET version = version + 1`,
        ).run(importId, host, pid, from, to, most + 1)
        if (changes > most) this.#sayCut(importId, host, most < LIMITS.enrichWaiting ? null : `pid ${pid}`)
        left = Math.max(0, left - changes)
        for (const row of ofRange) {
          // Another process may have widened the range since it was read.
          if (prepared(this.#db, 'DELETE FROM enrich_queue WHERE host = ? AND pid = ? AND from_ts = ? AND version = ?').run(host, pid, row.from_ts, row.version).changes > 0) gone(row)
        }
      }
    })
    write.immediate()
    this.#retestsLeft = left
    return 0
  }

  /** A note of the import that told so much: what was cut is said where its other notes are. */
  #sayCut(importId: number | null, host: number, what: string | null): void {
    if (importId === null) return
    const hostId = prepared<[number], string>(this.#db, 'SELECT host_id FROM host WHERE id = ?', 'values').get(host) ?? ''
    const many =
      what === null
        ? `More stored events wait for what this import tells of pids than are read again at a time, ${LIMITS.enrichPerTold.toLocaleString('en')} for each. `
        : `More than ${LIMITS.enrichWaiting.toLocaleString('en')} stored events wait for what is known of ${what} on host ${hostId}. `
    const note = `${many}Those beyond, the newest, were not tested again with what this import tells; run the rules over stored events from their pages.`
    prepared(
      this.#db,
      `UPDATE import SET notes = json_insert(notes, '$[#]', ?) WHERE id = ? AND NOT EXISTS (SELECT 1 FROM json_each(notes) WHERE value = ?)`,
    ).run(note, importId, note)
  }

  #test(rows: readonly RetestRow[], gone: (row: RetestRow) => void): number {
    let touched = 0
    for (let next = rows; next.length > 0; ) {
      const { detector } = this.#rules.current()
      const version = this.#dataVersion()
      const tested = this.#readAll(detector, next)
      const again: RetestRow[] = []
      const write = this.#db.transaction(() => {
        const written = new HitCounts()
        // Nobody else stored anything since they were read, so what they were told was the whole of it.
        const isAlone = this.#dataVersion() === version
        for (const row of next) {
          const { event_id: id, version: queued } = row
          const test = tested.get(id)
          if (test && this.#notesNewQuestion(test) && !isAlone && !this.#readsTheSame(test)) {
            // Its questions are noted now: what becomes known from here on queues it, and what did meanwhile is read.
            again.push(row)
            continue
          }
          if (test) touched += this.#replace(detector, test, written)
          if (prepared(this.#db, 'DELETE FROM retest_queue WHERE event_id = ? AND version = ?').run(id, queued).changes > 0) gone(row)
        }
        written.log(this.#db)
      })
      write.immediate()
      next = again
    }
    return touched
  }

  #readAll(detector: Detector, rows: readonly RetestRow[]): ReadonlyMap<number, Tested> {
    const stored = new Map(this.#events.byIds(rows.map(({ event_id }) => event_id)).map((event) => [event.id, event]))
    const tested = new Map<number, Tested>()
    for (const { event_id: id, import_id: importId } of rows) {
      const event = stored.get(id)
      if (!event) continue
      const read = this.#events.read(event)
      tested.set(id, { stored: event, importId, read, hits: detector.hits(read.event) })
    }
    return tested
  }

  /** Moves with every commit of another connection. */
  #dataVersion(): number | undefined {
    return prepared<[], number>(this.#db, 'PRAGMA data_version', 'values').get()
  }

  /** Which pids the event depends on may show only when it is read: its parent's, where another record named it. */
  #notesNewQuestion({ stored, read }: Tested): boolean {
    let isNew = false
    for (const { host, pid, ms } of read.asked) if (noteAsked(this.#db, host, pid, ms, stored.id)) isNew = true
    return isNew
  }

  /** Until a question is noted nobody queues the event for its answer, so that is asked once more. */
  #readsTheSame({ stored, read }: Tested): boolean {
    return JSON.stringify(this.#events.read(stored).event) === JSON.stringify(read.event)
  }

  #replace(detector: Detector, { stored: event, importId, read, hits }: Tested, written: HitCounts): number {
    let touched = this.#moveUnderItsIds(event, read, importId)
    // Hits of rules that are off now are left: they are not ours to judge.
    const before = prepared<[number], HitRow>(this.#db, 'SELECT rule_id, "key", stage FROM rule_hit WHERE event_id = ?')
      .all(event.id)
      .filter((hit) => detector.rules.has(hit.rule_id))
    if (before.length === 0 && hits.length === 0) return touched
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
      this.#queueJoin(hit.rule_id, hit.key, event.ts, importId)
      this.#stopWatching(detector, hit)
      // A join decides about the events that could complete a match; this one no longer can, so it is decided here.
      const rule = detector.rules.get(hit.rule_id)
      if (rule?.lastStage === hit.stage && !hits.some((kept) => kept.rule === rule.id && kept.stage === rule.lastStage)) {
        this.#alerts.withdraw(rule, event.id, importId, this.#clock())
      }
    }
    for (const { rule, key } of cutKeys(hits)) noteTruncated(this.#db, importId, rule, key)
    for (const hit of hits) {
      const { changes } = prepared(
        this.#db,
        'INSERT INTO rule_hit (rule_id, "key", ts, ts_ns, event_id, stage, sequence) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ).run(hit.rule, hit.key, event.ts, event.tsNs, event.id, hit.stage, event.sequence)
      written.add(importId, hit.rule, changes)
      // Also when the hit was there: what an alert says of its records may have changed.
      this.#queueJoin(hit.rule, hit.key, event.ts, importId)
    }
    touched += gone.length + hits.length
    return touched
  }

  /** A candidate's key is that of its process: under another one it is watched anew, by its join. */
  #stopWatching(detector: Detector, { rule_id: rule, key }: HitRow): void {
    if (detector.rules.get(rule)?.program.language !== 'secl') return
    const left = prepared<[number, string], number>(this.#db, 'SELECT 1 FROM rule_hit WHERE rule_id = ? AND "key" = ? LIMIT 1', 'values').get(rule, key)
    if (left === undefined) prepared(this.#db, 'DELETE FROM hit_watch WHERE rule_id = ? AND "key" = ?').run(rule, key)
  }

  /** The event is found under the ids it has now; candidates that look at its process are joined again. */
  #moveUnderItsIds(stored: StoredEvent, { event, lacking }: ReadEvent, importId: number | null): number {
    const hostId = readText(event, 'host.id') ?? ''
    const key = (field: string): number | null => {
      const id = readText(event, field)
      return id === undefined ? null : entityKey(hostId, id)
    }
    const entity = key('process.entity_id')
    const parent = key('process.parent.entity_id')
    const moved = prepared(this.#db, 'UPDATE event SET entity = ?, parent = ? WHERE id = ? AND (entity IS NOT ? OR parent IS NOT ?)').run(entity, parent, stored.id, entity, parent)
    if (moved.changes > 0 && lacking !== null && asksForStart(lacking)) {
      const host = hostRow(this.#db, hostId)
      if (host !== undefined && noteWaiting(this.#db, host, hostId, lacking.entityId ?? '', lacking.lacks, importId)) this.#moved = true
    }
    if (entity === null) return 0
    return prepared(
      this.#db,
      `INSERT INTO join_queue (rule_id, "key", from_ts, to_ts, import_id) SELECT rule_id, "key", ts, ts, ? FROM hit_watch WHERE entity = ?
       ON CONFLICT (rule_id, "key") DO UPDATE SET from_ts = min(from_ts, excluded.from_ts), to_ts = max(to_ts, excluded.to_ts), version = version + 1`,
    ).run(importId, entity).changes
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
