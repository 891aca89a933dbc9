import type { Transaction } from '@/lib/db/client'
import { ruleSchema } from '@/lib/rules/schema'
import { countedItems, parseGuide } from './parse-guide'
import type { GuideItem } from './parse-guide'

const SETTLED = ['done', 'not_applicable']

/** The steps of the guide of a version of a rule. */
export async function readGuide(tx: Pick<Transaction, 'ruleVersion'>, ruleVersionId: number): Promise<readonly GuideItem[]> {
  const version = await tx.ruleVersion.findUniqueOrThrow({ where: { id: ruleVersionId }, select: { document: true } })
  return parseGuide(ruleSchema.parse(JSON.parse(version.document)).note)
}

/**
 * Brings `checklist_done` and `checklist_total` of these alerts up to date with their states and verdicts; call it in the
 * transaction that changed either.
 */
export async function recountChecklists(tx: Transaction, alertIds: readonly number[]): Promise<void> {
  const alerts = await tx.alert.findMany({
    where: { id: { in: [...alertIds] } },
    select: { id: true, verdict: true, ruleVersionId: true, checklistDone: true, checklistTotal: true, checklist: { where: { state: { in: SETTLED } }, select: { itemKey: true } } },
  })
  const guides = new Map<number, readonly GuideItem[]>()
  const changed = new Map<string, number[]>()
  for (const alert of alerts) {
    const guide = guides.get(alert.ruleVersionId) ?? (await readGuide(tx, alert.ruleVersionId))
    guides.set(alert.ruleVersionId, guide)
    const counted = new Set(countedItems(guide, alert.verdict).map((item) => item.key))
    const done = alert.checklist.filter((item) => counted.has(item.itemKey)).length
    if (done === alert.checklistDone && counted.size === alert.checklistTotal) continue
    const key = `${done}/${counted.size}`
    const ids = changed.get(key)
    if (ids) ids.push(alert.id)
    else changed.set(key, [alert.id])
  }
  for (const [key, ids] of changed) {
    const [done = 0, total = 0] = key.split('/').map(Number)
    await tx.alert.updateMany({ where: { id: { in: ids } }, data: { checklistDone: done, checklistTotal: total } })
  }
}
