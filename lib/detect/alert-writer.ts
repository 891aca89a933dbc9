import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import type { EcsEvent } from '@/lib/ecs/event'
import { readText, readValues } from '@/lib/ecs/event'
import { eventRole } from '@/lib/ecs/event-role'
import { tellingConnection } from '@/lib/ecs/telling-connection'
import { askedOf } from '@/lib/ecs/imds'
import { observablesOf } from '@/lib/ecs/observables'
import type { Truncation } from '@/lib/alerts/schema'
import type { JoinKey, KeyValue } from '@/lib/eql'
import { countedItems, parseGuide } from '@/lib/triage/parse-guide'
import { writeObservables } from './alert-observables'
import type { DetectorRule } from './engine'
import { dropHeldBack, writeHeldBack } from './held-back'
import { markOverCap } from './mark-over-cap'
import { reasonSentence } from './reason'
import { countForRule, noteTruncated } from './run-log'
import type { DetectionResult } from './schema'

export interface LinkedRecord {
  readonly eventId: number
  readonly stage: number
  readonly ts: number
  readonly tsNs: number
  readonly event: EcsEvent
}

/** A match with its records in full. */
export interface LinkedMatch {
  readonly completing: number
  readonly records: readonly LinkedRecord[]
}

export interface MatchedAlert extends LinkedMatch {
  /** The caps that were met: what it shows may not be all. */
  readonly truncated: readonly Truncation[]
}

/** A match that would be an alert but for an exception, and the first of its records that the exception fits. */
export interface HeldBackMatch extends LinkedMatch {
  readonly exceptionId: number
  readonly record: { readonly eventId: number; readonly stage: number }
}

export interface JoinOutcome {
  readonly rule: DetectorRule
  /** Events among the hits that could complete a match: alerts of these are the ones this join decides about. */
  readonly finalIds: readonly number[]
  readonly matched: readonly MatchedAlert[]
  /** Completing event → its match that an exception held back. */
  readonly heldBack: ReadonlyMap<number, HeldBackMatch>
  /** The exceptions that were asked. */
  readonly inForce: ReadonlySet<number>
  /** Not everything within reach of the key was looked at. */
  readonly isTruncated: boolean
  /** Processes (`entityKey`s) whose records, when they arrive, ask for this key to be joined again. */
  readonly watch?: readonly number[]
}

export interface QueuedKey {
  readonly ruleId: number
  readonly key: string
  readonly fromTs: number
  readonly toTs: number
  readonly importId: number | null
  readonly version: number
}

/** What a join changed, and whether its key left the queue. */
export interface WrittenJoin extends DetectionResult {
  readonly dequeued: boolean
}

/** What was asked of a metadata service, as `factsOf` has it. */
const IMDS_COLUMNS = ['imds_provider', 'imds_host', 'imds_path', 'imds_path_class', 'imds_role', 'imds_version'] as const

interface AlertRow extends Readonly<Record<(typeof IMDS_COLUMNS)[number], string | null>> {
  readonly id: number
  readonly event_id: number
  /** The key it was raised under; null for one of an earlier version whose hits are gone. */
  readonly join_key: string | null
  readonly occurred_at: number
  readonly retracted_at: number | null
  readonly records_removed_at: number | null
  readonly reason: string
  readonly process_name: string | null
  readonly parent_executable: string | null
  readonly user_name: string | null
  readonly truncated: string | null
  readonly keys: string
  readonly links: string
}

/** Who writes the history of what the detector does. */
const DETECTOR = 'detector'
const IDS_PER_QUERY = 500

function milliseconds(record: LinkedRecord): number {
  return record.ts + record.tsNs / 1e6
}

function linksOf(match: LinkedMatch): string {
  return match.records.map((record) => `${record.eventId}:${record.stage}`).join(',')
}

/** The record an alert is about: the first of the rule's first stage. A shell that stands before it is only its surroundings. */
function subjectOf(match: LinkedMatch): LinkedRecord | undefined {
  return match.records.find((record) => record.stage === 0) ?? match.records[0]
}

/** What the sentence is made of: a sequence as it stands; of a single record and its surroundings, it and its most telling connection. */
function toldOf(match: LinkedMatch, subject: LinkedRecord): readonly LinkedRecord[] {
  if (subject.eventId !== match.completing) return match.records
  const connection = tellingConnection(match.records.filter((record) => record !== subject && record.ts >= subject.ts))
  return connection ? [subject, connection] : [subject]
}

