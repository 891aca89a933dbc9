/**
 * lib/process-tree: from stored events to the tree of one host's processes around an alert, and to the rows that show it.
 * Pure: the same events in any order give the same tree.
 *
 *   systemd (ghost: only its child's record tells of it)
 *   └─ php-fpm8.1               exec
 *      └─ php-fpm8.1            fork
 *         ├─ dash  pid 18506    exec                      one pid, two entity ids: two nodes beside each other,
 *         ├─ curl  pid 18506    exec, execOf → dash       since both have the same parent; execOf tells the step
 *         │  · 169.254.169.254:80  connection
 *         └─ dash  pid 18513
 */
import type { EcsEvent } from '@/lib/ecs/event'

/** An event with the identity it is stored under. */
export interface TreeEvent {
  readonly event: EcsEvent
  readonly id: string
}

/** What the tree is about: processes by entity id, or, where a source has none, by an event of theirs. */
export interface TreeFocus {
  readonly entityIds: readonly string[]
  readonly eventIds?: readonly string[]
}

/** An alert that links the event `eventId`. */
export interface TreeAlert {
  readonly eventId: string
  readonly id: string
  readonly severity: string
  readonly ruleName: string
  /** What it asked of a metadata service, where that is worth taking: `the credentials of web-prod-role`. */
  readonly asked?: string
}

export interface TreeOptions {
  /** The host of the tree; without it the host of the focus. A process tree never spans hosts. */
  readonly hostId?: string
  readonly alerts?: readonly TreeAlert[]
  /** Smaller caps than LIMITS has. */
  readonly maxNodes?: number
  readonly maxDepth?: number
  readonly maxConnections?: number
}

/**
 * How much is known of a process: its beginning was recorded; only other records of it were (its end, its connections);
 * or none, and what is shown comes from its children.
 */
export type Evidence = 'start' | 'partial' | 'ghost'

export interface Connection {
  readonly kind: 'connect' | 'accept' | 'lookup'
  /** The other side: an address for connect and accept, a name for a look-up. */
  readonly peer: string
  /** The port of the service: the remote one of connect, the own one of accept. */
  readonly port: number | null
  readonly transport: string | null
  /** Connections (or look-ups) seen to begin; 0 when only their end is stored. */
  readonly count: number
  readonly firstAt: string
  readonly lastAt: string
  /** What serves credentials there, see lib/ecs/metadata-address; null for any other peer. */
  readonly metadata: string | null
  /** Addresses a look-up answered. */
  readonly resolved: readonly string[]
  readonly sentBytes: number | null
  readonly receivedBytes: number | null
  readonly eventIds: readonly string[]
}

export interface ProcessNode {
  /** Unique in the tree: the entity id, or "pid … @ …" for a source without them. */
  readonly key: string
  readonly evidence: Evidence
  readonly began: 'exec' | 'fork' | 'running' | null
  readonly pid: number | null
  readonly name: string | null
  readonly executable: string | null
  readonly commandLine: string | null
  readonly workingDirectory: string | null
  readonly user: string | null
  /** The parent's user, where it is another one. */
  readonly userBefore: string | null
  /** "pts/0"; null when there is none or nothing says so. */
  readonly tty: string | null
  /** Against the parent; null when nothing changed or either side is unknown. */
  readonly ttyChange: 'gained' | 'lost' | 'other' | null
  readonly interactive: boolean | null
  /** As the source wrote it. */
  readonly startedAt: string | null
  /** Milliseconds from the parent's start to this one's; negative when the clock says so. */
  readonly sinceParentMs: number | null
  readonly endedAt: string | null
  readonly exitCode: number | null
  readonly entryType: string | null
  readonly entrySourceIp: string | null
  readonly parent: string | null
  /** The node this one was, in the same pid, before its exec. */
  readonly execOf: string | null
  /** Whether a later node is this one after an exec. */
  readonly execTo: string | null
  /** In the order of their starts, execs of one pid together. */
  readonly children: readonly string[]
  /** Children that exist but are not in the tree, because of a cap. */
  readonly cutChildren: number
  readonly connections: readonly Connection[]
  readonly cutConnections: number
  readonly alerts: readonly Omit<TreeAlert, 'eventId'>[]
  readonly eventIds: readonly string[]
}

/** A cap that was met: what, how many are in the tree, and how many are not. */
export interface TreeCut {
  readonly what: 'processes' | 'generations' | 'connections'
  readonly shown: number
  readonly left: number
}

/** Plain data: may cross to the browser or into an exported case as it is. */
export interface ProcessTree {
  readonly host: { readonly id: string; readonly name: string | null } | null
  /** Keys of the nodes the tree is about, as far as it has them. */
  readonly focus: readonly string[]
  readonly roots: readonly string[]
  /** Every node after its parent, siblings in order. */
  readonly nodes: readonly ProcessNode[]
  /** In words: what is not there, and why. */
  readonly missing: readonly string[]
  readonly truncated: readonly TreeCut[]
}
