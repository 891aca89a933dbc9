import { IconArrowDownLeft, IconArrowUpRight, IconWorldSearch } from '@tabler/icons-react'
import type { Connection, ProcessNode } from '@/lib/process-tree/index'
import { visibleText } from '@/lib/text/visible-text'
import classes from './process-tree.module.css'

export const CONNECTION_ICON = { connect: IconArrowUpRight, accept: IconArrowDownLeft, lookup: IconWorldSearch } as const

const WORDS = { connect: 'connections', accept: 'accepted', lookup: 'look-ups' } as const

/** The other side as one writes it: `169.254.169.254:80`, `[::1]:3000`; for an accepted connection who came to which port. */
export function peerText(connection: Connection): string {
  const peer = visibleText(connection.peer)
  if (connection.port === null) return peer
  if (connection.kind === 'accept') return `${peer} → :${connection.port}`
  return peer.includes(':') ? `[${peer}]:${connection.port}` : `${peer}:${connection.port}`
}

interface Pill {
  readonly kind: Connection['kind']
  readonly metadata: boolean
  readonly count: number
  readonly peers: readonly string[]
}

function pillsOf(connections: readonly Connection[]): readonly Pill[] {
  const pills = new Map<string, Pill>()
  for (const connection of connections) {
    const metadata = connection.metadata !== null
    const key = `${metadata}-${connection.kind}`
    const known = pills.get(key)
    pills.set(key, {
      kind: connection.kind,
      metadata,
      count: (known?.count ?? 0) + Math.max(1, connection.count),
      peers: [...(known?.peers ?? []), peerText(connection)],
    })
  }
  return [...pills.values()].toSorted((a, b) => Number(b.metadata) - Number(a.metadata))
}

/** How often a process connected, accepted and looked up, with what serves credentials apart from the rest. */
export function ConnectionPills({ node }: { node: ProcessNode }) {
  return pillsOf(node.connections).map((pill) => {
    const Icon = CONNECTION_ICON[pill.kind]
    const words = `${pill.count} ${pill.metadata ? 'to instance metadata' : WORDS[pill.kind]}`
    const more = pill.peers.length > 5 ? ` and ${pill.peers.length - 5} more` : ''
    return (
      <span key={`${pill.kind}-${pill.metadata}`} className={classes.pill} data-metadata={pill.metadata || undefined} title={`${words}: ${pill.peers.slice(0, 5).join(', ')}${more}`}>
        <Icon size={12} stroke={2} aria-hidden="true" />
        {pill.metadata && pill.kind !== 'lookup' && 'IMDS '}
        {pill.count}
        <span className="visually-hidden"> {words}</span>
      </span>
    )
  })
}
