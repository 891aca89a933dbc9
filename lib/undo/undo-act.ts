import { z } from 'zod'
import { parseInput } from '@/lib/alerts/parse-input'
import { describeChanges } from '@/lib/alerts/require-seen'
import { alertRef } from '@/lib/alerts/schema'
import { newestEntry, recordAct } from '@/lib/audit/record-act'
import { writeAudit } from '@/lib/audit/write-audit'
import type { AuditEntry } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { caseRef } from '@/lib/cases/schema'
import type { Transaction } from '@/lib/db/client'
import { writeTransaction } from '@/lib/db/write-transaction'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { newestAct } from './last-act'
import { undoInput } from './schema'
import type { UndoInput, Undone } from './schema'
import { changedSince, undoAlerts } from './undo-alerts'
import { exceptionDetail, undoException } from './undo-exception'
import { undoCaseLinks, undoSteps } from './undo-links'

type ActRow = NonNullable<Awaited<ReturnType<Transaction['act']['findUnique']>>>

const caseDetail = z.object({ case: z.object({ id: z.number() }) })

/** The act that is meant. Throws AppError `not_found`, `forbidden` for somebody else's, `conflict` for one that is undone. */
async function requireAct(tx: Transaction, { actor }: Pick<Context, 'actor'>, id: number | undefined, at: Date): Promise<ActRow> {
  const since = new Date(at.getTime() - LIMITS.undoMs)
  if (id === undefined) {
    const newest = await newestAct(tx, actor.name, since)
    if (!newest) throw new AppError('not_found', 'There is nothing to undo: you changed nothing in the last day, or undid it all.')
    return newest
  }
  const act = await tx.act.findUnique({ where: { id } })
  if (!act || act.at < since || act.undoes !== null) throw new AppError('not_found', 'That can no longer be undone: it is more than a day ago, or too much was done since.')
  if (act.actor !== actor.name) throw new AppError('forbidden', `${act.actor} did that; only they can undo it.`)
  if (act.undoneAt !== null) throw new AppError('conflict', `That was undone already, at ${act.undoneAt.toISOString().slice(0, 19).replace('T', ' ')} UTC.`)
  return act
}

/** A case that was opened goes again while nothing else became of it. Throws AppError `conflict`. */
async function undoCase(tx: Transaction, caseId: number): Promise<void> {
  const row = await tx.case.findUnique({ where: { id: caseId }, include: { _count: { select: { alerts: true, notes: true } } } })
  if (!row) return
  if (row.version > 1 || row._count.notes > 0 || row._count.alerts > 0) {
    throw new AppError('conflict', `${caseRef(caseId)} was worked on since it was opened. Nothing was undone; close it instead.`)
  }
  await tx.case.delete({ where: { id: caseId } })
}

/**
 * Takes back an act of the one who asks, whole: every alert it changed, the exception it made with the alerts that one closed, and
 * all parts of a job. What was undone stands in the history and in the audit. Throws AppError `conflict`, with who, what and
 * when in `details.conflict`, when somebody changed the same thing since; with `leaveChanged` those alerts stay as they are.
 */
export async function undoAct(ctx: Context, input: UndoInput = {}): Promise<Undone> {
  const { act: wanted, leaveChanged, tab } = parseInput(undoInput, input)
  const at = ctx.clock()
  const actor = ctx.actor.name
  return writeTransaction(ctx.db, async (tx) => {
    const asked = await requireAct(tx, ctx, wanted, at)
    const root = asked.partOf ?? asked.id
    const parts = await tx.act.findMany({ where: { OR: [{ id: root }, { partOf: root }], undoneAt: null }, orderBy: { id: 'desc' } })
    const before = await newestEntry(tx)
    const changed = []
    for (const part of parts) changed.push(...(await changedSince(tx, part)))
    const { sentence, conflict } = describeChanges(changed)
    if (changed.length > 0 && !leaveChanged) throw new AppError('conflict', `${sentence} Nothing was undone.`, { conflict })
    const left = conflict.alertIds
    const notes: string[] = []
    for (const part of parts) {
      const stamp = { actor, at, act: part.id, left }
      const detail: unknown = JSON.parse(part.detail)
      await undoAlerts(tx, part, stamp)
      await undoSteps(tx, part, stamp)
      await undoCaseLinks(tx, part, stamp)
      const exception = exceptionDetail.safeParse(detail)
      const note = exception.success ? await undoException(tx, exception.data.exception, actor, at) : null
      if (note !== null) notes.push(note)
      const opened = caseDetail.safeParse(detail)
      if (opened.success) await undoCase(tx, opened.data.case.id)
      await tx.act.update({ where: { id: part.id }, data: { undoneAt: at } })
    }
    const touched = await tx.alertHistory.findMany({ where: { id: { gt: before } }, select: { alertId: true }, distinct: ['alertId'], orderBy: { alertId: 'asc' } })
    const alertIds = touched.map(({ alertId }) => alertId)
    const entityType = asked.entityType as AuditEntry['entityType']
    const entry = { action: `${entityType}.undo`, entityType, entityId: asked.entityId }
    await writeAudit(tx, actor, at, { ...entry, detail: { act: root, undid: asked.action, text: asked.text, alerts: alertIds.map(alertRef), left: left.map(alertRef) } })
    await recordAct(tx, actor, at, before, { ...entry, text: `undone: ${asked.text}`, tab, undoes: root })
    const text = parts.length > 1 ? `${alertIds.length.toLocaleString('en')} alerts ${asked.text.replace(/^\S+ (alerts )?/, '')}` : asked.text
    return { act: root, text, alertIds: alertIds.slice(0, 100), alerts: alertIds.length, left: left.length, note: notes.length === 0 ? null : notes.join(' ') }
  })
}
