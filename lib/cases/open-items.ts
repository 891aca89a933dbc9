import { batches } from '@/lib/alerts/batches'
import type { Context } from '@/lib/auth/context'
import { countedItems } from '@/lib/triage/parse-guide'
import type { GuideItem } from '@/lib/triage/parse-guide'
import { readGuide } from '@/lib/triage/recount-checklists'
import type { OpenChecklistItem } from './schema'

/** The steps of these alerts' checklists that nobody has settled, alert by alert in the order given. */
export async function openChecklistItems({ db }: Pick<Context, 'db'>, alertIds: readonly number[]): Promise<readonly OpenChecklistItem[]> {
  const found = []
  for (const part of batches(alertIds)) {
    const rows = await db.alert.findMany({
      where: { id: { in: [...part] } },
      select: { id: true, verdict: true, ruleVersionId: true, checklist: { select: { itemKey: true, state: true, note: true } } },
    })
    found.push(...rows)
  }
  const byId = new Map(found.map((alert) => [alert.id, alert]))
  const guides = new Map<number, readonly GuideItem[]>()
  const open: OpenChecklistItem[] = []
  for (const id of alertIds) {
    const alert = byId.get(id)
    if (!alert) continue
    const guide = guides.get(alert.ruleVersionId) ?? (await readGuide(db, alert.ruleVersionId))
    guides.set(alert.ruleVersionId, guide)
    const states = new Map(alert.checklist.map((item) => [item.itemKey, item]))
    const counted = new Set(countedItems(guide, alert.verdict).map((item) => item.key))
    for (const item of guide) {
      const saved = states.get(item.key)
      // A hint nobody is asked to answer is open only when somebody said that it needs a follow-up.
      if (saved ? saved.state === 'follow_up' : counted.has(item.key)) {
        open.push({ alertId: id, itemKey: item.key, text: item.text, state: saved ? 'follow_up' : 'open', note: saved?.note ?? '' })
      }
    }
  }
  return open
}
