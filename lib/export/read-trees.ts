import { TREE_FULL, gatherAround } from '@/lib/alerts/process-tree'
import type { Context } from '@/lib/auth/context'
import { buildProcessTree } from '@/lib/process-tree/build'
import type { TreeAlert } from '@/lib/process-tree/model'
import type { ExportRecord, ExportTree } from './model'

/** What the alerts link, on their host; only the case's own alerts are marked in its trees. */
interface MarkedAlert {
  readonly id: number
  readonly marks: readonly TreeAlert[]
}

/** One tree a host: everything the alerts of the case touch there, with what stands around it. */
export async function readTrees(ctx: Context, records: readonly ExportRecord[], alerts: readonly MarkedAlert[]): Promise<readonly ExportTree[]> {
  const hosts = new Map<string, ExportRecord[]>()
  for (const record of records) {
    const linked = hosts.get(record.facts.hostId)
    if (linked) linked.push(record)
    else hosts.set(record.facts.hostId, [record])
  }
  const trees: ExportTree[] = []
  for (const [hostId, linked] of hosts) {
    const ids = new Set(linked.map((record) => String(record.eventId)))
    const here = alerts.filter((alert) => alert.marks.some((mark) => ids.has(mark.eventId)))
    const stored = ctx.events.byIds(linked.map((record) => record.eventId))
    const events = await gatherAround(
      ctx,
      { hostId, at: linked[0]?.ms ?? 0, linked: stored.map((record) => ({ eventId: record.id, event: ctx.events.document(record) })) },
      TREE_FULL,
    )
    const entityIds = [...new Set(linked.flatMap((record) => record.facts.processEntityId ?? []))]
    const tree = buildProcessTree(events, { entityIds, eventIds: [...ids] }, { hostId, alerts: here.flatMap((alert) => alert.marks), maxNodes: TREE_FULL.nodes })
    trees.push({ hostId, hostName: linked[0]?.facts.hostName ?? hostId, alertIds: here.map((alert) => alert.id), tree })
  }
  return trees
}
