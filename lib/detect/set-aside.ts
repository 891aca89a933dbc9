import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'
import { readRevision } from '@/lib/db/revision'
import { asRefusal, errorMessage } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { runOf } from './run-log'
import type { QueuedWork } from './work-queue'

/** A piece of queued work that can fail by itself. */
export interface Work {
  /** A row of a queue, or `enrichment`: all looking up of what events leave out. */
  readonly kind: QueuedWork | 'enrichment'
  /** Zero where it is no rule's. */
  readonly ruleId: number
  /** As `QUEUES` names the row. */
  readonly key: string
  readonly importId: number | null
}

/** Looking up what events leave out, as a whole: where a queue cannot be read, nothing tells which row is to blame. */
export const ENRICHMENT: Work = { kind: 'enrichment', ruleId: 0, key: '', importId: null }

/** Work that belongs to no rule. */
export function workOf(kind: QueuedWork, key: string | number, importId: number | null): Work {
  return { kind, ruleId: 0, key: String(key), importId }
}

/** Why a row is set aside that was worked on without an error and did not leave its queue. */
const STILL_QUEUED = new Error('it was worked on and did not leave its queue')

/** Of the database or the machine, not of what was worked on: another process writes for long, a read fails, no memory. */
const PASSING = /^SQLITE_(?:BUSY|LOCKED|IOERR|NOMEM|PROTOCOL|CANTOPEN)/

function isPassing(error: unknown): boolean {
  const refusal = asRefusal(error)
  // A damaged record stays damaged: what asks for it must not hold up the others.
  if (refusal?.code === 'damaged') return false
  return refusal !== null || (error instanceof Error && 'code' in error && typeof error.code === 'string' && PASSING.test(error.code))
}

/**
 * Work that fails again and again would hold up everything behind it. After a few tries it gets a row in `set_aside`, and whoever
 * works the queues off passes it over. It stays queued with whatever is added to it: once the row goes, with a start or with a
 * change of the rules, it is tried again.
 */
export class SetAside {
  readonly #db: Database
  readonly #clock: () => Date
  readonly #tell: (line: string) => void
  /** What failed and is to be tried again → how often it did. */
  readonly #tries = new Map<string, number>()
  #revision: number | null = null

  constructor(db: Database, clock: () => Date, tell: (line: string) => void) {
    this.#db = db
    this.#clock = clock
    this.#tell = tell
  }

  /** Lets everything be tried again when this process has just begun, or when rules were changed; true when something is to be. */
  renew(): boolean {
    const revision = readRevision(this.#db, 'rules')
    if (revision === this.#revision) return false
    const { changes } = prepared(this.#db, 'DELETE FROM set_aside').run()
    this.#revision = revision
    this.#tries.clear()
    return changes > 0
  }

  has({ kind, ruleId, key }: Work): boolean {
    return prepared<[string, number, string], number>(this.#db, 'SELECT 1 FROM set_aside WHERE work = ? AND rule_id = ? AND "key" = ?', 'values').get(kind, ruleId, key) !== undefined
  }

  /** It went well. */
  over(work: Work): void {
    if (this.#tries.size > 0) this.#tries.delete(nameOf(work))
  }

  /** Counts a failure and answers whether the work is set aside now. Throws the error on when it is not the work's own: a full disk and the like. */
  failed(work: Work, error: unknown, most: number = LIMITS.workTries): boolean {
    if (isPassing(error)) throw error
    const name = nameOf(work)
    const tries = (this.#tries.get(name) ?? 0) + 1
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    if (tries < most && this.#tries.size < LIMITS.failingWork) {
      this.#tries.set(name, tries)
      if (tries === 1) this.#tell(`linklocal: ${this.#say(work)} failed and is tried again: ${stack}`)
      return false
    }
    prepared(this.#db, 'INSERT INTO set_aside (work, rule_id, "key", run_id, error, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING').run(
      work.kind,
      work.ruleId,
      work.key,
      work.kind === 'enrichment' ? null : this.#runOf(work),
      errorMessage(error).slice(0, LIMITS.setAsideError).toWellFormed(),
      this.#clock().getTime(),
    )
    this.#tries.delete(name)
    this.#tell(`linklocal: ${this.#say(work)} failed ${tries === 1 ? 'once more' : `${tries} times`} and is set aside until the next start or change of the rules: ${stack}`)
    return true
  }

  /** It was worked on and is still queued: at once, since it would be worked on for ever. */
  stuck(work: Work): void {
    this.failed(work, STILL_QUEUED, 1)
  }

  /**
   * Works on rows together; where that fails on each by itself, so that only those that fail again are set aside. Answers the sum of
   * what was done.
   */
  apart<Row>(rows: readonly Row[], workOf: (row: Row) => Work, act: (rows: readonly Row[]) => number): number {
    try {
      return act(rows)
    } catch (error) {
      if (isPassing(error)) throw error
    }
    let done = 0
    for (const row of rows) {
      try {
        done += act([row])
      } catch (error) {
        this.failed(workOf(row), error, 1)
      }
    }
    return done
  }

  /** A run over stored events may have ended before what it queued had failed often enough. */
  #runOf({ importId, ruleId }: Work): number | null {
    const last = "SELECT id FROM detection_run WHERE kind = 'backfill' AND rule_id = ? ORDER BY id DESC LIMIT 1"
    return runOf(this.#db, importId, ruleId) ?? (importId === null ? prepared<[number], number>(this.#db, last, 'values').get(ruleId) : undefined) ?? null
  }

  #say({ kind, ruleId, key }: Work): string {
    if (kind === 'enrichment') return 'looking up what events leave out'
    if (kind === 'retest') return `reading the stored event ${key} again`
    if (kind === 'tell') return `taking down what the stored event ${key} tells of pids`
    if (kind === 'start') return `looking for the start of the process ${key}`
    if (kind === 'spread') return `reading the events again that name the pid ${key}`
    if (kind === 'describe') return `describing the alert ${key} of an earlier version`
    const rule = prepared<[number], string>(this.#db, 'SELECT name FROM rule WHERE id = ?', 'values').get(ruleId)
    // A key holds what events say: as JSON it has no control characters.
    return `joining the key ${key.slice(0, LIMITS.setAsideError)} of the rule ${JSON.stringify(rule ?? String(ruleId))}`
  }
}

function nameOf({ kind, ruleId, key }: Work): string {
  return `${kind} ${ruleId} ${key}`
}
