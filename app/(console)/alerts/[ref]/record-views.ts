import type { RecordView } from '@/components/alerts/event-records'
import type { AlertDetail } from '@/lib/alerts/schema'
import { alertRef } from '@/lib/alerts/schema'
import { originsOf } from '@/lib/ecs/enriched'
import { readText } from '@/lib/ecs/event'
import { withExactIntegers } from '@/lib/ecs/exact-json'
import { flattenFields } from '@/lib/ecs/flatten-fields'

/** What a page carries of one record; the rest is a download away. */
const RAW_CHARACTERS = 100_000
const FIELDS = 1_000
const VALUE_CHARACTERS = 4_000
/** Of one field. */
const VALUES = 1_000

function cut(text: string): string {
  return text.length > VALUE_CHARACTERS ? `${text.slice(0, VALUE_CHARACTERS)}… (${(text.length - VALUE_CHARACTERS).toLocaleString('en')} characters more)` : text
}

function cutValues(values: readonly string[]): string[] {
  const shown = values.slice(0, VALUES).map(cut)
  return values.length > VALUES ? [...shown, `… (${(values.length - VALUES).toLocaleString('en')} values more)`] : shown
}

/** The linked records with all their fields, small enough to send to a browser. */
export function recordViews(alert: AlertDetail): readonly RecordView[] {
  return alert.events.map((record) => recordView(record, `/alerts/${alertRef(alert.id)}/records/${record.position}`))
}

/** One record with all its fields, and where its bytes are. */
export function recordView({ position, role, event, raw, sourceEventId }: Pick<AlertDetail['events'][number], 'position' | 'role' | 'event' | 'raw' | 'sourceEventId'>, download: string): RecordView {
  // What was filled in is marked where it stands, not listed as fields of the record.
  const { linklocal, ...own } = event
  const { fields, cut: cutFields } = flattenFields(withExactIntegers(own, raw), FIELDS)
  return {
    position,
    role,
    name: readText(event, 'process.name') ?? '',
    sourceEventId,
    fields: fields.map(({ field, values }) => ({ field, values: cutValues(values) })),
    origins: linklocal === undefined ? {} : Object.fromEntries(originsOf(event)),
    cutFields,
    raw: raw.slice(0, RAW_CHARACTERS),
    bytes: Buffer.byteLength(raw),
    truncated: raw.length > RAW_CHARACTERS,
    download,
  }
}
