import type { RecordView } from '@/components/alerts/event-records'
import type { AlertDetail } from '@/lib/alerts/schema'
import { alertRef } from '@/lib/alerts/schema'
import { readText } from '@/lib/ecs/event'
import { flattenFields } from '@/lib/ecs/flatten-fields'

/** What a page carries of one record; the rest is a download away. */
const RAW_CHARACTERS = 100_000
const FIELDS = 1_000
const VALUE_CHARACTERS = 4_000

function cut(text: string): string {
  return text.length > VALUE_CHARACTERS ? `${text.slice(0, VALUE_CHARACTERS)}… (${(text.length - VALUE_CHARACTERS).toLocaleString('en')} characters more)` : text
}

/** The linked records with all their fields, small enough to send to a browser. */
export function recordViews(alert: AlertDetail): readonly RecordView[] {
  return alert.events.map(({ position, role, event, raw, sourceEventId }) => {
    const { fields, cut: cutFields } = flattenFields(event, FIELDS)
    return {
      position,
      role,
      name: readText(event, 'process.name') ?? '',
      sourceEventId,
      fields: fields.map(({ field, values }) => ({ field, values: values.map(cut) })),
      cutFields,
      raw: raw.slice(0, RAW_CHARACTERS),
      bytes: Buffer.byteLength(raw),
      truncated: raw.length > RAW_CHARACTERS,
      download: `/alerts/${alertRef(alert.id)}/records/${position}`,
    }
  })
}
