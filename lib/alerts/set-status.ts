import { newestEntry, recordAct } from '@/lib/audit/record-act'
import type { Context } from '@/lib/auth/context'
import type { Transaction } from '@/lib/db/client'
import { writeTransaction } from '@/lib/db/write-transaction'
import { recountChecklists } from '@/lib/triage/recount-checklists'
import { auditAlerts } from './audit-alerts'
import { batches } from './batches'
import { parseInput } from './parse-input'
import { requireSeen } from './require-seen'
import { VERDICT_LABELS, describeAlerts, setStatusInput } from './schema'
import type { AlertChange, AlertStatus, RecordedChange, SetStatusInput, Verdict } from './schema'

interface Wanted {
  readonly status: AlertStatus
  readonly verdict: Verdict | null
  readonly note: string
}

function sentence(before: string, { status, verdict }: Wanted): string {
  if (status === 'closed') return `${before === 'closed' ? 'Verdict changed to' : 'Closed as'} ${verdict ? VERDICT_LABELS[verdict].toLowerCase() : 'decided'}.`
  if (before === 'closed') return status === 'open' ? 'Reopened.' : 'Reopened and acknowledged.'
  return status === 'open' ? 'Back to open.' : 'Acknowledged.'
}

/** As `setStatus` within another verb's transaction, for at most one batch of ids; the caller writes the audit row. */
export async function setBatch(tx: Transaction, ctx: Context, ids: readonly number[], wanted: Wanted, at: Date): Promise<AlertChange> {
  const alerts = await tx.alert.findMany({ where: { id: { in: [...ids] } }, select: { id: true, status: true, verdict: true, closedAt: true }, orderBy: { id: 'asc' } })
  const known = new Set(alerts.map(({ id }) => id))
  const moving = alerts.filter((alert) => alert.status !== wanted.status || alert.verdict !== wanted.verdict)
  const staying = alerts.filter((alert) => !moving.includes(alert))
  const undecided = moving.filter((alert) => alert.status !== 'closed').map(({ id }) => id)
  const decided = moving.filter((alert) => alert.status === 'closed').map(({ id }) => id)
  const data = { status: wanted.status, verdict: wanted.verdict, updatedAt: at }
  // A changed verdict is still the undecided of then: the time to a verdict counts from it.
  await tx.alert.updateMany({ where: { id: { in: undecided } }, data: wanted.status === 'closed' ? { ...data, closedAt: at } : data })
  await tx.alert.updateMany({ where: { id: { in: decided } }, data: wanted.status === 'closed' ? data : { ...data, closedAt: null } })
  const entry = { at, actor: ctx.actor.name }
  await tx.alertHistory.createMany({
    data: [
      ...moving.map((alert) => ({
        ...entry,
        alertId: alert.id,
        kind: 'status',
        text: wanted.note === '' ? sentence(alert.status, wanted) : `${sentence(alert.status, wanted)} ${wanted.note}`,
        detail: JSON.stringify({
          from: alert.status,
          to: wanted.status,
          verdict_before: alert.verdict,
          verdict: wanted.verdict,
          note: wanted.note,
          // An undo has to give it back.
          ...(alert.status === 'closed' && wanted.status !== 'closed' && alert.closedAt ? { closed_before: alert.closedAt.getTime() } : {}),
        }),
      })),
      // Nothing to change, but something was said.
      ...(wanted.note === '' ? [] : staying.map(({ id }) => ({ ...entry, alertId: id, kind: 'note', text: wanted.note }))),
    ],
  })
  await recountChecklists(
    tx,
    moving.filter((alert) => alert.verdict !== wanted.verdict).map(({ id }) => id),
  )
  return { changed: moving.map(({ id }) => id), unchanged: staying.map(({ id }) => id), missing: ids.filter((id) => !known.has(id)) }
}

/** `A-12 closed as false positive`, `3 alerts acknowledged`. */
function actText(alertIds: readonly number[], { status, verdict }: Pick<Wanted, 'status' | 'verdict'>): string {
  const done = status === 'closed' ? `closed as ${verdict ? VERDICT_LABELS[verdict].toLowerCase() : 'decided'}` : status === 'open' ? 'opened again' : 'acknowledged'
  return `${describeAlerts(alertIds)} ${done}`
}

/**
 * Moves alerts to a status, all or none. Closing takes a verdict, reopening takes it away; the note stands in each alert's
 * history. Alerts that are as wanted already are answered as unchanged. Throws AppError `invalid`, or `conflict`
 * when the status of one changed since the page that `seen` tells of.
 */
export async function setStatus(ctx: Context, input: SetStatusInput): Promise<RecordedChange> {
  const { alertIds, status, verdict = null, note, seen, partOf } = parseInput(setStatusInput, input)
  const at = ctx.clock()
  return writeTransaction(ctx.db, async (tx) => {
    await requireSeen(tx, seen, alertIds, 'status')
    const before = await newestEntry(tx)
    const changed: number[] = []
    const unchanged: number[] = []
    const missing: number[] = []
    for (const part of batches(alertIds)) {
      const result = await setBatch(tx, ctx, part, { status, verdict, note }, at)
      changed.push(...result.changed)
      unchanged.push(...result.unchanged)
      missing.push(...result.missing)
    }
    const touched = note === '' ? changed : [...changed, ...unchanged]
    const action = `alert.${AUDIT_ACTIONS[status]}`
    await auditAlerts(tx, ctx, at, { action, alertIds: touched, detail: { status, verdict, note } })
    if (touched.length === 0) return { changed, unchanged, missing, act: null }
    const text = changed.length > 0 ? actText(changed, { status, verdict }) : `a note on ${describeAlerts(touched)}`
    const act = await recordAct(tx, ctx.actor.name, at, before, { action, entityType: 'alert', entityId: describeAlerts(touched), text, tab: seen?.tab, partOf })
    return { changed, unchanged, missing, act: act.id }
  })
}

const AUDIT_ACTIONS: Readonly<Record<AlertStatus, string>> = { open: 'open', acknowledged: 'acknowledge', closed: 'close' }
