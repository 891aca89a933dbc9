import { readText } from '@/lib/ecs/event'
import type { Timestamp } from '@/lib/ecs/timestamp'
import type { Fact } from './fact'
import type { Draft } from './drafts'
import type { ProcessNode } from './model'
import type { Observation } from './observe'

function changedTerminal(parent: Fact | null | undefined, own: Fact | null | undefined): ProcessNode['ttyChange'] {
  if (!parent || !own || parent.tty === undefined || own.tty === undefined || parent.tty === own.tty) return null
  return parent.tty === null ? 'gained' : own.tty === null ? 'lost' : 'other'
}

function sinceParent(own: Timestamp | null | undefined, parent: Timestamp | null | undefined): number | null {
  return own && parent ? own.ms - parent.ms + (own.ns - parent.ns) / 1e6 : null
}

/** May be negative: some sources write a death by signal so. */
function exitCode(end: Observation): number | null {
  const code = readText(end.event, 'process.exit_code')
  return code !== undefined && /^-?\d{1,10}$/.test(code) ? Number(code) : null
}

type Described = Omit<ProcessNode, 'parent' | 'execOf' | 'execTo' | 'children' | 'cutChildren' | 'connections' | 'cutConnections' | 'alerts'>

/** The part of a node that its own records and its parent's summary decide. */
export function describeNode(draft: Draft, fact: Fact | null, parent: Fact | null | undefined): Described {
  const phases = new Set(draft.observations.flatMap((o) => o.phases))
  const began = phases.has('exec') ? 'exec' : phases.has('running') ? 'running' : phases.has('fork') ? 'fork' : null
  const end = draft.observations.find((o) => o.phases.includes('end') && !o.phases.includes('network'))
  const changedUser =
    fact && parent && fact.user !== null && parent.user !== null
      ? fact.userId !== null && parent.userId !== null
        ? fact.userId !== parent.userId
        : fact.user !== parent.user
      : false
  return {
    key: draft.key,
    evidence: began !== null ? 'start' : draft.observations.length > 0 ? 'partial' : 'ghost',
    began,
    pid: fact?.pid ?? null,
    name: fact?.name ?? null,
    executable: fact?.executable ?? null,
    commandLine: fact?.commandLine ?? null,
    workingDirectory: fact?.workingDirectory ?? null,
    user: fact?.user ?? null,
    userBefore: changedUser ? (parent?.user ?? null) : null,
    tty: fact?.tty ?? null,
    ttyChange: changedTerminal(parent, fact),
    interactive: fact?.interactive ?? null,
    startedAt: fact?.startedAt ?? null,
    sinceParentMs: sinceParent(fact?.started, parent?.started),
    endedAt: end ? (readText(end.event, 'process.end') ?? end.atText) : null,
    exitCode: end ? exitCode(end) : null,
    entryType: fact?.entryType ?? null,
    entrySourceIp: fact?.entrySourceIp ?? null,
    eventIds: draft.observations.map((o) => o.id),
  }
}
