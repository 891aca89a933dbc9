import type { Context } from '@/lib/auth/context'
import type { StoredEvent } from '@/lib/db/event-reader'
import type { EcsEvent } from '@/lib/ecs/event'
import { lacksOfFields } from '@/lib/ecs/enrich'
import { readText } from '@/lib/ecs/event'
import { eventRole } from '@/lib/ecs/event-role'
import { compileEntries } from './match'
import { rawFilter } from './raw-filter'
import type { ExceptionEntry, ExceptionImpact, PreviewEvent } from './schema'

const PAGE = 2_000
const SAMPLE = 5

interface IdRow {
  readonly id: number | bigint
}

/**
 * Counts the stored events that conditions match, the newest first, until all are looked at or `enough` says so (asked
 * between pages). A page takes some hundredths of a second, then others get their turn.
 */
export async function scanEvents(
  { db, events }: Pick<Context, 'db' | 'events'>,
  entries: readonly ExceptionEntry[],
  enough: (scanned: number) => boolean,
): Promise<ExceptionImpact['events']> {
  const matches = compileEntries(entries)
  const mayMatch = rawFilter(entries)
  const asked = lacksOfFields(entries.map(({ field }) => field))
  const wants = (lacks: number): boolean => (lacks & asked) !== 0
  const total = await db.event.count()
  const sample: PreviewEvent[] = []
  let matched = 0
  let scanned = 0
  let before = Number.MAX_SAFE_INTEGER
  for (;;) {
    const page = await db.$queryRaw<IdRow[]>`SELECT id FROM event WHERE id < ${before} ORDER BY id DESC LIMIT ${PAGE}`
    const ids = page.map(({ id }) => Number(id))
    for (const stored of events.byIds(ids)) {
      // Other formats may decode their bytes and other records complete what one leaves out: only JSON that is whole can be judged by its bytes.
      if (stored.format === 'ecs' && stored.lacks === null && !mayMatch(stored.raw)) continue
      const event = events.document(stored, wants)
      if (!matches(event)) continue
      matched++
      if (sample.length < SAMPLE) sample.push(toSample(stored, event))
    }
    scanned += ids.length
    const last = ids.at(-1)
    if (last === undefined || ids.length < PAGE) return { matched, sample, scanned, total: Math.max(total, scanned), truncated: false }
    if (enough(scanned)) return { matched, sample, scanned, total: Math.max(total, scanned), truncated: scanned < total }
    before = last
  }
}

function toSample(stored: StoredEvent, event: EcsEvent): PreviewEvent {
  const destination = readText(event, 'destination.ip')
  const what = readText(event, 'process.command_line') ?? readText(event, 'process.executable') ?? readText(event, 'event.action') ?? 'record'
  return {
    id: stored.id,
    timestamp: new Date(stored.ts).toISOString(),
    role: eventRole(event),
    hostName: readText(event, 'host.name') ?? readText(event, 'host.id') ?? '',
    summary: destination === undefined ? what : `${what} → ${destination}:${readText(event, 'destination.port') ?? '?'}`,
  }
}
