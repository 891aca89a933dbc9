import { z } from 'zod'
import type { PrismaClient, Transaction } from '@/lib/db/client'
import { AppError } from '@/lib/errors'
import { exceptionEntrySchema, exceptionRef } from './schema'
import type { ExceptionEntry, ExceptionInput, ExceptionRecord } from './schema'

type ExceptionRow = NonNullable<Awaited<ReturnType<Transaction['exception']['findUnique']>>>

const storedEntries = z.array(exceptionEntrySchema)

/** The conditions of a row: they were parsed before they were written, so this only fails when the file was changed by hand. */
export function readEntries(json: string): readonly ExceptionEntry[] {
  return storedEntries.parse(JSON.parse(json))
}

/** A row as the console knows it. `ruleName` is null for all rules, and for a rule that is no longer there. */
export function toRecord(row: ExceptionRow, ruleName: string | null): Omit<ExceptionRecord, 'hides'> {
  return {
    id: row.id,
    name: row.name,
    reason: row.reason,
    ruleId: row.ruleId,
    ruleName,
    stage: row.stage,
    entries: readEntries(row.entries),
    enabled: row.enabled,
    startsAt: row.startsAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    alertId: row.alertId,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString(),
    version: row.version,
    hits: row.hits,
    lastHitAt: row.lastHitAt?.toISOString() ?? null,
  }
}

/** The columns a person writes, for a row and for the audit's before and after. */
export function writtenColumns(input: Required<Pick<ExceptionInput, 'name' | 'reason' | 'ruleId' | 'stage' | 'entries' | 'enabled' | 'startsAt' | 'expiresAt'>>) {
  return {
    name: input.name,
    reason: input.reason,
    ruleId: input.ruleId,
    stage: input.stage,
    entries: JSON.stringify(input.entries),
    enabled: input.enabled,
    startsAt: input.startsAt === null ? null : new Date(input.startsAt),
    expiresAt: input.expiresAt === null ? null : new Date(input.expiresAt),
  }
}

export async function requireException(tx: Transaction | PrismaClient, id: number): Promise<ExceptionRow> {
  const row = await tx.exception.findUnique({ where: { id } })
  if (!row) throw new AppError('not_found', `There is no exception ${exceptionRef(id)}; it may have been deleted.`, { id })
  return row
}

export async function requireRule(tx: Transaction, ruleId: string | null): Promise<void> {
  if (ruleId === null) return
  const rule = await tx.rule.findUnique({ where: { ruleId }, select: { id: true } })
  if (!rule) throw new AppError('invalid', 'The rule of this exception does not exist. Choose another, or all rules.', { fields: { ruleId: 'there is no such rule' } })
}

/** An end that is already past would save an exception that does nothing. */
export function requireFuture(expiresAt: string | null, now: Date): void {
  if (expiresAt !== null && Date.parse(expiresAt) <= now.getTime()) {
    throw new AppError('invalid', 'The exception would expire in the past. Choose a later time, or never.', { fields: { expiresAt: 'this time is past' } })
  }
}
