'use client'

import { Select, TextInput } from '@mantine/core'
import { EXPIRY_DAYS, fromInputValue, toInputValue, type Expiry } from '@/components/exceptions/expiry'
import { useTimeZone } from '@/components/ui/time-provider'

const OPTIONS = [
  { value: 'never', label: 'Never' },
  ...EXPIRY_DAYS.map((days) => ({ value: String(days), label: `In ${days} days` })),
  { value: 'at', label: 'At a date…' },
]

interface ExpiryFieldProps {
  readonly expiry: Expiry
  readonly error: string | undefined
  readonly onChange: (next: Expiry) => void
}

/** When the exception ends: never, in some days, or at a moment in the zone the console shows times in. */
export function ExpiryField({ expiry, error, onChange }: ExpiryFieldProps) {
  const { zone, isLocal } = useTimeZone()
  const choose = (value: string | null) => {
    if (value === 'never') onChange({ kind: 'never' })
    else if (value === 'at') onChange({ kind: 'at', at: '' })
    else if (value !== null) onChange({ kind: 'days', days: Number(value) })
  }
  return (
    <>
      <Select
        label="Expires"
        w={150}
        data={OPTIONS}
        value={expiry.kind === 'days' ? String(expiry.days) : expiry.kind}
        onChange={choose}
        allowDeselect={false}
        error={expiry.kind === 'at' ? undefined : error}
      />
      {expiry.kind === 'at' && (
        <TextInput
          type="datetime-local"
          label={`Expires at (${isLocal ? zone : 'UTC'})`}
          value={toInputValue(expiry.at, isLocal)}
          onChange={(event) => onChange({ kind: 'at', at: fromInputValue(event.currentTarget.value, isLocal) })}
          error={error}
        />
      )}
    </>
  )
}
