import { z } from 'zod'
import type { Database } from '@/lib/db/open'
import { exceptionEntrySchema } from './schema'
import type { ExceptionRule } from './schema'

interface Row {
  readonly id: number
  readonly rule_id: string | null
  readonly stage: number | null
  readonly entries: string
}

const storedEntries = z.array(exceptionEntrySchema)

/** The exceptions in force at a time (enabled, started, not expired), oldest first, for the detector's connection. */
export function loadActiveExceptions(db: Database, now: Date): readonly ExceptionRule[] {
  const at = now.getTime()
  return db
    .prepare<[number, number], Row>(
      `SELECT id, rule_id, stage, entries FROM exception
       WHERE enabled = 1 AND (starts_at IS NULL OR starts_at <= ?) AND (expires_at IS NULL OR expires_at > ?) ORDER BY id`,
    )
    .all(at, at)
    .map((row) => ({ id: row.id, ruleId: row.rule_id, stage: row.stage, entries: storedEntries.parse(JSON.parse(row.entries)) }))
}

/**
 * The next moment after `now` at which what is in force changes by itself, because an exception starts or expires; null when
 * none does. Whoever keeps the compiled exceptions loads them again then, besides when the revision changes.
 */
export function nextExceptionChange(db: Database, now: Date): Date | null {
  const at = now.getTime()
  const next = db
    .prepare<[number, number], number | null>(
      `SELECT min(t) FROM (SELECT starts_at AS t FROM exception WHERE enabled = 1 AND starts_at > ?
       UNION ALL SELECT expires_at FROM exception WHERE enabled = 1 AND expires_at > ?)`,
    )
    .pluck()
    .get(at, at)
  return typeof next === 'number' ? new Date(next) : null
}
