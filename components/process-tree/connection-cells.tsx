import { Mono } from '@/components/ui/machine-text/mono'
import { parseTimestamp } from '@/lib/ecs/timestamp'
import type { ConnectionRow } from '@/lib/process-tree/index'
import { CONNECTION_ICON, peerText } from './connection-pills'
import { Cell } from './cell'
import { Indent } from './indent'
import { Kind } from './kind'
import classes from './process-tree.module.css'
import { TreeTime, type TreeClock } from './tree-time'

const WORDS = { connect: 'connects to', accept: 'is reached by', lookup: 'looks up' } as const
const BYTES = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

function since(first: string, started: string | null): number | null {
  const [a, b] = [parseTimestamp(first), parseTimestamp(started)]
  return a && b ? a.ms - b.ms + (a.ns - b.ns) / 1e6 : null
}

/** The cells of a connection: the other side, what serves there, how often, when first after the process began. */
export function ConnectionCells({ row, clock }: { row: ConnectionRow; clock: TreeClock }) {
  const { connection, node } = row
  const facts = [
    connection.metadata,
    connection.transport,
    connection.resolved.length > 0 ? `is ${connection.resolved.join(', ')}` : null,
    connection.sentBytes === null ? null : `${BYTES.format(connection.sentBytes)} B sent`,
    connection.receivedBytes === null ? null : `${BYTES.format(connection.receivedBytes)} B received`,
  ].filter((fact) => fact !== null)
  return (
    <>
      <Cell column="process" span={2}>
        <Indent level={row.level} guides={row.guides} last={row.last} />
        <span className={classes.twist} data-leaf="narrow" aria-hidden="true" />
        <Kind icon={CONNECTION_ICON[connection.kind]} words={WORDS[connection.kind]} />
        <span className={classes.peer} data-metadata={connection.metadata !== null || undefined}>
          {peerText(connection)}
        </span>
        <span className={classes.facts}>
          <Mono overflow="clip" dimmed>
            {facts.join(' · ')}
          </Mono>
        </span>
      </Cell>
      <Cell column="seen">
        {connection.count > 1 && <span className={classes.quiet}>{connection.count} times</span>}
        {connection.count === 0 && <span className={classes.quiet}>only its end</span>}
      </Cell>
      <Cell column="user" />
      <Cell column="tty" />
      <Cell column="started">
        <TreeTime value={connection.firstAt} clock={clock} sinceMs={since(connection.firstAt, node.startedAt)} />
      </Cell>
      <Cell column="exit" />
    </>
  )
}
