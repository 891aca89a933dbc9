import type { Context } from '@/lib/auth/context'
import { entityKey } from '@/lib/db/hash'
import { fromEventsOf } from '@/lib/db/process-index'
import type { ProcessColumn } from '@/lib/db/process-index'
import type { EcsEvent } from '@/lib/ecs/event'
import { readText, readValues } from '@/lib/ecs/event'
import { imdsObject } from '@/lib/ecs/imds'
import type { ImdsPathClass } from '@/lib/ecs/imds'
import { buildProcessTree } from '@/lib/process-tree'
import type { ProcessTree, TreeAlert, TreeEvent } from '@/lib/process-tree'
import { batches } from './batches'
import { alertRef, recordsRemoved } from './schema'
import type { AlertDetail } from './schema'

export interface TreeBudget {
  /** Events that are opened. */
  readonly events: number
  /** Processes the tree may have. */
  readonly nodes: number
  /** Generations that are looked for below the focus. */
  readonly below: number
}

/** Inside the alert's page; the page of its own shows more. */
export const TREE_PREVIEW: TreeBudget = { events: 2_000, nodes: 300, below: 3 }
export const TREE_FULL: TreeBudget = { events: 20_000, nodes: 2_000, below: 12 }

const ROUNDS_ABOVE = 20
/** Fields that name a process further up than the parent. */
export const LEADERS = ['process.session_leader.entity_id', 'process.entry_leader.entity_id', 'process.group_leader.entity_id']

/** The events around an alert's processes that have been opened so far. */
class Gathering {
  readonly events = new Map<number, EcsEvent>()
  readonly #asked = { entity: new Set<string>(), parent: new Set<string>() }

  constructor(
    readonly ctx: Context,
    readonly hostId: string,
    readonly at: number,
    readonly budget: number,
  ) {}

  /**
   * Opens the events whose process (or whose parent) is one of these, nearest to the alert in time where there are more
   * than the budget allows: a web server has had a hundred thousand children. Answers what is new.
   */
  async add(column: ProcessColumn, entityIds: readonly string[]): Promise<readonly EcsEvent[]> {
    const wanted = entityIds.filter((id) => !this.#asked[column].has(id))
    for (const id of wanted) this.#asked[column].add(id)
    const known = new Set(wanted)
    const field = column === 'entity' ? 'process.entity_id' : 'process.parent.entity_id'
    const added: EcsEvent[] = []
    for (const keys of batches(wanted.map((id) => entityKey(this.hostId, id)))) {
      const left = this.budget - this.events.size
      if (left <= 0) break
      const rows = await this.ctx.db.$queryRawUnsafe<{ id: number | bigint }[]>(
        `SELECT id ${fromEventsOf(column, keys.length)} ORDER BY abs(ts - ?), id LIMIT ?`,
        ...keys,
        this.at,
        left,
      )
      const ids = rows.map((row) => Number(row.id)).filter((id) => !this.events.has(id))
      for (const stored of this.ctx.events.byIds(ids)) {
        const event = this.ctx.events.document(stored)
        // The index is over hashes: another process may share one.
        if (readText(event, 'host.id') !== this.hostId || !known.has(readText(event, field) ?? '')) continue
        this.events.set(stored.id, event)
        added.push(event)
      }
    }
    return added
  }
}

function texts(events: Iterable<EcsEvent>, field: string): string[] {
  return [...new Set([...events].flatMap((event) => readValues(event, field).filter((value) => typeof value === 'string')))]
}

async function alertsOn(ctx: Context, eventIds: readonly number[]): Promise<readonly TreeAlert[]> {
  const found: TreeAlert[] = []
  for (const part of batches(eventIds)) {
    const links = await ctx.db.alertEvent.findMany({
      where: { eventId: { in: [...part] } },
      select: { eventId: true, alert: { select: { id: true, severity: true, imdsPathClass: true, imdsRole: true, rule: { select: { name: true } } } } },
      orderBy: [{ eventId: 'asc' }, { alertId: 'asc' }],
    })
    for (const { eventId, alert } of links) {
      const asked = imdsObject({ pathClass: alert.imdsPathClass as ImdsPathClass | null, role: alert.imdsRole })
      found.push({ eventId: String(eventId), id: alertRef(alert.id), severity: alert.severity, ruleName: alert.rule.name, ...(asked === null ? {} : { asked }) })
    }
  }
  return found
}

/** What a tree is gathered around: records of one host, and the moment they are about, in milliseconds. */
export interface TreeSubject {
  readonly hostId: string
  readonly at: number
  readonly linked: readonly { readonly eventId: number; readonly event: EcsEvent }[]
}

/** The events of the processes around these records: ancestors as far up as anything tells, siblings, what runs below. */
export async function gatherAround(ctx: Context, { hostId, at, linked: records }: TreeSubject, budget: Omit<TreeBudget, 'nodes'>): Promise<readonly TreeEvent[]> {
  const linked = records.map(({ event }) => event)
  const focus = texts(linked, 'process.entity_id')
  const parents = texts(linked, 'process.parent.entity_id')
  const gathering = new Gathering(ctx, hostId, at, budget.events)
  for (const { eventId, event } of records) gathering.events.set(eventId, event)

  // Upwards first: a budget met among siblings must not cost the way to the root.
  await gathering.add('entity', focus)
  let above = [...parents, ...texts(linked, 'process.Ext.ancestry'), ...LEADERS.flatMap((field) => texts(linked, field))]
  for (let round = 0; round < ROUNDS_ABOVE && above.length > 0; round++) {
    const found = await gathering.add('entity', above)
    above = [...texts(found, 'process.parent.entity_id'), ...texts(found, 'process.Ext.ancestry')].filter((id) => !above.includes(id))
  }
  const siblings = texts(await gathering.add('parent', parents), 'process.entity_id')
  let below = texts(await gathering.add('parent', focus), 'process.entity_id')
  for (let round = 0; round < budget.below && below.length > 0; round++) {
    await gathering.add('entity', below)
    below = texts(await gathering.add('parent', below), 'process.entity_id')
  }
  await gathering.add('entity', siblings)
  await gathering.add('parent', siblings)
  return [...gathering.events].map(([id, event]) => ({ id: String(id), event }))
}

/**
 * The processes around an alert: its own, their ancestors as far up as anything tells, their siblings, and what runs below
 * them. Never throws over what the records lack; what is missing the tree says itself.
 */
export async function alertProcessTree(ctx: Context, alert: AlertDetail, budget: TreeBudget): Promise<ProcessTree> {
  const events = await gatherAround(ctx, { hostId: alert.hostId, at: Date.parse(alert.occurredAt), linked: alert.events }, budget)
  const focus = texts(alert.events.map(({ event }) => event), 'process.entity_id')
  const tree = buildProcessTree(
    events,
    { entityIds: focus, eventIds: alert.events.map(({ eventId }) => String(eventId)) },
    { hostId: alert.hostId, alerts: await alertsOn(ctx, events.map(({ id }) => Number(id))), maxNodes: budget.nodes },
  )
  const removed = recordsRemoved(alert)
  return removed === null ? tree : { ...tree, missing: [removed, ...(tree.nodes.length === 0 ? [] : tree.missing)] }
}
