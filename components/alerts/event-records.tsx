'use client'

import { Button, SegmentedControl, Switch } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { FilledIn } from '@/components/alerts/filled-in'
import { maskSecrets } from '@/lib/text/secrets'
import { CopyButton } from '@/components/ui/copy-button'
import { Mono } from '@/components/ui/machine-text/mono'
import { MachinePieces } from '@/components/ui/machine-text/machine-pieces'
import { SearchField } from '@/components/ui/search-field'
import type { FlatField } from '@/lib/ecs/flatten-fields'
import classes from './event-records.module.css'

/** A linked record with all its fields, and its text as it was ingested. */
export interface RecordView {
  readonly position: number
  readonly role: string
  readonly name: string
  readonly sourceEventId: string | null
  readonly fields: readonly FlatField[]
  /** Fields that the record itself does not have, and where their values were taken from. */
  readonly origins: Readonly<Record<string, string>>
  /** Fields beyond those listed. */
  readonly cutFields: number
  /** The beginning of the record, all of it when `bytes` is its length. */
  readonly raw: string
  readonly bytes: number
  readonly truncated: boolean
  readonly download: string
}

/** Every field of the linked records, to be filtered by name or value; or the records exactly as they came. */
export function EventRecords({ records }: { records: readonly RecordView[] }) {
  const [at, setAt] = useState(String(records[0]?.position ?? 0))
  const [view, setView] = useState('fields')
  const [query, setQuery] = useState('')
  const [revealed, setRevealed] = useState(false)
  const record = records.find(({ position }) => String(position) === at) ?? records[0]
  if (!record) return <p className={classes.none}>None of the linked records is stored any more.</p>
  const secret = (text: string) => (revealed ? text : maskSecrets(text))
  return (
    <div className={classes.events}>
      <div className={classes.tools}>
        <SegmentedControl
          aria-label="Record"
          value={at}
          onChange={setAt}
          data={records.map(({ position, role, name }) => ({ value: String(position), label: `${position + 1} · ${role}${name === '' ? '' : ` · ${name}`}` }))}
        />
        <SegmentedControl
          aria-label="View"
          value={view}
          onChange={setView}
          data={[
            { value: 'fields', label: 'Fields' },
            { value: 'raw', label: 'As ingested' },
          ]}
        />
        <Switch label="Show secrets" checked={revealed} onChange={(event) => setRevealed(event.currentTarget.checked)} />
        <span className={classes.actions}>
          <CopyButton value={secret(record.raw)} label={revealed ? 'Copy record' : 'Copy record, secrets masked'} />
          <Button component="a" href={record.download} download variant="subtle" color="gray" size="compact-xs" leftSection={<IconDownload size={14} stroke={1.8} />}>
            {record.bytes.toLocaleString('en')} bytes
          </Button>
        </span>
      </div>
      {view === 'fields' ? (
        <FieldTable record={record} query={query} onQuery={setQuery} show={secret} />
      ) : (
        <>
          {record.truncated && <p className={classes.none}>Truncated at {record.raw.length.toLocaleString('en')} characters; download the record for all of it.</p>}
          {/* What scrolls must be reachable by keyboard. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre className={classes.raw} tabIndex={0} dir="ltr" aria-label="The record as it was ingested">
            <MachinePieces text={secret(record.raw)} />
          </pre>
        </>
      )}
    </div>
  )
}

interface FieldTableProps {
  readonly record: RecordView
  readonly query: string
  readonly onQuery: (query: string) => void
  readonly show: (text: string) => string
}

function FieldTable({ record, query, onQuery, show }: FieldTableProps) {
  const wanted = query.trim().toLowerCase()
  const shown = record.fields.filter(({ field, values }) => wanted === '' || field.toLowerCase().includes(wanted) || values.some((value) => value.toLowerCase().includes(wanted)))
  return (
    <>
      <div className={classes.filter}>
        <SearchField
          aria-label="Filter fields"
          placeholder="Filter by name or value"
          value={query}
          onChange={(event) => onQuery(event.currentTarget.value)}
        />
        <output className={classes.count}>
          {shown.length.toLocaleString('en')} of {record.fields.length.toLocaleString('en')} fields
          {record.cutFields > 0 && `; ${record.cutFields.toLocaleString('en')} more are not listed`}
        </output>
      </div>
      <table className={classes.table}>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ field, values }) => (
            <tr key={field}>
              <th scope="row">
                <Mono>{field}</Mono>
              </th>
              <td>
                <span className={classes.values}>
                  {values.length === 0 && <span className={classes.none}>empty</span>}
                  {values.map((value, i) => (
                    <Mono key={`${i}`}>{show(value)}</Mono>
                  ))}
                  {Object.hasOwn(record.origins, field) && <FilledIn origin={record.origins[field] ?? ''} />}
                </span>
                <span className={classes.copy}>
                  <CopyButton value={show(values.join(' '))} label={`Copy ${field}`} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
