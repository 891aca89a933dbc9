import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { LIMITS } from '@/lib/limits'

/** What one rule did: added to the row of its run. */
export interface RuleCounts {
  readonly hits: number
  readonly raised: number
  readonly changed: number
  readonly retracted: number
  readonly heldBack: number
}

/**
 * The run that work belongs to: that of the import which brought the event, else the rule's run over stored events. What
 * neither asked for belongs to none.
 */
export function runOf(db: Database, importId: number | null, ruleId: number): number | undefined {
  return importId === null
    ? prepared<[number], number>(
        db,
        "SELECT id FROM detection_run WHERE kind = 'backfill' AND rule_id = ? AND status IN ('queued', 'running') ORDER BY id LIMIT 1",
        'values',
      ).get(ruleId)
    : prepared<[number], number>(db, 'SELECT id FROM detection_run WHERE import_id = ?', 'values').get(importId)
}

/** Adds to what a rule did in a run. Called in the transaction that did it: a killed process leaves numbers that are true. */
export function countForRule(db: Database, importId: number | null, ruleId: number, counts: Partial<RuleCounts>): void {
  const { hits = 0, raised = 0, changed = 0, retracted = 0, heldBack = 0 } = counts
  if (hits + raised + changed + retracted + heldBack === 0) return
  const run = runOf(db, importId, ruleId)
  if (run === undefined) return
  prepared(
    db,
    `INSERT INTO detection_run_rule (run_id, rule_id, hits, raised, changed, retracted, held_back) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, rule_id) DO UPDATE SET hits = hits + excluded.hits, raised = raised + excluded.raised, changed = changed + excluded.changed,
       retracted = retracted + excluded.retracted, held_back = held_back + excluded.held_back`,
  ).run(run, ruleId, hits, raised, changed, retracted, heldBack)
}

/** Notes that a key has more events than a join looks at, or an event more keys than are made; beyond a cap the others of the run and rule are not named. */
export function noteTruncated(db: Database, importId: number | null, ruleId: number, key: string): void {
  const run = runOf(db, importId, ruleId)
  if (run === undefined) return
  prepared(
    db,
    `INSERT INTO truncated_key (run_id, rule_id, "key")
     SELECT ?, ?, ? WHERE (SELECT count(*) FROM truncated_key WHERE run_id = ? AND rule_id = ?) < ? ON CONFLICT DO NOTHING`,
  ).run(run, ruleId, key, run, ruleId, LIMITS.truncatedKeys)
}

/** A stored batch, as the run of its import counts it. */
export interface LoggedBatch {
  readonly stored: number
  readonly oldestTs: number | null
  readonly newestTs: number | null
  readonly hitsOfRules: ReadonlyMap<number, number>
  readonly cut: readonly { readonly rule: number; readonly key: string }[]
}

/** Counts a batch on the run of its import; runs in the transaction that stores it. */
export function countBatch(db: Database, importId: number, batch: LoggedBatch): void {
  if (batch.stored === 0) return
  prepared(
    db,
    `UPDATE detection_run SET events = events + ?, from_ts = min(coalesce(from_ts, ?), ?), to_ts = max(coalesce(to_ts, ?), ?) WHERE import_id = ?`,
  ).run(batch.stored, batch.oldestTs, batch.oldestTs, batch.newestTs, batch.newestTs, importId)
  for (const [rule, hits] of batch.hitsOfRules) countForRule(db, importId, rule, { hits })
  for (const { rule, key } of batch.cut) noteTruncated(db, importId, rule, key)
}

/** Adds the time that detecting took for an import. */
export function countDetectTime(db: Database, importId: number, ms: number): void {
  prepared(db, 'UPDATE detection_run SET detect_ms = detect_ms + ? WHERE import_id = ?').run(Math.round(ms), importId)
}

/** Hits by import and rule, added up so that each is written once. */
export class HitCounts {
  readonly #counts = new Map<string, { readonly importId: number | null; readonly rule: number; hits: number }>()

  add(importId: number | null, rule: number, hits: number): void {
    const name = `${importId} ${rule}`
    const count = this.#counts.get(name)
    if (count) count.hits += hits
    else this.#counts.set(name, { importId, rule, hits })
  }

  log(db: Database): void {
    for (const { importId, rule, hits } of this.#counts.values()) countForRule(db, importId, rule, { hits })
  }
}
