'use client'

import { SegmentedControl, Tooltip } from '@mantine/core'
import { useTimeZone } from '@/components/ui/time-provider'

/** Whether times are shown in UTC or in the zone of the browser. */
export function TimeZoneSwitch() {
  const { zone, isLocal, setLocal } = useTimeZone()
  return (
    <Tooltip label={isLocal ? `Times are in ${zone}` : 'Times are in UTC'}>
      <SegmentedControl
        aria-label="Time zone of all times"
        size="xs"
        value={isLocal ? 'local' : 'utc'}
        onChange={(value) => setLocal(value === 'local')}
        data={[
          { value: 'utc', label: 'UTC' },
          { value: 'local', label: 'Local' },
        ]}
      />
    </Tooltip>
  )
}
