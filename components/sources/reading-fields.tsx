import { Select, TextInput } from '@mantine/core'
import type { RetryRequest } from '@/lib/ingest/schema'
import classes from './reject-dialogs.module.css'

/** What a record is read as, and for which host. */
export interface Reading {
  readonly format: '' | NonNullable<RetryRequest['format']>
  readonly host: string
}

export const AS_BEFORE: Reading = { format: '', host: '' }

/** The part of a request that the fields stand for. */
export function readingOf({ format, host }: Reading): Pick<RetryRequest, 'format' | 'host'> {
  return { ...(format === '' ? {} : { format }), ...(host.trim() === '' ? {} : { host: host.trim() }) }
}

const FORMATS = [
  { value: '', label: 'As before' },
  { value: 'ecs', label: 'Elastic Common Schema (JSON)' },
  { value: 'auditd', label: 'Audit records (audit.log, ausearch)' },
]

/** Asks what the records are, where that was told wrong, and of which host, where they do not say. */
export function ReadingFields({ value, onChange }: { value: Reading; onChange: (reading: Reading) => void }) {
  return (
    <div className={classes.fields}>
      <Select
        label="Read as"
        data={FORMATS}
        value={value.format}
        allowDeselect={false}
        onChange={(format) => onChange({ ...value, format: format === 'ecs' || format === 'auditd' ? format : '' })}
      />
      <TextInput
        label="Host"
        description="For records that do not name theirs."
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        placeholder="web-01"
        maxLength={255}
        value={value.host}
        onChange={(event) => onChange({ ...value, host: event.currentTarget.value })}
      />
    </div>
  )
}