/** What was asked of a metadata service. A shell that stands before the record an alert is about does not tell for it. */
function askedIn(match: LinkedMatch, subject: LinkedRecord): ReturnType<typeof askedOf> {
  const own = subject.eventId === match.completing ? match.records.slice(match.records.indexOf(subject)) : match.records
  return askedOf(own.map((record) => record.event))
}

function truncatedText({ truncated }: MatchedAlert): string | null {
  return truncated.length === 0 ? null : JSON.stringify(truncated)
}

function completingTs(match: LinkedMatch): number {
  return match.records.findLast((record) => record.eventId === match.completing)?.ts ?? 0
}

/** Field → value of the join keys: as the record has it, and of several values the one that it was joined by. */
function keysOf(rule: DetectorRule, match: LinkedMatch, key: string): string {
  const first = subjectOf(match)
  const joined = JSON.parse(key) as readonly unknown[]
  const entries = rule.keyFields.map((field, i) => {
    const values = first ? readValues(first.event, field) : []
    const [value] = values
    return [field, (values.length > 1 || typeof value === 'object' ? joined[i] : value) ?? null] as const
  })
  return JSON.stringify(Object.fromEntries(entries))
}

/** Whether the values that an alert tells of its keys are those of a key. */
function tellsKey(alert: AlertRow, key: string): boolean {
  const told = Object.values(JSON.parse(alert.keys) as Readonly<Record<string, KeyValue>>)
  const joined = JSON.parse(key) as JoinKey
  return told.every((value, i) => String(value) === String(joined[i] ?? null))
}

/**
 * Writes what a join found: new matches become alerts, changed links are replaced, matches that a late event took away are
 * retracted. What an analyst said (status, verdict, notes) is never touched. One short transaction a key, in which the key
 * also leaves the queue.
 */
export class AlertWriter {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Takes keys off the queue that cannot match anything, all in one transaction; answers those that left it. */
  dismiss(keys: readonly QueuedKey[]): readonly QueuedKey[] {
    if (keys.length === 0) return keys
    const apply = this.#db.transaction(() => keys.filter((key) => this.#dequeue(key)))
    return apply.immediate()
  }

