import { formatDelta } from '@/components/ui/format-delta'
import { instantParts } from '@/components/ui/format-instant'
import classes from './process-tree.module.css'

/** How the tree tells times: its zone, and the day that need not be said. */
export interface TreeClock {
  readonly zone: string
  readonly day: string
}

interface TreeTimeProps {
  readonly value: string | null
  readonly clock: TreeClock
  /** Milliseconds since what stands above. */
  readonly sinceMs: number | null
}

/** A time of day with the difference to the row above it. Without the tooltip of `Timestamp`: a tree has thousands. */
export function TreeTime({ value, clock, sinceMs }: TreeTimeProps) {
  const parts = value === null ? null : instantParts(value, clock.zone)
  if (!parts || value === null) return <span className={classes.none}>–</span>
  return (
    <>
      <time className={classes.time} dateTime={value} title={value}>
        {parts.date !== clock.day && <span className={classes.date}>{parts.date.slice(5)} </span>}
        {parts.time}
      </time>
      {sinceMs !== null && <span className={classes.delta}>{formatDelta(roundDelta(sinceMs), { sign: true })}</span>}
    </>
  )
}

/** Digits below the millisecond say something only below ten of them. */
function roundDelta(ms: number): number {
  return Math.abs(ms) >= 10 ? Math.round(ms) : Math.round(ms * 10) / 10
}
