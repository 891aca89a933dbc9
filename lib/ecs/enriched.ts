/** What was filled into an event, for whoever shows it: by field, and in words. Pure, for browsers too. */
import type { EcsEvent } from './event'
import { readField } from './event'

/** What was filled in, and which record it was taken from. */
export interface Enriched {
  readonly fields: readonly string[]
  /** `host, pid and start` for an id of our own making; else what the record told: exec, fork, start, seen … */
  readonly from: string
  /** When that was, and the stored event that told it. */
  readonly at: string | null
  readonly event: number | null
}

/** `from` of an id of our own making. */
export const MADE = 'host, pid and start'

/** What was filled in, as `EventReader.document` notes it; events read otherwise have nothing. */
export function enrichedOf(event: EcsEvent): readonly Enriched[] {
  const noted = readField(event, 'linklocal.enriched')
  return Array.isArray(noted) ? (noted as readonly Enriched[]) : []
}

/** "from the exec record of 2026-11-03T10:00:00.000Z", "made of host, pid and start". */
export function originText({ from, at }: Enriched): string {
  if (from === MADE) return `made of ${MADE}`
  return `from the ${from === 'seen' ? 'first' : from} record${at === null ? '' : ` of ${at}`}`
}

/** Field → where its value was taken from. */
export function originsOf(event: EcsEvent): ReadonlyMap<string, string> {
  return new Map(enrichedOf(event).flatMap((enriched) => enriched.fields.map((field) => [field, originText(enriched)] as const)))
}
