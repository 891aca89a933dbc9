import { readText } from '@/lib/ecs/event'
import { compareText } from '@/lib/lang/text-order'
import { LIMITS } from '@/lib/limits'
import type { Fact } from './fact'
import { connectionsOf } from './connections'
import { describeNode } from './describe-node'
import { drafts, startOrder, summarise } from './drafts'
import { identify } from './identify'
import { explainMissing } from './missing'
import type { ProcessNode, ProcessTree, TreeAlert, TreeCut, TreeEvent, TreeFocus, TreeOptions } from './model'
import { observeAll, type Observation } from './observe'
import { breakCycles, limitTree } from './shape'

/** Which host the tree is of: the one asked for, else the focus's, else the one with most events (names break ties). */
function chooseHost(observations: readonly Observation[], focus: TreeFocus, asked: string | undefined): string | null {
  if (asked !== undefined) return asked
  const wanted = new Set(focus.entityIds)
  const events = new Set(focus.eventIds)
  const counts = new Map<string, number>()
  for (const o of observations) {
    const inFocus = (o.entityId !== null && wanted.has(o.entityId)) || events.has(o.id)
    counts.set(o.hostId, (counts.get(o.hostId) ?? 0) + (inFocus ? 1e9 : 1))
  }
  return [...counts].toSorted((a, b) => b[1] - a[1] || compareText(a[0], b[0]))[0]?.[0] ?? null
}

/**
 * The processes of one host that the events tell of, as a tree: one node an entity id, ghosts for the parents nobody
 * recorded. Never throws, whatever the events hold, and never comes back without saying what it could not show: see
 * `missing` and `truncated`.
 *
 * @param focus what the tree is about; when a cap is met, what is nearest to it is kept.
 */
export function buildProcessTree(events: readonly TreeEvent[], focus: TreeFocus, options: TreeOptions = {}): ProcessTree {
  const observed = observeAll(events)
  const hostId = chooseHost(observed, focus, options.hostId)
  const observations = observed.filter((o) => o.hostId === hostId)
  const { identified, byPid, unknown } = identify(observations)
  const all = drafts(identified)

  const summaries = new Map<string, Fact | null>()
  for (const [key, { facts }] of all) summaries.set(key, summarise(facts))
  const order = startOrder(all, summaries)
  const parents = breakCycles(new Map([...all.values()].map((d) => [d.key, d.parent])), order)

  const byEvent = new Set(focus.eventIds)
  const wanted = new Set(focus.entityIds)
  const focusKeys = [...all.values()]
    .filter((d) => wanted.has(d.key) || d.observations.some((o) => byEvent.has(o.id)))
    .map((d) => d.key)
    .toSorted(order)
  const limited = limitTree(parents, focusKeys, order, {
    nodes: Math.min(options.maxNodes ?? Infinity, LIMITS.treeNodes),
    depth: Math.min(options.maxDepth ?? Infinity, LIMITS.treeDepth),
  })

  const alerts = groupAlerts(options.alerts ?? [])
  const successors = new Map([...all.values()].flatMap((d) => (d.execOf === null ? [] : [[d.execOf, d.key] as const])))
  const maxConnections = Math.min(options.maxConnections ?? Infinity, LIMITS.treeConnections)
  let cutConnections = 0
  const nodes: ProcessNode[] = []
  for (const place of limited.places) {
    const draft = all.get(place.key)
    if (!draft) continue
    const fact = summaries.get(place.key) ?? null
    const parentFact = place.parent === null ? null : summaries.get(place.parent)
    const { connections, cut } = connectionsOf(draft.observations.filter((o) => o.phases.includes('network')), maxConnections)
    cutConnections += cut
    nodes.push({
      ...describeNode(draft, fact, parentFact),
      parent: place.parent,
      execOf: draft.execOf !== null && limited.kept.has(draft.execOf) ? draft.execOf : null,
      execTo: keptOrNull(successors.get(place.key), limited.kept),
      children: place.children,
      cutChildren: place.cutChildren,
      connections,
      cutConnections: cut,
      alerts: alertsOf(draft.observations, alerts),
    })
  }

  const shownConnections = nodes.reduce((sum, node) => sum + node.connections.length, 0)
  const truncated: TreeCut[] = []
  if (limited.cutNodes > 0) truncated.push({ what: 'processes', shown: nodes.length, left: limited.cutNodes })
  if (limited.cutGenerations > 0) truncated.push({ what: 'generations', shown: nodes.length, left: limited.cutGenerations })
  if (cutConnections > 0) truncated.push({ what: 'connections', shown: shownConnections, left: cutConnections })
  return {
    host: hostId === null ? null : { id: hostId, name: hostName(observations) },
    focus: focusKeys.filter((key) => limited.kept.has(key)),
    roots: limited.roots,
    nodes,
    missing: explainMissing({
      nodes,
      focusKeys,
      asked: focus.entityIds.length + (focus.eventIds?.length ?? 0),
      events: events.length,
      ofHost: observations.length,
      byPid,
      unknown,
      cutAbove: limited.cutAbove,
    }),
    truncated,
  }
}

function keptOrNull(key: string | undefined, kept: ReadonlySet<string>): string | null {
  return key !== undefined && kept.has(key) ? key : null
}

function groupAlerts(alerts: readonly TreeAlert[]): ReadonlyMap<string, readonly TreeAlert[]> {
  const groups = new Map<string, TreeAlert[]>()
  for (const alert of alerts) {
    const group = groups.get(alert.eventId)
    if (group) group.push(alert)
    else groups.set(alert.eventId, [alert])
  }
  return groups
}

function alertsOf(observations: readonly Observation[], alerts: ReadonlyMap<string, readonly TreeAlert[]>): ProcessNode['alerts'] {
  const found = new Map<string, ProcessNode['alerts'][number]>()
  for (const o of observations) {
    for (const { eventId: _, ...alert } of alerts.get(o.id) ?? []) found.set(alert.id, alert)
  }
  return [...found.values()]
}

function hostName(observations: readonly Observation[]): string | null {
  for (const o of observations) {
    const name = readText(o.event, 'host.name') ?? readText(o.event, 'host.hostname')
    if (name !== undefined) return name
  }
  return null
}
