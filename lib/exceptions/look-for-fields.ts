import type { Context } from '@/lib/auth/context'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import type { ExceptionEntry, UnknownField } from './schema'
import { fieldsToLookFor, hasField, nearestFields, unknownFieldWords } from './unknown-fields'

const PAGE = 2_000
const BACKSLASH = 0x5c

/**
 * The fields of conditions that the schema does not have, and whether any stored event has them, the newest first until all
 * are found, everything is looked at, or `enough` says so (asked between pages).
 */
export async function lookForFields(
  { db, events }: Pick<Context, 'db' | 'events'>,
  entries: readonly ExceptionEntry[],
  enough: (scanned: number) => boolean,
): Promise<readonly UnknownField[]> {
  const fields = fieldsToLookFor(entries)
  if (fields.length === 0) return []
  // However a record spells a field, dotted or nested, the last part of its name stands in it, or an escape does.
  const open = new Map(fields.map((field) => [field, Buffer.from(field.slice(field.lastIndexOf('.') + 1), 'utf8')]))
  let scanned = 0
  let truncated = false
  let before = Number.MAX_SAFE_INTEGER
  while (open.size > 0) {
    const page = await db.event.findMany({ where: { id: { lt: before } }, orderBy: { id: 'desc' }, take: PAGE, select: { id: true } })
    for (const stored of events.byIds(page.map(({ id }) => id))) {
      if (stored.format === 'ecs' && stored.lacks === null && !stored.raw.includes(BACKSLASH) && ![...open.values()].some((name) => stored.raw.includes(name))) continue
      const event = events.document(stored)
      for (const field of open.keys()) if (hasField(event, field)) open.delete(field)
      if (open.size === 0) break
    }
    scanned += page.length
    const last = page.at(-1)
    if (!last || page.length < PAGE) break
    if (enough(scanned)) {
      truncated = true
      break
    }
    before = last.id
  }
  return fields.map((field) => ({ field, nearest: nearestFields(field), isStored: !open.has(field), scanned, truncated }))
}

/**
 * What a verb asks: every field of the conditions is known, in some stored event, or meant all the same. Throws `invalid`
 * with `details.fields`, naming the nearest known ones.
 */
export async function requireKnownFields(context: Context, entries: readonly ExceptionEntry[], acknowledged: readonly string[]): Promise<void> {
  const asked = entries.filter(({ field }) => !acknowledged.includes(field))
  const end = performance.now() + LIMITS.fieldLookMs
  const unknown = (await lookForFields(context, asked, (scanned) => scanned >= LIMITS.previewEvents || performance.now() > end)).filter(({ isStored }) => !isStored)
  const [first] = unknown
  if (!first) return
  const fields = unknown.map((one) => [`entries.${entries.findIndex(({ field }) => field === one.field)}.field`, unknownFieldWords(one)] as const)
  throw new AppError('invalid', `${unknownFieldWords(first)} Nothing was saved. Correct the field, or confirm that it is meant.`, { fields: Object.fromEntries(fields) })
}
