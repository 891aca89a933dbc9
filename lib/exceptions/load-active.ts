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
