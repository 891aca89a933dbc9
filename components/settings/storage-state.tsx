import { formatBytes } from '@/components/sources/format-bytes'
import { Panel } from '@/components/ui/panel'
import { StatTile } from '@/components/ui/stat-tile'
import { Timestamp } from '@/components/ui/timestamp'
import { PART_LABELS } from '@/lib/retention/schema'
import type { RetentionState, StoredPart } from '@/lib/retention/schema'
import classes from './storage-state.module.css'

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

/** What takes the room: a bar to look at, and its table. */
function Parts({ parts }: { parts: readonly StoredPart[] }) {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  return (
    <div className={classes.parts}>
      <div className={classes.bar} aria-hidden="true">
        {parts.map(({ part, bytes }) => (
          <span key={part} data-part={part} style={{ flexGrow: bytes }} />
        ))}
      </div>
      <table className={classes.table} aria-label="What takes how much of the database">
        <tbody>
          {parts.map(({ part, bytes }) => (
            <tr key={part}>
              <th scope="row">
                <span className={classes.key} data-part={part} aria-hidden="true" />
                {PART_LABELS[part]}
              </th>
              <td>{formatBytes(bytes)}</td>
              <td>{percent.format(total === 0 ? 0 : bytes / total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** How large the database is, what takes the room, and how far back it goes. */
export function StorageState({ state }: { state: RetentionState }) {
  const { events, removed, alerts, alertsWithoutRecords, bytesFree, shrinks } = state
  const log = Math.max(0, state.bytesOnDisk - state.bytesInUse - bytesFree)
  return (
    <Panel title="Storage">
      <div className={classes.state}>
        <div className={classes.tiles}>
          <StatTile label="On the disk" value={formatBytes(state.bytesOnDisk)} detail={`${formatBytes(bytesFree)} of it free for what comes next, ${formatBytes(log)} the log`} />
          <StatTile label="In use" value={formatBytes(state.bytesInUse)} detail={events === 0 ? 'no events yet' : `${formatBytes(state.bytesInUse / events)} for an event`} />
          <StatTile label="Events" value={events} detail={removed === 0 ? 'none deleted so far' : `${removed.toLocaleString('en')} deleted so far`} />
          <StatTile
            label="Alerts"
            value={alerts}
            href="/alerts?status=all"
            detail={alertsWithoutRecords === 0 ? 'all with their records' : `${alertsWithoutRecords.toLocaleString('en')} without their records`}
          />
        </div>
        {state.parts === null ? (
          <p className={classes.note}>The database is too large to be measured while a page waits: linklocal retention show tells what takes how much.</p>
        ) : (
          <Parts parts={state.parts} />
        )}
        <p className={classes.note}>
          {state.oldestReceivedAt === null ? (
            'No events are stored.'
          ) : (
            <>
              The oldest events were received <Timestamp value={state.oldestReceivedAt} relative="beside" />.
            </>
          )}
          {!shrinks && ' An early version made this file: what is deleted is used again, but not given back to the disk until linklocal retention compact was run once.'}
        </p>
      </div>
    </Panel>
  )
}
