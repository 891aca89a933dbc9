import type { AlertDetail } from '@/lib/alerts/schema'
import type { Context } from '@/lib/auth/context'
import { buildChecklist } from './build-checklist'
import { readGuide } from './recount-checklists'
import { ITEM_STATES } from './schema'
import type { Checklist } from './schema'

/** The checklist of an alert as it stands: from the version of the rule that raised it, not from today's. */
export async function readChecklist(ctx: Context, alert: AlertDetail): Promise<Checklist> {
  const rows = await ctx.db.checklistItem.findMany({ where: { alertId: alert.id } })
  const ofHost = await ctx.db.alert.count({ where: { hostId: alert.hostId } })
  return buildChecklist({
    alert,
    guide: await readGuide(ctx.db, alert.ruleVersionId),
    otherAlertsOfHost: ofHost - 1,
    states: rows.flatMap((row) => {
      const state = ITEM_STATES.find((known) => known === row.state)
      return state ? [{ itemKey: row.itemKey, state, note: row.note, actor: row.actor, at: row.at.toISOString() }] : []
    }),
  })
}
