'use client'

import { Tooltip } from '@mantine/core'
import { formatAge } from '@/components/ui/format-age'
import { formatInstant, instantParts, toEpochMs, UTC } from '@/components/ui/format-instant'
import { useNow, useTimeZone } from '@/components/ui/time-provider'
import classes from './timestamp.module.css'

interface TimestampProps {
  /** ISO 8601 text (its own digits are kept for the tooltip), or epoch milliseconds. */
  readonly value: string | number
  /** Where "3 min ago" stands: in the tooltip only, or beside the time as well. */
  readonly relative?: 'tooltip' | 'beside'
  /** `time` leaves the date out, for a list whose heading has it. */
  readonly show?: 'both' | 'time'
}

/** An instant to the millisecond in the chosen zone, with the offset named; the tooltip has it in UTC and relative. */
export function Timestamp({ value, relative = 'tooltip', show = 'both' }: TimestampProps) {
  const { zone } = useTimeZone()
  const now = useNow()
  const parts = instantParts(value, zone)
  if (!parts) return <span className={classes.unknown}>{typeof value === 'string' && value !== '' ? value : '–'}</span>
  const ms = toEpochMs(value)
  const age = now > 0 ? formatAge(ms, now) : ''
  const exact = typeof value === 'string' ? value : formatInstant(value)
  const label = zone === UTC ? [exact, age] : [formatInstant(value, zone), exact, age]
  return (
    <span className={classes.stamp}>
      <Tooltip label={label.filter(Boolean).join('  ·  ')}>
        <time dateTime={new Date(ms).toISOString()} className={classes.time}>
          {show === 'both' && <span className={classes.date}>{parts.date} </span>}
          {parts.time.slice(0, 8)}
          <span className={classes.fraction}>{parts.time.slice(8)}</span>
          <span className={classes.offset}> {parts.offset}</span>
        </time>
      </Tooltip>
      {relative === 'beside' && <span className={classes.age}>{age}</span>}
    </span>
  )
}
