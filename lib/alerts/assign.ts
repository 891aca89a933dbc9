import { newestEntry, recordAct } from '@/lib/audit/record-act'
import type { Context } from '@/lib/auth/context'
import { writeTransaction } from '@/lib/db/write-transaction'
import { auditAlerts } from './audit-alerts'
import { batches } from './batches'
import { parseInput } from './parse-input'
import { requireSeen } from './require-seen'
import { assignInput, describeAlerts } from './schema'
import type { AssignInput, RecordedChange } from './schema'

/** Gives alerts to somebody, or to nobody with null. Throws AppError `invalid`, or `conflict` as `setStatus`. */
export async function assign(ctx: Context, input: AssignInput): Promise<RecordedChange> {
  const { alertIds, assignee, seen, partOf } = parseInput(assignInput, input)
  const at = ctx.clock()
  return writeTransaction(ctx.db, async (tx) => {
    await requireSeen(tx, seen, alertIds, 'assignee')
    const before = await newestEntry(tx)
    const changed: number[] = []
    const unchanged: number[] = []
    const missing: number[] = []
    for (const part of batches(alertIds)) {
      const alerts = await tx.alert.findMany({ where: { id: { in: [...part] } }, select: { id: true, assignee: true }, orderBy: { id: 'asc' } })
      const known = new Set(alerts.map(({ id }) => id))
      const moving = alerts.filter((alert) => alert.assignee !== assignee)
      const ids = moving.map(({ id }) => id)
      await tx.alert.updateMany({ where: { id: { in: ids } }, data: { assignee, updatedAt: at } })
      await tx.alertHistory.createMany({
        data: moving.map((alert) => ({
          alertId: alert.id,
          at,
          actor: ctx.actor.name,
          kind: 'assignee',
          text: assignee === null ? `No longer assigned to ${alert.assignee ?? 'anybody'}.` : `Assigned to ${assignee}.`,
          detail: JSON.stringify({ from: alert.assignee, to: assignee }),
        })),
      })
      changed.push(...ids)
      unchanged.push(...alerts.filter((alert) => alert.assignee === assignee).map(({ id }) => id))
      missing.push(...part.filter((id) => !known.has(id)))
    }
    await auditAlerts(tx, ctx, at, { action: 'alert.assign', alertIds: changed, detail: { assignee } })
    if (changed.length === 0) return { changed, unchanged, missing, act: null }
    const what = describeAlerts(changed)
    const text = assignee === null ? `nobody assigned to ${what}` : `${what} assigned to ${assignee}`
    const act = await recordAct(tx, ctx.actor.name, at, before, { action: 'alert.assign', entityType: 'alert', entityId: what, text, tab: seen?.tab, partOf })
    return { changed, unchanged, missing, act: act.id }
  })
}
