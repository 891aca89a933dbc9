import { z } from 'zod'
import { queueHeldBack } from '@/lib/exceptions/raise-held-back'
import { exceptionRef } from '@/lib/exceptions/schema'
import type { Transaction } from '@/lib/db/client'
import { AppError } from '@/lib/errors'

const instant = z.iso.datetime().transform((text) => new Date(text))

/** The row as it was, out of the JSON of an act. */
const rowSchema = z.looseObject({
  id: z.number(),
  name: z.string(),
  reason: z.string(),
  ruleId: z.string().nullable(),
  stage: z.number().nullable(),
  entries: z.string(),
  enabled: z.boolean(),
  startsAt: instant.nullable(),
  expiresAt: instant.nullable(),
  alertId: z.number().nullable(),
  createdBy: z.string(),
  createdAt: instant,
  updatedBy: z.string(),
  updatedAt: instant,
  version: z.number(),
  hits: z.number(),
  lastHitAt: instant.nullable(),
})

/** What an act says about an exception: as it was (null when it was made), and its version since (null when it was deleted). */
export const exceptionDetail = z.object({ exception: z.object({ id: z.number(), version: z.number().nullable(), before: rowSchema.nullable() }) })
type ExceptionChange = z.infer<typeof exceptionDetail>['exception']

/** Refuses when somebody changed the exception since: a half undone edit would be nobody's. Throws AppError `conflict`. */
async function requireVersion(tx: Transaction, { id, version }: ExceptionChange) {
  const row = await tx.exception.findUnique({ where: { id } })
  const ref = exceptionRef(id)
  if (version === null) {
    if (row) throw new AppError('conflict', `There is an exception ${ref} again. Nothing was undone.`)
    return null
  }
  if (!row) throw new AppError('conflict', `${ref} was deleted since. Undo that first. Nothing was undone.`)
  if (row.version !== version) {
    throw new AppError('conflict', `${row.updatedBy} changed ${ref} at ${row.updatedAt.toISOString().slice(0, 19).replace('T', ' ')} UTC, after what you want to undo. Nothing was undone.`)
  }
  return row
}

/**
 * Puts an exception back: one that was made goes, one that was deleted comes back under its number, one that was changed reads as
 * before. Its revision has the detector load it again. Answers what is not put back with it, as a sentence, or null.
 */
export async function undoException(tx: Transaction, change: ExceptionChange, actor: string, at: Date): Promise<string | null> {
  const now = await requireVersion(tx, change)
  await tx.$executeRaw`INSERT INTO revision (name, value) VALUES ('exceptions', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1`
  const { id, before } = change
  if (before === null) {
    await tx.exception.delete({ where: { id } })
    // As if it had never stood: what it held back in the meantime is raised.
    const raised = await queueHeldBack(tx, id)
    return raised === 0 ? null : `${raised.toLocaleString('en')} ${raised === 1 ? 'match' : 'matches'} that it held back ${raised === 1 ? 'is' : 'are'} raised as alerts.`
  }
  if (now === null) {
    await tx.exception.create({ data: before })
    return null
  }
  const { id: _id, hits: _hits, lastHitAt: _last, version: _version, ...columns } = before
  await tx.exception.update({ where: { id }, data: { ...columns, updatedBy: actor, updatedAt: at, version: { increment: 1 } } })
  return null
}
