import Link from 'next/link'
import { formatBytes } from '@/components/sources/format-bytes'
import { SOURCE_KIND_LABELS } from '@/components/sources/source-kind'
import { Duration } from '@/components/ui/duration'
import { KeyValueList, type KeyValue } from '@/components/ui/key-value-list'
import { Mono } from '@/components/ui/machine-text/mono'
import { Panel } from '@/components/ui/panel'
import { Timestamp } from '@/components/ui/timestamp'
import type { DetectionRun } from '@/lib/detect/schema'
import { formatName, type ImportRecord } from '@/lib/ingest/schema'

function number(value: number): string {
  return value.toLocaleString('en')
}

/** What an import is: where it came from, when, and what became of its records. */
export function ImportFacts({ record, run }: { record: ImportRecord; run: DetectionRun | null }) {
  const { finishedAt, startedAt } = record
  const items: KeyValue[] = [
    { field: 'source', label: 'Source', value: <Mono>{record.source}</Mono> },
    ...(record.retryOf === null ? [] : [{ field: 'retry_of', label: 'Retry of', value: <Link href={`/sources/imports/${record.retryOf}`}>import {record.retryOf}</Link> }]),
    { field: 'kind', label: 'Kind', value: SOURCE_KIND_LABELS[record.kind] },
    { field: 'format', label: 'Format', value: record.format === null ? '–' : formatName(record.format) },
    { field: 'actor', label: 'By', value: record.actor },
    { field: 'started_at', label: 'Started', value: <Timestamp value={startedAt} /> },
    { field: 'finished_at', label: record.format === 'bulk' ? 'Last request' : 'Ended', value: finishedAt === null ? 'not yet' : <Timestamp value={finishedAt} /> },
    ...(finishedAt === null || record.format === 'bulk' ? [] : [{ field: 'took', label: 'Took', value: <Duration ms={Date.parse(finishedAt) - Date.parse(startedAt)} /> }]),
    { field: 'bytes', label: 'Size', value: formatBytes(record.bytes) },
    { field: 'records', label: 'Records', value: number(record.records) },
    { field: 'stored', label: 'Stored', value: number(record.stored) },
    { field: 'duplicates', label: 'Duplicates', value: number(record.duplicates) },
    ...(run?.from && run.to
      ? [
          { field: 'from', label: 'Oldest event', value: <Timestamp value={run.from} /> },
          { field: 'to', label: 'Newest event', value: <Timestamp value={run.to} /> },
        ]
      : []),
    ...(run === null ? [] : [{ field: 'detect_ms', label: 'Detecting took', value: <Duration ms={run.detectMs} /> }]),
  ]
  return (
    <Panel title="About">
      <KeyValueList items={items} />
    </Panel>
  )
}
