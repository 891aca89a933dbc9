import { isUtf8 } from 'node:buffer'
import type { EventReader, StoredEvent } from '@/lib/db/event-reader'
import { readText } from '@/lib/ecs/event'
import { invariant } from '@/lib/invariant'
import { compareTimestamps } from '@/lib/ecs/timestamp'
import { sha256 } from './build-manifest'
import type { ExportFile } from './export-file'
import { isoInstant } from './instant'
import type { ExportRecord } from './model'
import { recordFacts } from './record-facts'

export const EVENTS_PATH = 'events.jsonl'

const LINE_FEED = Buffer.from('\n')
/** Records may have megabytes: few are decompressed at a time. */
const RECORDS_PER_READ = 32

/** A record that any reader of lines takes for exactly one: no line break in it, and text. */
function isLine(raw: Buffer): boolean {
  return !raw.includes(0x0a) && !raw.includes(0x0d) && isUtf8(raw)
}

function* inBatches(events: EventReader, ids: readonly number[]): Generator<StoredEvent> {
  for (let at = 0; at < ids.length; at += RECORDS_PER_READ) yield* events.byIds(ids.slice(at, at + RECORDS_PER_READ))
}

/**
 * Looks once at each linked record and gives it its place: a line of its own in `events.jsonl`, or, where it has line breaks
 * or is no UTF-8, a file of its own, so that its bytes are always the ones that were ingested. Oldest first.
 */
export function placeRecords(events: EventReader, ids: readonly number[]): readonly ExportRecord[] {
  const looked = [...inBatches(events, [...new Set(ids)].sort((a, b) => a - b))].map((stored) => {
    const event = events.document(stored)
    return {
      order: { ms: stored.ts, ns: stored.tsNs, sequence: stored.sequence ?? -1 },
      line: isLine(stored.raw),
      record: {
        eventId: stored.id,
        sourceEventId: readText(event, 'event.id') ?? null,
        at: isoInstant(stored.ts, stored.tsNs),
        ms: stored.ts,
        ns: stored.tsNs,
        bytes: stored.raw.length,
        sha256: sha256(stored.raw),
        facts: recordFacts(event),
      },
    }
  })
  looked.sort((a, b) => compareTimestamps(a.order, b.order) || a.order.sequence - b.order.sequence || a.record.eventId - b.record.eventId)
  let line = 0
  return looked.map(({ record, line: single }) =>
    single ? { ...record, path: EVENTS_PATH, line: ++line } : { ...record, path: `events/${record.sha256}.json`, line: null },
  )
}

/** The files that hold the records, read from the store again whenever they are read. */
export function evidenceFiles(events: EventReader, records: readonly ExportRecord[]): readonly ExportFile[] {
  const lines = records.filter((record) => record.line !== null).map((record) => record.eventId)
  function* readLines(): Generator<Buffer> {
    let count = 0
    for (const stored of inBatches(events, lines)) {
      count++
      yield stored.raw
      yield LINE_FEED
    }
    invariant(count === lines.length, 'linked records were removed while they were exported')
  }
  const own = new Map(records.filter((record) => record.line === null).map((record) => [record.path, record.eventId]))
  return [
    { path: EVENTS_PATH, role: 'evidence', mediaType: 'application/x-ndjson', read: readLines },
    ...[...own].map(
      ([path, id]): ExportFile => ({ path, role: 'evidence', mediaType: 'application/octet-stream', read: () => events.byIds([id]).map((stored) => stored.raw) }),
    ),
  ]
}
