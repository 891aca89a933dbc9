/** Reading what is stored and what retention did. Nothing here changes anything. */
import { statSync } from 'node:fs'
import type { Context } from '@/lib/auth/context'
import { LIMITS } from '@/lib/limits'
import { PAGES_SQL, bytesInUse } from './policy'
import type { Pages } from './policy'
import { KEEP_ALL } from './schema'
import type { RetentionPolicy, RetentionRun, RetentionRunStatus, RetentionState, StoredPart } from './schema'

type Reads = Pick<Context, 'db'>

const INCREMENTAL = 2

/** Which part a table and its indexes belong to; what is not named is everything else. */
const PART_OF: Readonly<Record<string, StoredPart['part']>> = {
  event_block: 'records',
  event: 'events',
  known_process: 'events',
  parented_event: 'events',
  process_start: 'events',
  host: 'events',
  term: 'events',
  rule_hit: 'hits',
  hit_watch: 'hits',
  excluded_match: 'hits',
  join_queue: 'hits',
  alert: 'alerts',
  alert_event: 'alerts',
  alert_history: 'alerts',
  checklist_item: 'alerts',
  removed_record: 'alerts',
  case: 'alerts',
  case_alert: 'alerts',
  case_note: 'alerts',
  rejected_record: 'rejects',
}

export async function readDatabasePages({ db }: Reads): Promise<Pages> {
  const [row] = await db.$queryRawUnsafe<Record<keyof Pages, number | bigint>[]>(PAGES_SQL)
  return { pages: Number(row?.pages ?? 0), free: Number(row?.free ?? 0), size: Number(row?.size ?? 0) }
}

async function number({ db }: Reads, sql: string): Promise<number | null> {
  const [row] = await db.$queryRawUnsafe<{ n: number | bigint | null }[]>(sql)
  return row?.n == null ? null : Number(row.n)
}

async function fileBytes({ db }: Reads): Promise<number> {
  const [row] = await db.$queryRawUnsafe<{ file: string }[]>("SELECT file FROM pragma_database_list WHERE name = 'main'")
  const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return row === undefined ? 0 : sizeOf(row.file) + sizeOf(`${row.file}-wal`)
}

/** Reads every page of the file. */
export async function measureParts({ db }: Reads): Promise<readonly StoredPart[]> {
  const rows = await db.$queryRawUnsafe<{ table: string; bytes: number | bigint }[]>(
    `SELECT coalesce(m.tbl_name, s.name) AS "table", sum(s.pgsize) AS bytes FROM dbstat s LEFT JOIN sqlite_schema m ON m.name = s.name
     WHERE s.aggregate = TRUE GROUP BY 1`,
  )
  const bytes = new Map<StoredPart['part'], number>()
  for (const row of rows) {
    const part = PART_OF[row.table] ?? 'other'
    bytes.set(part, (bytes.get(part) ?? 0) + Number(row.bytes))
  }
  return [...bytes].map(([part, size]) => ({ part, bytes: size })).sort((a, b) => b.bytes - a.bytes)
}

/** The policy as it stands; everything is kept while none was set. */
export async function readPolicy({ db }: Reads): Promise<RetentionPolicy> {
  const row = await db.retentionPolicy.findUnique({ where: { id: 1 } })
  return row === null ? KEEP_ALL : { maxAgeDays: row.maxAgeDays, maxBytes: row.maxBytes === null ? null : Number(row.maxBytes) }
}

export async function readRetention(context: Reads, options: { readonly measure?: 'always' | 'when-small' } = {}): Promise<RetentionState> {
  const row = await context.db.retentionPolicy.findUnique({ where: { id: 1 } })
  const pages = await readDatabasePages(context)
  const inUse = bytesInUse(pages)
  const sums = await context.db.import.aggregate({ _sum: { stored: true, removed: true } })
  const removed = sums._sum.removed ?? 0
  const oldest = await number(context, 'SELECT started_at AS n FROM import WHERE id = (SELECT import_id FROM event ORDER BY id LIMIT 1)')
  const measured = options.measure === 'always' || inUse <= LIMITS.retentionMeasuredBytes
  return {
    policy: row === null ? KEEP_ALL : { maxAgeDays: row.maxAgeDays, maxBytes: row.maxBytes === null ? null : Number(row.maxBytes) },
    paused: row?.paused ?? null,
    updatedBy: row?.updatedBy ?? null,
    updatedAt: row?.updatedAt.toISOString() ?? null,
    checkedAt: row?.checkedAt?.toISOString() ?? null,
    bytesOnDisk: await fileBytes(context),
    bytesInUse: inUse,
    bytesFree: pages.free * pages.size,
    parts: measured ? await measureParts(context) : null,
    events: (sums._sum.stored ?? 0) - removed,
    removed,
    alerts: await context.db.alert.count(),
    alertsWithoutRecords: await context.db.alert.count({ where: { recordsRemovedAt: { not: null } } }),
    oldestReceivedAt: oldest === null ? null : new Date(oldest).toISOString(),
    shrinks: (await number(context, 'SELECT auto_vacuum AS n FROM pragma_auto_vacuum')) === INCREMENTAL,
  }
}

type RunRow = Awaited<ReturnType<Context['db']['retentionRun']['findMany']>>[number]

function toRun(row: RunRow): RetentionRun {
  return {
    id: row.id,
    status: row.status as RetentionRunStatus,
    actor: row.actor,
    policy: { maxAgeDays: row.maxAgeDays, maxBytes: row.maxBytes === null ? null : Number(row.maxBytes) },
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    receivedBefore: row.receivedBefore?.toISOString() ?? null,
    events: row.events,
    blocks: row.blocks,
    rejects: row.rejects,
    alerts: row.alerts,
    kept: row.kept,
    bytesBefore: Number(row.bytesBefore),
    bytesAfter: row.bytesAfter === null ? null : Number(row.bytesAfter),
    bytesReturned: Number(row.bytesReturned),
    error: row.error,
  }
}

/** The newest runs, newest first. */
export async function listRetentionRuns({ db }: Reads, limit = 20): Promise<readonly RetentionRun[]> {
  return (await db.retentionRun.findMany({ orderBy: { id: 'desc' }, take: limit })).map(toRun)
}

export async function readRetentionRun({ db }: Reads, id: number): Promise<RetentionRun | null> {
  const row = await db.retentionRun.findUnique({ where: { id } })
  return row === null ? null : toRun(row)
}