  /** A key whose hits come in several pieces leaves the queue with the last of them. */
  write(queued: QueuedKey, outcome: JoinOutcome, now: Date, isLast = true): WrittenJoin {
    const result = { raised: 0, changed: 0, retracted: 0, excluded: 0, truncated: outcome.isTruncated ? 1 : 0 }
    let dequeued = false
    const apply = this.#db.transaction(() => {
      this.#apply(queued, outcome, now.getTime(), result)
      for (const entity of outcome.watch ?? []) {
        prepared(this.#db, 'INSERT INTO hit_watch (entity, rule_id, "key", ts) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING').run(entity, queued.ruleId, queued.key, queued.fromTs)
      }
      if (isLast) dequeued = this.#dequeue(queued)
      if (outcome.isTruncated) noteTruncated(this.#db, queued.importId, queued.ruleId, queued.key)
      countForRule(this.#db, queued.importId, queued.ruleId, { ...result, heldBack: result.excluded })
      if (result.raised > 0 && queued.importId !== null) {
        prepared(this.#db, 'UPDATE import SET alerts = alerts + ? WHERE id = ?').run(result.raised, queued.importId)
      }
    })
    apply.immediate()
    return { ...result, dequeued }
  }

  /**
   * Retracts the alerts of an event that could complete a match and, as it reads now, no longer can. Runs in the transaction
   * that takes its hit away.
   */
  withdraw(rule: DetectorRule, eventId: number, importId: number | null, now: Date): void {
    dropHeldBack(this.#db, rule.id, eventId)
    for (const alert of this.#alertsOf(rule.id, [eventId])) {
      if (alert.retracted_at !== null || alert.records_removed_at !== null) continue
      this.#retract(alert.id, now.getTime())
      countForRule(this.#db, importId, rule.id, { retracted: 1 })
      markOverCap(this.#db, rule, [alert.occurred_at])
    }
  }

  /**
   * An alert that lost records to retention stays as it was judged, whatever is left or was sent again of what it was made
   * of; once all of them are stored again and match, it is an alert like others, and what came while they were gone counts.
   * One that does not match stays: that a late event took the match away looks like the want of what it needs beside its
   * records. Answers whether it is like others now.
   */
  #recognise(alert: AlertRow, now: number): boolean {
    if (alert.retracted_at !== null) return false
    if (prepared<[number], number>(this.#db, 'SELECT 1 FROM removed_record WHERE alert_id = ? LIMIT 1', 'values').get(alert.id) !== undefined) return false
    prepared(this.#db, 'UPDATE alert SET records_removed_at = NULL WHERE id = ?').run(alert.id)
    this.#history(alert.id, now, 'records', 'Records that retention had deleted were sent again and match.')
    return true
  }

  #retract(alertId: number, now: number): void {
    prepared(this.#db, 'UPDATE alert SET retracted_at = ?, updated_at = ? WHERE id = ?').run(now, now, alertId)
    this.#history(alertId, now, 'retracted', 'Retracted: with an event that arrived later the rule no longer matches.')
  }

  /** Another process may have added a hit since it was read: then it stays and is joined once more. */
  #dequeue(queued: QueuedKey): boolean {
    return prepared(this.#db, 'DELETE FROM join_queue WHERE rule_id = ? AND "key" = ? AND version = ?').run(queued.ruleId, queued.key, queued.version).changes > 0
  }

  #apply(queued: QueuedKey, outcome: JoinOutcome, now: number, result: { raised: number; changed: number; retracted: number; excluded: number }): void {
    const { rule, matched, heldBack } = outcome
    const { own, homeless } = this.#existing(rule, queued.key, outcome.finalIds)
    const touched: number[] = []
    for (const match of matched) {
      const alert = own.get(match.completing) ?? homeless.get(match.completing)?.shift()
      own.delete(match.completing)
      if (alert && alert.records_removed_at !== null && !this.#recognise(alert, now)) continue
      if (alert && alert.join_key !== queued.key) prepared(this.#db, 'UPDATE alert SET join_key = ? WHERE id = ?').run(queued.key, alert.id)
      if (!alert) {
        this.#mark(this.#raise(rule, match, queued, now), truncatedText(match))
        touched.push(completingTs(match))
        result.raised++
      } else if (alert.retracted_at !== null) {
        prepared(this.#db, 'UPDATE alert SET retracted_at = NULL, updated_at = ? WHERE id = ?').run(now, alert.id)
        this.#relink(alert.id, rule, match, queued.key, now)
        this.#history(alert.id, now, 'restored', 'Restored: an event that arrived later completes the match again.')
        touched.push(alert.occurred_at)
        result.changed++
      } else if (alert.links !== linksOf(match)) {
        this.#relink(alert.id, rule, match, queued.key, now)
        this.#history(alert.id, now, 'relinked', 'Linked to other records: an event that arrived later belongs nearer.', { before: alert.links, after: linksOf(match) })
        result.changed++
      } else if (!(saysTheSame(alert, factsOf(rule, match)) && alert.keys === keysOf(rule, match, queued.key))) {
        this.#relink(alert.id, rule, match, queued.key, now)
        this.#history(alert.id, now, 'relinked', 'Described anew: a record that arrived later tells more of the process, its parent or what it asked for.', { before: alert.reason })
        result.changed++
      }
      if (alert && alert.truncated !== truncatedText(match)) {
        this.#mark(alert.id, truncatedText(match), now)
        result.changed++
      }
    }
    const unmatched = [...own.values(), ...[...homeless.values()].flat()]
    for (const alert of unmatched) {
      // Held back only by an exception made after it was raised: that is the analyst's to close, not ours to take away.
      if (heldBack.has(alert.event_id) || alert.retracted_at !== null || alert.records_removed_at !== null) continue
      this.#retract(alert.id, now)
      touched.push(alert.occurred_at)
      result.retracted++
    }
    // An alert that was raised before the exception was made stands: nothing of it is held back.
    const standing = new Set(unmatched.flatMap((alert) => (alert.retracted_at === null ? [alert.event_id] : [])))
    const would = [...heldBack].filter(([eventId]) => !standing.has(eventId)).map(([eventId, held]) => ({ eventId, exceptionId: held.exceptionId, record: held.record, links: linksOf(held), ts: completingTs(held), facts: factsOf(rule, held) }))
    const decided = outcome.finalIds.filter((eventId) => !(standing.has(eventId) && heldBack.has(eventId)))
    result.excluded += writeHeldBack(this.#db, { ruleId: rule.id, key: queued.key, finalIds: decided, matched: new Set(matched.map(({ completing }) => completing)), inForce: outcome.inForce, heldBack: would }, now)
    markOverCap(this.#db, rule, touched)
  }

  /**
   * The alerts of events that could complete a match under a key: those that were raised under it, and those whose own key their
   * event no longer has, since more became known of it or its rule changed. A match that has no alert takes one of these over,
   * with its verdict; one that nothing takes over is gone.
   */
  #existing(rule: DetectorRule, key: string, eventIds: readonly number[]): { readonly own: Map<number, AlertRow>; readonly homeless: ReadonlyMap<number, AlertRow[]> } {
    const own = new Map<number, AlertRow>()
    const homeless = new Map<number, AlertRow[]>()
    for (const alert of this.#alertsOf(rule.id, eventIds)) {
      if (alert.join_key === key) own.set(alert.event_id, alert)
      else if (this.#isHomeless(rule, alert, key)) homeless.set(alert.event_id, [...(homeless.get(alert.event_id) ?? []), alert])
    }
    return { own, homeless }
  }

  #isHomeless(rule: DetectorRule, alert: AlertRow, key: string): boolean {
    const keys = prepared<[number, number, number], string>(
      this.#db,
      'SELECT "key" FROM rule_hit WHERE event_id = ? AND rule_id = ? AND stage = ? ORDER BY "key"',
      'values',
    ).all(alert.event_id, rule.id, rule.lastStage)
    if (alert.join_key !== null) return !keys.includes(alert.join_key)
    // Of an earlier version, which knew one key an event: the one that it tells of, if that is still among them.
    return (keys.find((one) => tellsKey(alert, one)) ?? keys[0]) === key
  }

  #alertsOf(ruleId: number, eventIds: readonly number[]): readonly AlertRow[] {
    const found: AlertRow[] = []
    for (let at = 0; at < eventIds.length; at += IDS_PER_QUERY) {
      const part = eventIds.slice(at, at + IDS_PER_QUERY)
      const rows = this.#db
        .prepare<number[], AlertRow>(
          `SELECT a.id, a.event_id, a.join_key, a.occurred_at, a.retracted_at, a.records_removed_at, a.reason, a.process_name, a.parent_executable, a.user_name, a.truncated, a."keys",
             ${IMDS_COLUMNS.map((column) => `a.${column}`).join(', ')},
             (SELECT group_concat(link) FROM (SELECT l.event_id || ':' || l.stage AS link FROM alert_event l WHERE l.alert_id = a.id ORDER BY l.position)) AS links
           FROM alert a WHERE a.rule_id = ? AND a.event_id IN (${part.map(() => '?').join(',')}) ORDER BY a.id`,
        )
        .all(ruleId, ...part)
      for (const row of rows) found.push(row)
    }
    return found
  }

  #raise(rule: DetectorRule, match: LinkedMatch, { key, importId }: QueuedKey, now: number): number {
    const facts = factsOf(rule, match)
    const alertId = Number(
      prepared(this.#db, `INSERT INTO alert (rule_id, rule_version_id, event_id, join_key, "keys", severity, risk_score, reason, host_id, host_name, process_name,
             parent_executable, user_name, occurred_at, created_at, updated_at, checklist_total, import_id, ${IMDS_COLUMNS.join(', ')})
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          rule.id,
          rule.versionId,
          match.completing,
          key,
          keysOf(rule, match, key),
          rule.document.severity,
          rule.document.risk_score,
          facts.reason,
          facts.hostId,
          facts.hostName,
          facts.processName,
          facts.parentExecutable,
          facts.userName,
          facts.occurredAt,
          now,
          now,
          countedItems(parseGuide(rule.document.note), null).length,
          importId,
          ...facts.imds,
        ).lastInsertRowid,
    )
    this.#link(alertId, match)
    this.#history(alertId, now, 'raised', `Raised by ${rule.document.name}.`, { rule_version: rule.versionId })
    return alertId
  }

  /** Writes which caps were met; what an alert was raised with is no change of it. */
  #mark(alertId: number, truncated: string | null, changedAt?: number): void {
    if (truncated === null && changedAt === undefined) return
    prepared(this.#db, 'UPDATE alert SET truncated = ?, updated_at = coalesce(?, updated_at) WHERE id = ?').run(truncated, changedAt ?? null, alertId)
    if (changedAt === undefined) return
    const text = truncated === null ? 'Everything within reach has been looked at now.' : 'More came than is looked at together: what the alert shows may not be all.'
    this.#history(alertId, changedAt, 'truncated', text, { truncated: truncated === null ? [] : (JSON.parse(truncated) as unknown) })
  }

  #relink(alertId: number, rule: DetectorRule, match: LinkedMatch, key: string, now: number): void {
    prepared(this.#db, 'DELETE FROM alert_event WHERE alert_id = ?').run(alertId)
    this.#link(alertId, match)
    this.#describe(alertId, factsOf(rule, match))
    prepared(this.#db, 'UPDATE alert SET "keys" = ?, updated_at = ? WHERE id = ?').run(keysOf(rule, match, key), now, alertId)
  }

  #describe(alertId: number, facts: ReturnType<typeof factsOf>): void {
    prepared(this.#db, `UPDATE alert SET reason = ?, process_name = ?, parent_executable = ?, user_name = ?, ${IMDS_COLUMNS.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`)
      .run(facts.reason, facts.processName, facts.parentExecutable, facts.userName, ...facts.imds, alertId)
  }

  /**
   * Describes an alert that an earlier version raised as this one would. Its links stay; a sentence that changes is told of
   * in its history. Runs in the caller's transaction.
   */
  redescribe(alert: { readonly id: number; readonly reason: string }, rule: Pick<DetectorRule, 'document'>, match: LinkedMatch, now: Date): void {
    const facts = factsOf(rule, match)
    this.#describe(alert.id, facts)
    this.#observe(alert.id, match)
    if (facts.reason === alert.reason) return
    this.#history(alert.id, now.getTime(), 'relinked', 'Described anew: the sentence says what was asked of the metadata service.', { before: alert.reason })
  }

  #link(alertId: number, match: LinkedMatch): void {
    const insert = prepared(this.#db, 'INSERT INTO alert_event (alert_id, position, role, stage, event_id) VALUES (?, ?, ?, ?, ?)')
    match.records.forEach((record, position) => insert.run(alertId, position, eventRole(record.event), record.stage, record.eventId))
    this.#observe(alertId, match)
  }

  #observe(alertId: number, match: LinkedMatch): void {
    const subject = subjectOf(match)
    const role = subject ? (askedIn(match, subject)?.role ?? null) : null
    writeObservables(this.#db, alertId, observablesOf(match.records.map((record) => record.event), role))
  }

  #history(alertId: number, now: number, kind: string, text: string, detail: Readonly<Record<string, unknown>> = {}): void {
    prepared(this.#db, 'INSERT INTO alert_history (alert_id, at, actor, kind, text, detail) VALUES (?, ?, ?, ?, ?, ?)')
      .run(alertId, now, DETECTOR, kind, text, JSON.stringify(detail))
  }
}

/** Whether the row says what the records say. They can change under it: what is known of a parent grows. */
function saysTheSame(alert: AlertRow, facts: ReturnType<typeof factsOf>): boolean {
  return (
    alert.reason === facts.reason &&
    alert.process_name === facts.processName &&
    alert.parent_executable === facts.parentExecutable &&
    alert.user_name === facts.userName &&
    IMDS_COLUMNS.every((column, i) => alert[column] === facts.imds[i])
  )
}

function factsOf(rule: Pick<DetectorRule, 'document'>, match: LinkedMatch) {
  const first = subjectOf(match)
  const event = first?.event ?? {}
  const told = first ? toldOf(match, first) : []
  const asked = first ? askedIn(match, first) : null
  const hostId = readText(event, 'host.id') ?? ''
  return {
    reason: reasonSentence(
      told.map((record) => ({ event: record.event, ms: milliseconds(record) })),
      rule.document.name,
      asked,
    ),
    /** In the order of IMDS_COLUMNS. */
    imds: [asked?.provider ?? null, asked?.host ?? null, asked?.path ?? null, asked?.pathClass ?? null, asked?.role ?? null, asked?.version ?? null],
    hostId,
    hostName: readText(event, 'host.name') ?? readText(event, 'host.hostname') ?? hostId,
    processName: readText(event, 'process.name') ?? null,
    parentExecutable: readText(event, 'process.parent.executable') ?? null,
    userName: readText(event, 'user.name') ?? readText(event, 'process.user.name') ?? null,
    occurredAt: completingTs(match),
  }
}
