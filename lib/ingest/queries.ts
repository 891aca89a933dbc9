import type { Context } from '@/lib/auth/context'
import { SOURCE_KINDS } from './schema'
import type { ImportRecord, PushTokenRecord, RejectState, RejectedRecord, SourceHealth, SourceKind } from './schema'

type Reads = Pick<Context, 'db'>

/** Bytes of a rejected record that a list shows; the download has all that was kept. */
const PREVIEW_BYTES = 600

function kindOf(text: string): SourceKind {
  return SOURCE_KINDS.find((kind) => kind === text) ?? 'upload'
}

/** A character that the cut went through is left out rather than shown as damaged. */
function previewOf(bytes: Uint8Array): string {
  const cut = bytes.length > PREVIEW_BYTES
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, PREVIEW_BYTES), { stream: cut })
}

/** Every source with its counts and its newest import; the one that received something last comes first. */
export async function listSources({ db }: Reads): Promise<readonly SourceHealth[]> {
  const rows = await db.source.findMany({
    include: { imports: { orderBy: { id: 'desc' }, take: 1 } },
    orderBy: [{ lastReceivedAt: { sort: 'desc', nulls: 'last' } }, { name: 'asc' }],
  })
  return rows.map((row) => {
    const [last] = row.imports
    return {
      id: row.id,
      name: row.name,
      kind: kindOf(row.kind),
      stored: row.stored,
      duplicates: row.duplicates,
      rejected: row.rejected,
      lastEventAt: row.lastEventAt?.toISOString() ?? null,
      lastReceivedAt: row.lastReceivedAt?.toISOString() ?? null,
      lastImport: last ? { id: last.id, name: last.name, status: last.status, startedAt: last.startedAt.toISOString() } : null,
    }
  })
}

type ImportRow = Awaited<ReturnType<Context['db']['import']['findMany']>>[number] & { source: { name: string; kind: string } }

function sentences(json: string): readonly string[] {
  const parsed: unknown = JSON.parse(json)
  return Array.isArray(parsed) ? parsed.filter((item) => typeof item === 'string') : []
}

function toImport({ source, sourceId, bytes, startedAt, finishedAt, notes, ...row }: ImportRow): ImportRecord {
  return {
    ...row,
    sourceId,
    source: source.name,
    kind: kindOf(source.kind),
    bytes: Number(bytes),
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    notes: sentences(notes),
  }
}

/** Push tokens: those in use first, newest first; the revoked ones after them. */
export async function listPushTokens({ db }: Reads): Promise<readonly PushTokenRecord[]> {
  const rows = await db.pushToken.findMany({ orderBy: [{ revokedAt: { sort: 'desc', nulls: 'first' } }, { id: 'desc' }] })
  return rows.map(({ id, name, prefix, createdBy, createdAt, lastUsedAt, revokedAt }) => ({
    id,
    name,
    prefix,
    createdBy,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  }))
}

/** Imports, newest first; `before` is the id at which an earlier page ended. */
export async function listImports({ db }: Reads, { limit, before }: { limit: number; before?: number }): Promise<readonly ImportRecord[]> {
  const rows = await db.import.findMany({
    where: before === undefined ? {} : { id: { lt: before } },
    include: { source: { select: { name: true, kind: true } } },
    orderBy: { id: 'desc' },
    take: limit,
  })
  return rows.map(toImport)
}

/** One import, or null when there is none with this id. */
export async function readImport({ db }: Reads, id: number): Promise<ImportRecord | null> {
  const row = await db.import.findUnique({ where: { id }, include: { source: { select: { name: true, kind: true } } } })
  return row ? toImport(row) : null
}

/** Whether anything was ever taken in: what tells an empty console from a quiet one. */
export async function hasImports({ db }: Reads): Promise<boolean> {
  return (await db.import.findFirst({ select: { id: true } })) !== null
}

export interface RejectFilter {
  /** Of this import only; of all when left out. */
  readonly importId?: number
  /** Of this source only. */
  readonly sourceId?: number
  readonly code?: string
  /** Those that are still rejected, or those that were stored later; both when left out. */
  readonly state?: RejectState
}

function rejectsWhere({ importId, sourceId, code, state }: RejectFilter) {
  const resolvedAt = state === undefined ? undefined : state === 'open' ? null : { not: null }
  // What an import brought again is kept with the one that brought it first.
  const of = importId === undefined ? {} : { OR: [{ importId }, { seenImportId: importId }] }
  return { ...of, code, resolvedAt, import: sourceId === undefined ? undefined : { sourceId } }
}

/** A rejected record with all the bytes that were kept of it. */
export interface RejectedBytes extends Omit<RejectedRecord, 'preview'> {
  readonly bytes: Uint8Array
  /** What somebody made of it, to be read instead; null where nobody did. */
  readonly edited: Uint8Array | null
}

async function selectRejects({ db }: Reads, filter: RejectFilter, limit: number, after: number): Promise<readonly RejectedBytes[]> {
  const rows = await db.rejectedRecord.findMany({
    where: { ...rejectsWhere(filter), id: { gt: after } },
    include: { import: { select: { name: true } } },
    orderBy: { id: 'asc' },
    take: limit,
  })
  return rows.map(({ import: of, format: _format, senderId: _sender, digest: _digest, seenImportId: _seen, offset, size, retriedAt, resolvedAt, editedAt, ...row }) => ({
    ...row,
    importName: of.name,
    offset: Number(offset),
    size: Number(size),
    cut: row.edited === null && row.bytes.length < Number(size),
    retriedAt: retriedAt?.toISOString() ?? null,
    resolvedAt: resolvedAt?.toISOString() ?? null,
    editedAt: editedAt?.toISOString() ?? null,
  }))
}

/** One rejected record with its bytes, or null when there is none with this id. */
export async function readReject(context: Reads, id: number): Promise<RejectedBytes | null> {
  const [row] = await selectRejects(context, {}, 1, id - 1)
  return row?.id === id ? row : null
}

/**
 * Rejected records in the order they stood in, `limit` of them after the id `after`. The preview is the beginning of the
 * record as text; it is what somebody sent, so show it as text with its control characters made visible.
 */
export async function listRejects(
  context: Reads,
  filter: RejectFilter,
  { limit, after = 0 }: { limit: number; after?: number },
): Promise<readonly RejectedRecord[]> {
  const rows = await selectRejects(context, filter, limit, after)
  return rows.map(({ bytes, edited, ...row }) => ({ ...row, preview: previewOf(edited ?? bytes) }))
}

/** How many rejected records are kept for each reason's code, the most frequent first. */
export async function countRejects({ db }: Reads, filter: RejectFilter): Promise<readonly { readonly code: string; readonly count: number }[]> {
  const groups = await db.rejectedRecord.groupBy({ by: ['code'], where: rejectsWhere(filter), _count: { _all: true } })
  return groups.map((group) => ({ code: group.code, count: group._count._all })).sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1))
}

/** At most 64 KiB each. */
const REJECTS_PER_READ = 50

/** Every rejected record of a filter with its bytes, a few at a time, so that memory does not grow with their number. */
export async function* readRejects(context: Reads, filter: RejectFilter): AsyncGenerator<RejectedBytes> {
  let after = 0
  for (;;) {
    const rows = await selectRejects(context, filter, REJECTS_PER_READ, after)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < REJECTS_PER_READ) return
    after = last.id
  }
}
