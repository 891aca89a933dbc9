'use client'

import { instantParts } from '@/components/ui/format-instant'
import { RelativeAge } from '@/components/ui/relative-age'
import { Timestamp } from '@/components/ui/timestamp'
import { useTimeZone } from '@/components/ui/time-provider'
import classes from './queue.module.css'

/** A time in two narrow lines: the time of day to the millisecond; below it the date and how long ago. */
export function StackedTime({ value }: { value: string }) {
  const { zone } = useTimeZone()
  return (
    <span className={classes.stack}>
      <Timestamp value={value} show="time" />
      <span className={classes.quiet}>
        {instantParts(value, zone)?.date} · <RelativeAge value={value} />
      </span>
    </span>
  )
}
