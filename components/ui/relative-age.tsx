'use client'

import { Tooltip } from '@mantine/core'
import { formatAge } from '@/components/ui/format-age'
import { formatInstant, toEpochMs } from '@/components/ui/format-instant'
import { useNow, useTimeZone } from '@/components/ui/time-provider'

/** "3 min ago", kept current; the instant itself is in the tooltip. For one that is planned: "in 3 d". */
export function RelativeAge({ value, isPlanned = false }: { value: string | number; isPlanned?: boolean }) {
  const { zone } = useTimeZone()
  const now = useNow()
  const ms = toEpochMs(value)
  if (Number.isNaN(ms)) return <span>–</span>
  return (
    <Tooltip label={formatInstant(value, zone)}>
      <time dateTime={new Date(ms).toISOString()} style={{ whiteSpace: 'nowrap' }}>
        {now > 0 ? formatAge(ms, now, isPlanned) : formatInstant(value, zone)}
      </time>
    </Tooltip>
  )
}
