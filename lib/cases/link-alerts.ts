import { batches } from '@/lib/alerts/batches'
import { alertRef } from '@/lib/alerts/schema'
import type { Transaction } from '@/lib/db/client'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { caseRef } from './schema'

const NAMED = 5

function listRefs(ids: readonly number[]): string {
  const named = ids.slice(0, NAMED).map(alertRef).join(', ')
  return ids.length > NAMED ? `${named} and ${ids.length - NAMED} more` : named
}

/** Severity of each alert by id. Throws AppError `not_found` naming the alerts that do not exist. */
export async function requireAlerts(tx: Transaction, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const unique = [...new Set(ids)]
  if (unique.length > LIMITS.caseAlerts) {
    throw new AppError('too_large', `A case holds at most ${LIMITS.caseAlerts} alerts; these are ${unique.length}. Split them over several cases.`)
  }
  const known = new Map<number, string>()
  for (const part of batches(unique)) {
    const rows = await tx.alert.findMany({ where: { id: { in: [...part] } }, select: { id: true, severity: true } })
    for (const row of rows) known.set(row.id, row.severity)
  }
  const unknown = unique.filter((id) => !known.has(id))
  if (unknown.length > 0) throw new AppError('not_found', `There is no alert ${listRefs(unknown)}.`, { unknown })
  return known
}

/**
 * Links alerts to a case inside the verb's transaction, with a line in each alert's history. Those already linked stay as
 * they are. Answers the ids that were added. Throws AppError `too_large` when the case would hold more than its limit.
 */
export async function linkAlerts(
  tx: Transaction,
  link: { readonly caseId: number; readonly caseTitle: string; readonly alertIds: readonly number[]; readonly actor: string; readonly at: Date },
): Promise<readonly number[]> {
  const linked = new Set((await tx.caseAlert.findMany({ where: { caseId: link.caseId }, select: { alertId: true } })).map((row) => row.alertId))
  const added = [...new Set(link.alertIds)].filter((id) => !linked.has(id)).sort((a, b) => a - b)
  if (linked.size + added.length > LIMITS.caseAlerts) {
    throw new AppError(
      'too_large',
      `A case holds at most ${LIMITS.caseAlerts} alerts; ${caseRef(link.caseId)} has ${linked.size} and these are ${added.length} more. Put them into another case.`,
    )
  }
  if (added.length === 0) return added
  await tx.caseAlert.createMany({ data: added.map((alertId) => ({ caseId: link.caseId, alertId, addedBy: link.actor, addedAt: link.at })) })
  await tx.alertHistory.createMany({
    data: added.map((alertId) => ({
      alertId,
      at: link.at,
      actor: link.actor,
      kind: 'case',
      text: `Added to ${caseRef(link.caseId)}: ${link.caseTitle}`,
      detail: JSON.stringify({ case: caseRef(link.caseId), added: true }),
    })),
  })
  return added
}
